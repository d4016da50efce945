import type { ContextStore } from '@bzzz/context-store'
import { afterEach, describe, expect, test } from 'vitest'
import { until } from './network.ts'
import {
  held,
  join,
  participant,
  stopAll,
  tampered,
  write,
  type Participant,
} from './participants.ts'

const PLAN = 'claude:architect@shop:checkout/plan.md'
const NOTES = 'claude:architect@shop:checkout/notes.md'
const ALL = 'ucxl://any:any@shop:any/**'

afterEach(stopAll)

async function follower(
  number: number,
  writer: Participant,
  serving?: (store: ContextStore) => ContextStore,
): Promise<Participant> {
  const node = await participant(number, serving ? { serving } : {})
  node.mesh.follow(ALL)
  await join(node, writer)
  return node
}

const full = (store: ContextStore): ContextStore =>
  tampered(store, {
    append: async () => {
      throw Object.assign(new Error('The disk is full'), { code: 'ERR_STORE_FULL' })
    },
  })

describe('copies', () => {
  test('are counted where they are kept: not who follows something else, nor who could not keep them', async () => {
    const writer = await participant(1)
    const [one, two] = [await follower(2, writer), await follower(3, writer)]
    const broken = await follower(4, writer, full)
    const other = await participant(5)
    // It listens to the project as well.
    other.mesh.follow('ucxl://any:any@shop:any/notes.md')
    await join(other, writer)
    const address = await write(writer, PLAN, 'one')
    const enough = await writer.mesh.replicate(address, { copies: 2 })
    expect(enough).toEqual({ copies: 2, wanted: 2, holders: expect.any(Array) })
    expect([...enough.holders].toSorted()).toEqual([one.mesh.peerId, two.mesh.peerId].toSorted())
    expect([await held(one, PLAN), await held(two, PLAN)]).toEqual(['one', 'one'])
    const few = await writer.mesh.replicate(address, { copies: 3, timeoutMs: 1500 })
    expect(few).toMatchObject({ copies: 2, wanted: 3 })
    expect([await held(broken, PLAN), await held(other, PLAN)]).toEqual([undefined, undefined])
    await expect(
      writer.mesh.replicate(address, { copies: 3, timeoutMs: 500, orFail: true }),
    ).rejects.toMatchObject({ code: 'ERR_MESH_COPIES' })
  })

  test('are acknowledged once they are on the disk of the other, and not where only its process has them', async () => {
    const writer = await participant(1)
    let isFailing = true
    const failing = (store: ContextStore): ContextStore =>
      tampered(store, {
        sync: async () => {
          if (isFailing) throw Object.assign(new Error('No disk'), { code: 'EIO' })
        },
      })
    const node = await follower(2, writer, failing)
    const address = await write(writer, PLAN, 'one')
    expect(await writer.mesh.replicate(address, { timeoutMs: 1500 })).toMatchObject({ copies: 0 })
    expect(await held(node, PLAN)).toBe('one')
    isFailing = false
    expect(await writer.mesh.replicate(address)).toMatchObject({ copies: 1 })
  })

  test('are acknowledged once the other store has them, and not before', async () => {
    const writer = await participant(1)
    const gate = Promise.withResolvers<void>()
    const slow = (store: ContextStore): ContextStore =>
      tampered(store, {
        append: async (records) => {
          await gate.promise
          return store.append(records)
        },
      })
    const node = await follower(2, writer, slow)
    const address = await write(writer, PLAN, 'one')
    expect(await writer.mesh.replicate(address, { timeoutMs: 1500 })).toMatchObject({ copies: 0 })
    gate.resolve()
    expect(await writer.mesh.replicate(address)).toMatchObject({ holders: [node.mesh.peerId] })
  })

  test('do not count where the writer did not give what it asks others to hold', async () => {
    const writer = await participant(1, {
      serving: (store) => tampered(store, { history: async function* () {} }),
    })
    const node = await follower(2, writer)
    const address = await write(writer, PLAN, 'one')
    expect(await writer.mesh.replicate(address, { timeoutMs: 1000 })).toMatchObject({ copies: 0 })
    expect(await held(node, PLAN)).toBeUndefined()
  })

  test('of a whole collection, by a node that came while they were waited for', async () => {
    const writer = await participant(1)
    await write(writer, PLAN, 'one')
    await write(writer, NOTES, 'two')
    const waiting = writer.mesh.replicate('claude@shop', { copies: 1, timeoutMs: 20_000 })
    const node = await follower(2, writer)
    expect(await waiting).toEqual({ copies: 1, wanted: 1, holders: [node.mesh.peerId] })
    expect([await held(node, PLAN), await held(node, NOTES)]).toEqual(['one', 'two'])
  })

  test('are the newest: who holds an older version is brought up to date', async () => {
    const writer = await participant(1)
    const node = await follower(2, writer)
    const address = await write(writer, PLAN, 'one')
    await writer.mesh.replicate(address)
    await write(writer, PLAN, 'two')
    expect(await writer.mesh.replicate(address)).toMatchObject({ copies: 1 })
    expect(await held(node, PLAN)).toBe('two')
  })

  test('of nothing, of another writer, or asked for by one who has given up', async () => {
    const writer = await participant(1)
    const node = await follower(2, writer)
    await expect(writer.mesh.replicate('claude@shop')).rejects.toMatchObject({
      code: 'ERR_MESH_NOT_FOUND',
    })
    await expect(writer.mesh.replicate('claude@shop', { copies: 0 })).rejects.toThrow(RangeError)
    const address = await write(writer, PLAN, 'one')
    await writer.mesh.replicate(address)
    await until('it holds it', async () => (await held(node, PLAN)) === 'one')
    await expect(node.mesh.replicate(address)).rejects.toMatchObject({ code: 'ERR_MESH_MANIFEST' })
    const given = new AbortController()
    const waiting = writer.mesh.replicate(address, { copies: 2, signal: given.signal })
    given.abort(new Error('Given up'))
    await expect(waiting).rejects.toThrow('Given up')
  })
})
