import {
  contentIdOf,
  createMemoryStore,
  type ContextStore,
  type Redaction,
  type StoredVersion,
} from '@bzzz/context-store'
import { canonicalBytes, identityFromSeed } from '@bzzz/identity'
import { afterEach, describe, expect, test } from 'vitest'
import { Redactions } from '../src/follow/redactions.ts'
import type { MeshEvent } from '../src/mesh.ts'
import type { SyncClient } from '../src/sync-client.ts'
import { collect } from './collect.ts'
import { until } from './network.ts'
import { held, join, participant, stopAll, write, type Participant } from './participants.ts'

const PLAN = 'claude:architect@shop:checkout/plan.md'
const NOTES = 'claude:architect@shop:checkout/notes.md'
const EVERYTHING = 'ucxl://any:any@shop:any/**'

afterEach(stopAll)

const told = (of: Participant, type: string): unknown[] =>
  of.events.filter((event) => event.type === type)

/** How reading the newest version of a key ends. */
async function readingOf({ store }: Participant, key: string): Promise<unknown> {
  return store.get(`ucxl://${key}`).catch((error: unknown) => error)
}

async function announced(writer: Participant): Promise<void> {
  await writer.mesh.publish('claude@shop')
}

test('a newest version that its writer erased keeps nobody from catching up', async () => {
  const writer = await participant(1)
  await write(writer, PLAN, 'secret')
  await writer.store.redact(`ucxl://${PLAN}`, 'a password')
  await write(writer, NOTES, 'notes')
  const follower = await participant(2)
  const follow = follower.mesh.follow(EVERYTHING)
  await join(follower, writer)
  await announced(writer)
  await until('it holds the rest', async () => (await held(follower, NOTES)) === 'notes')
  await until('all of it was fetched', () => told(follower, 'followed').length > 0)
  await follow.settled()
  // But for the comparison before it was announced.
  const behind = told(follower, 'behind').map((event) =>
    String((event as { error: unknown }).error),
  )
  expect(behind.filter((why) => !why.includes('Nobody has announced'))).toEqual([])
  expect((await follower.store.head(PLAN))?.record.version).toBe(1)
})

test('what was erased by its writer is erased by who follows, and is not fetched again', async () => {
  const writer = await participant(1)
  const [follower, other] = [await participant(2), await participant(3)]
  for (const one of [follower, other]) {
    one.mesh.follow(EVERYTHING)
    await join(one, writer)
  }
  await join(other, follower)
  await write(writer, PLAN, 'secret')
  await announced(writer)
  for (const one of [follower, other])
    await until('both hold it', async () => (await held(one, PLAN)) === 'secret')
  const redaction = await writer.store.redact(`ucxl://${PLAN}`, 'a password')
  await announced(writer)
  for (const one of [follower, other]) {
    await until('it is erased', () => told(one, 'redacted').length > 0)
    expect(told(one, 'redacted')).toMatchObject([{ key: PLAN, version: 1 }])
    expect(await readingOf(one, PLAN)).toMatchObject({
      code: 'ERR_STORE_REDACTED',
      message: expect.stringContaining('a password'),
    })
    expect(await one.store.contentSize(redaction.content)).toBeUndefined()
    expect((await one.store.check()).problems).toEqual([])
  }
  await write(writer, NOTES, 'more')
  await announced(writer)
  await until('they go on', async () => (await held(follower, NOTES)) === 'more')
  expect(await follower.store.contentSize(redaction.content)).toBeUndefined()
})

test('who was away learns of it when it meets one that knows', async () => {
  const writer = await participant(1)
  const first = await participant(2)
  first.mesh.follow(EVERYTHING)
  await join(first, writer)
  await write(writer, PLAN, 'secret')
  await announced(writer)
  await until('it holds it', async () => (await held(first, PLAN)) === 'secret')
  await first.mesh.stop()
  await writer.store.redact(`ucxl://${PLAN}`, 'a password')
  const again = await participant(2, { store: first.store })
  again.mesh.follow(EVERYTHING)
  await join(again, writer)
  await until('it is erased', () => told(again, 'redacted').length > 0)
  expect(await readingOf(again, PLAN)).toMatchObject({ code: 'ERR_STORE_REDACTED' })
})

test('bytes that somebody else wrote too stay with him', async () => {
  const [writer, second] = [await participant(1), await participant(2)]
  const follower = await participant(3)
  follower.mesh.follow(EVERYTHING)
  for (const one of [writer, second]) await join(follower, one)
  const theirs = 'gpt:coder@shop:checkout/copy.md'
  await write(second, theirs, 'same')
  await second.mesh.publish('gpt@shop')
  await write(writer, PLAN, 'same')
  await announced(writer)
  for (const key of [theirs, PLAN])
    await until('both are held', async () => (await held(follower, key)) === 'same')
  await writer.store.redact(`ucxl://${PLAN}`, 'it is mine')
  await announced(writer)
  await until('it is refused', () => told(follower, 'refused').length > 0)
  expect(told(follower, 'refused')[0]).toMatchObject({ error: { code: 'ERR_STORE_WRITER' } })
  expect(await held(follower, theirs)).toBe('same')
})

/** A store that says of what it erased whatever is made of it. */
function lying(make: (genuine: Redaction) => unknown) {
  return (store: ContextStore): ContextStore =>
    new Proxy(store, {
      get(target, name) {
        if (name === 'redactionPage') {
          return async (...args: Parameters<ContextStore['redactionPage']>) => {
            const page = await store.redactionPage(...args)
            return { ...page, redactions: page.redactions.map((one) => make(one)) }
          }
        }
        const value = target[name as keyof ContextStore]
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
}

test.each([
  ['was not signed like that', (genuine: Redaction) => ({ ...genuine, reason: 'another' })],
  ['is malformed', (genuine: Redaction) => ({ ...genuine, extra: 1 })],
])('a redaction that %s erases nothing, and its sender is refused', async (_, make) => {
  const writer = await participant(1, { serving: lying(make) })
  const follower = await participant(2)
  follower.mesh.follow(EVERYTHING)
  await join(follower, writer)
  await write(writer, PLAN, 'one')
  await announced(writer)
  await until('it holds it', async () => (await held(follower, PLAN)) === 'one')
  await writer.store.redact(`ucxl://${PLAN}`, 'a reason')
  await announced(writer)
  await until('it is refused', () => told(follower, 'refused').length > 0)
  expect(await held(follower, PLAN)).toBe('one')
  expect(told(follower, 'redacted')).toEqual([])
})

describe('asking a node for what was erased', () => {
  const signal = new AbortController().signal
  const now = (): number => Date.UTC(2025, 7, 1)
  const written = async () => {
    const store = createMemoryStore({ writer: identityFromSeed(new Uint8Array(32).fill(1)), now })
    const records = []
    for (let number = 1; number <= 250; number++) {
      const content = Buffer.from(`secret ${number}`)
      records.push((await store.put({ address: `ucxl://${PLAN}`, content })).record)
      if (number < 250) await store.redact(`ucxl://${PLAN}`, 'a password')
    }
    return { store, records }
  }

  const covers = (redactions: Redactions, one: StoredVersion | undefined): boolean =>
    redactions.covers({ record: one?.id ?? '', writer: one?.record.writer ?? '' })

  /** Asks a node that has a store, and counts what is asked. */
  function asking(of: ContextStore, here: ContextStore) {
    const asked: number[] = []
    const events: MeshEvent[] = []
    const client = {
      redactions: async (_: string, after: number) => {
        asked.push(after)
        return of.redactionPage({ after })
      },
    } as unknown as SyncClient
    const emit = (event: MeshEvent): void => void events.push(event)
    const redactions = new Redactions({
      store: here,
      clientOf: async () => client,
      emit,
      judge: emit,
    })
    const erased = (): number => events.filter(({ type }) => type === 'redacted').length
    return { redactions, asked, erased }
  }

  test('it is asked for page by page, and not again for what it said', async () => {
    const { store, records } = await written()
    const here = createMemoryStore({ now })
    await here.append(records)
    for (let number = 1; number <= 250; number++)
      await here.addContent(records[number - 1]?.content ?? '', Buffer.from(`secret ${number}`))
    const { redactions, asked, erased } = asking(store, here)
    await redactions.pull('a', EVERYTHING, { signal })
    expect([asked, erased()]).toEqual([[0, 100, 200, 249], 249])
    await redactions.pull('a', EVERYTHING, { signal })
    expect(asked.slice(4)).toEqual([249])
    // Another one, and one that was away, are asked from the beginning.
    await redactions.pull('b', EVERYTHING, { signal })
    redactions.onLeft('a')
    await redactions.pull('a', EVERYTHING, { signal })
    expect(asked.slice(5)).toEqual([0, 100, 200, 249, 0, 100, 200, 249])
    expect([erased(), (await here.stats()).contents]).toEqual([249, 1])
  })

  test('what is not here yet is erased when it comes, and is not fetched meanwhile', async () => {
    const { store, records } = await written()
    const here = createMemoryStore({ now })
    const { redactions, erased } = asking(store, here)
    await redactions.pull('a', EVERYTHING, { signal })
    const [first, second] = await collect(store.history(PLAN))
    const last = await store.head(PLAN)
    expect([first, second, last].map((one) => covers(redactions, one))).toEqual([true, true, false])
    await here.append(records)
    await here.addContent(first?.record.content ?? '', Buffer.from('secret 1'))
    await redactions.pull('a', EVERYTHING, { signal })
    expect([erased(), covers(redactions, first), covers(redactions, second)]).toEqual([
      1,
      false,
      true,
    ])
    expect((await here.stats()).contents).toBe(0)
  })

  test('who names a content before its bytes are here cannot have it erased for others', async () => {
    const attacker = createMemoryStore({
      writer: identityFromSeed(new Uint8Array(32).fill(2)),
      now,
    })
    const key = 'gpt:coder@shop:checkout/x.md'
    await attacker.put({ address: `ucxl://${key}`, content: Buffer.from('known by its id') })
    const [named] = await collect(attacker.history(key))
    await attacker.redact(`ucxl://${key}`, 'an attack')
    const owner = createMemoryStore({ writer: identityFromSeed(new Uint8Array(32).fill(1)), now })
    const { record } = await owner.put({
      address: `ucxl://${PLAN}`,
      content: Buffer.from('known by its id'),
    })
    const here = createMemoryStore({ now })
    await here.append(named ? [named.record] : [])
    const { redactions, erased } = asking(attacker, here)
    await redactions.pull('a', EVERYTHING, { signal })
    await here.append([record])
    await here.addContent(record.content ?? '', Buffer.from('known by its id'))
    await redactions.pull('a', EVERYTHING, { signal })
    expect(erased()).toBe(0)
    expect(Buffer.from((await here.get(`ucxl://${PLAN}`)).content).toString()).toBe(
      'known by its id',
    )
  })

  test('a redaction that is not signed by the writer keeps nobody from fetching', async () => {
    const { store } = await written()
    const liar = identityFromSeed(new Uint8Array(32).fill(3))
    const lieOf = ({ id, record }: StoredVersion): Redaction => {
      const { key, version, content } = record
      const about = { key, version, record: id, content: content ?? '' }
      const said = { reason: 'a lie', time: '2025-08-01T00:00:00Z', writer: liar.did }
      const body = { type: 'redaction' as const, ...about, ...said }
      const signature = Buffer.from(liar.sign(canonicalBytes(body))).toString('base64url')
      return { ...body, signature }
    }
    const [first] = await collect(store.history(PLAN))
    const last = await store.head(PLAN)
    const lies = [first!, last!].map((version) => lieOf(version))
    const sources = [store, { redactionPage: async () => ({ redactions: lies, last: 2 }) }]
    const redactions = new Redactions({
      store: createMemoryStore({ now }),
      clientOf: async (peer) => {
        const of = sources[Number(peer)] as ContextStore
        const page = async (_: string, after: number) => of.redactionPage({ after })
        return { redactions: page } as unknown as SyncClient
      },
      emit: () => {},
      judge: () => {},
    })
    for (const peer of ['0', '1']) await redactions.pull(peer, EVERYTHING, { signal })
    // The writer's own is not replaced by the lie.
    expect([covers(redactions, first), covers(redactions, last)]).toEqual([true, false])
  })

  test('who erases and erases what belongs to others is not believed any more', async () => {
    const liar = createMemoryStore({ writer: identityFromSeed(new Uint8Array(32).fill(2)), now })
    const owner = createMemoryStore({ writer: identityFromSeed(new Uint8Array(32).fill(1)), now })
    const here = createMemoryStore({ now })
    for (let number = 1; number <= 102; number++) {
      const content = Buffer.from(`secret ${number}`)
      await owner.put({ address: `ucxl://${PLAN}`, content })
      await liar.put({ address: `ucxl://gpt:coder@shop:checkout/x.md`, content })
      await liar.redact(`ucxl://gpt:coder@shop:checkout/x.md`, 'an attack')
      await here.addContent(contentIdOf(content), content)
    }
    for (const store of [owner, liar])
      for (const name of [PLAN, 'gpt:coder@shop:checkout/x.md'])
        await here.append((await collect(store.history(name))).map(({ record }) => record))
    const { redactions, erased } = asking(liar, here)
    await expect(redactions.pull('a', EVERYTHING, { signal })).rejects.toMatchObject({
      code: 'ERR_MESH_UNTRUSTED',
    })
    expect([erased(), (await here.stats()).contents]).toEqual([0, 102])
  })
})
