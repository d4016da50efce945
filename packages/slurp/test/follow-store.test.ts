import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { DECISION_MEDIA_TYPE, decisionBytes } from '@bzzz/decision-schema'
import { identityFromSeed } from '@bzzz/identity'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSlurp } from '../src/create-slurp.ts'
import { SlurpError } from '../src/errors.ts'
import { followStore, type FollowStoreInit, type StoreFollower } from '../src/follow-store.ts'
import { createMemoryStorage } from '../src/memory.ts'
import type { Slurp } from '../src/slurp.ts'
import { address, clock, createAuthor, DAY, START, type Published } from './author.ts'
import { createTimers, type Timers } from './timers.ts'

const RETRY_MS = 1000
const FETCH_MS = 7000
const ends: (() => Promise<void>)[] = []

beforeEach(() => {
  clock.now = START
})
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

interface Node {
  readonly store: ContextStore
  readonly slurp: Slurp
  readonly timers: Timers
  /** Follows the store; what came of it is told by `log`. */
  readonly follow: (init?: Partial<FollowStoreInit>) => StoreFollower
  /** `+pay 1`: taken; `-pay 1 ERR_…`: refused; `!ERR_…`: a failure that passes. */
  readonly log: string[]
}

function createNode(): Node {
  const now = (): number => clock.now
  const writer = identityFromSeed(new Uint8Array(32).fill(200))
  const store = createMemoryStore({ writer, now, schedule: () => () => {} })
  const slurp = createSlurp({ storage: createMemoryStorage(), now })
  const timers = createTimers()
  const log: string[] = []
  const named = ({ key, version }: { key: string; version: number }): string =>
    `${/(\w+)\.json$/.exec(key)?.[1]} ${version}`
  return {
    store,
    slurp,
    timers,
    log,
    follow: (init) => {
      const follower = followStore({
        slurp,
        store,
        retryMs: RETRY_MS,
        fetchMs: FETCH_MS,
        schedule: timers.schedule,
        onTaken: (taken) => log.push(`+${named(taken)}`),
        onRefused: (refused) => log.push(`-${named(refused)} ${refused.code}`),
        onError: (error) => log.push(`!${(error as { code?: string }).code ?? String(error)}`),
        ...init,
      })
      ends.push(async () => follower.close())
      return follower
    },
  }
}

/** Brings versions into a store, with their bytes. */
async function arrive(store: ContextStore, ...all: readonly Published[]): Promise<void> {
  for (const published of all) {
    await bring(store, published)
    await store.append([published.record])
  }
}

async function bring(store: ContextStore, { record, node }: Published): Promise<void> {
  await store.addContent(record.content ?? '', decisionBytes(node))
}

describe('what arrives in a store', () => {
  test('is taken in once, in its order, also what comes later, and what is no decision is not', async () => {
    const { store, slurp, follow, log } = createNode()
    const author = createAuthor()
    await arrive(store, await author.publish('a'))
    const follower = follow()
    await follower.settled()
    expect(log).toEqual(['+a 1'])
    await store.put({ address: 'ucxl://claude:architect@shop:checkout/notes.txt', content: null })
    await arrive(store, await author.publish('b'), await author.publish('a', { summary: 'more' }))
    await follower.settled()
    expect(log).toEqual(['+a 1', '+b 1', '+a 2'])
    expect((await slurp.get(address('a'))).version).toBe(2)
    expect(follower).toMatchObject({ position: 4, waiting: [] })
  })

  test('is taken without being asked for: a change in the store is heard of', async () => {
    const { store, follow } = createNode()
    const taken = Promise.withResolvers<object>()
    follow({ onTaken: taken.resolve })
    const published = await createAuthor().publish('a')
    await arrive(store, published)
    expect(await taken.promise).toMatchObject({
      sequence: 1,
      key: published.record.key,
      version: 1,
      id: expect.stringMatching(/^bafkrei/),
      ingested: { state: 'accepted', decisionId: published.node.decision_id },
    })
  })

  test('is not taken twice after a restart, and nothing is lost, wherever it stopped', async () => {
    const { store, slurp, follow, log } = createNode()
    const author = createAuthor()
    for (let n = 0; n < 130; n++) await arrive(store, await author.publish(`n${n}`))
    const positions: number[] = []
    const first = follow({ onTaken: () => positions.push(first.position) })
    await first.settled()
    await first.close()
    expect(first.position).toBe(130)
    expect((await slurp.counts()).versions).toBe(130)
    await arrive(store, await author.publish('late'))
    for (const after of [0, 64, 130]) {
      const next = follow({ after })
      await next.settled()
      expect(next.position).toBe(131)
      await next.close()
    }
    expect(log).toEqual(['+late 1'])
    expect((await slurp.counts()).versions).toBe(131)
    // A page is done with as a whole, and never before all of it was taken.
    expect(new Set(positions)).toEqual(new Set([0, 64, 128]))
  })

  test('is read from the start where the position is of another, longer log', async () => {
    const { store, follow, log } = createNode()
    await arrive(store, await createAuthor().publish('a'))
    const follower = follow({ after: 900 })
    await follower.settled()
    expect(log).toEqual(['+a 1'])
    expect(follower.position).toBe(1)
  })

  test('that was redacted, or deleted, is passed over', async () => {
    const { store, follow, log } = createNode()
    const author = createAuthor()
    const secret = await author.publish('secret')
    await arrive(store, secret, await author.publish('open'))
    const redaction = await author.store.redact(address('secret'), 'a password')
    await store.applyRedaction(redaction)
    const tomb = await author.store.put({ address: address('open'), content: null })
    await store.append([tomb.record])
    const follower = follow({ fetch: async () => decisionBytes(secret.node) })
    await follower.settled()
    expect(log).toEqual(['+open 1'])
    expect(follower).toMatchObject({ position: 3, waiting: [] })
  })

  test('and is refused is told with its code, and what follows is taken', async () => {
    const { store, follow, log } = createNode()
    const author = createAuthor()
    const put = async (name: string, content: string, more = {}): Promise<void> => {
      const { record } = await author.store.put({
        address: address(name),
        content: new TextEncoder().encode(content),
        contentType: DECISION_MEDIA_TYPE,
        ...more,
      })
      await store.addContent(record.content ?? '', new TextEncoder().encode(content))
      await store.append([record])
    }
    const forged = await createAuthor().publish('forged')
    await put('text', 'not JSON')
    await put('number', '42')
    await put('empty', '{}')
    await put('hidden', '{}', { encryption: { method: 'x', key: 'k' } })
    await put('large', JSON.stringify({ text: 'x'.repeat(9000) }))
    await arrive(store, await author.publish('forged', { ...forged.node, title: 'Another' }))
    await arrive(store, await author.publish('chatter', { ephemeral: true }))
    await arrive(store, await author.publish('fine'))
    const follower = follow({ maxBytes: 8000 })
    await follower.settled()
    expect(log).toEqual([
      '-text 1 ERR_SLURP_CONTENT',
      '-number 1 ERR_SLURP_CONTENT',
      '-empty 1 ERR_DECISION_INVALID',
      '-hidden 1 ERR_SLURP_CONTENT',
      '-large 1 ERR_SLURP_TOO_LARGE',
      '-forged 1 ERR_SLURP_SIGNATURE',
      '-chatter 1 ERR_SLURP_DROPPED',
      '+fine 1',
    ])
    expect(follower.position).toBe(8)
  })

  test('a listener that throws stops nothing', async () => {
    const { store, slurp, follow } = createNode()
    const author = createAuthor()
    await arrive(store, await author.publish('a'), await author.publish('b'))
    const fail = (): never => {
      throw new Error('a listener failed')
    }
    await follow({ onTaken: fail }).settled()
    expect((await slurp.counts()).versions).toBe(2)
  })
})

describe('bytes that are not here', () => {
  test('are waited for, those of the agent behind them wait, and others do not', async () => {
    const { store, timers, follow, log } = createNode()
    const [ada, bob] = [createAuthor('ada'), createAuthor('bob')]
    const first = await ada.publish('first')
    await store.append([first.record])
    await arrive(store, await ada.publish('second'), await bob.publish('other'))
    const follower = follow()
    await follower.settled()
    expect(log).toEqual(['+other 1'])
    expect(follower.position).toBe(0)
    expect(follower.waiting).toEqual([
      {
        sequence: 1,
        id: expect.stringMatching(/^bafkrei/),
        key: first.record.key,
        version: 1,
        attempts: 1,
        reason: 'its bytes are not here',
      },
    ])
    await arrive(store, await ada.publish('third'), await bob.publish('more'))
    timers.run(RETRY_MS)
    await follower.settled()
    expect(log).toEqual(['+other 1', '+more 1'])
    expect(follower.waiting).toMatchObject([{ sequence: 1, attempts: 2 }])
    await bring(store, first)
    await follower.settled()
    expect(follower.position).toBe(0)
    timers.run(RETRY_MS)
    await follower.settled()
    expect(log).toEqual(['+other 1', '+more 1', '+first 1', '+second 1', '+third 1'])
    expect(follower).toMatchObject({ position: 5, waiting: [] })
    expect(timers.due()).toEqual([])
  })

  test('lose nothing where it is ended in between: it begins where it waited', async () => {
    const { store, follow, log } = createNode()
    const [ada, bob] = [createAuthor('ada'), createAuthor('bob')]
    await arrive(store, await bob.publish('early'))
    const first = await ada.publish('first')
    await store.append([first.record])
    await arrive(store, await bob.publish('late'), await ada.publish('second'))
    const before = follow()
    await before.settled()
    await before.close()
    expect(before.position).toBe(1)
    await bring(store, first)
    await follow({ after: before.position }).settled()
    expect(log).toEqual(['+early 1', '+late 1', '+first 1', '+second 1'])
  })

  test('are fetched by the address of their version, each agent’s in their order', async () => {
    const { store, timers, follow, log } = createNode()
    const ada = createAuthor('ada')
    const all = [await ada.publish('a'), await ada.publish('b'), await ada.publish('c')]
    await store.append(all.map(({ record }) => record))
    const asked: string[] = []
    const follower = follow({
      fetch: async (wanted) => {
        asked.push(wanted)
        const found = all.find(({ node }) => wanted === node.ucxl_address.replace('*^', '*~'))
        return found && decisionBytes(found.node)
      },
    })
    await follower.settled()
    expect(asked).toEqual(['a', 'b', 'c'].map((name) => address(name, 'ada', '*~')))
    expect(log).toEqual(['+a 1', '+b 1', '+c 1'])
    expect(timers.due()).toEqual([])
  })

  test('that are others, or fail to come, or come too late, are asked for again later', async () => {
    const { store, timers, follow, log } = createNode()
    const ada = createAuthor('ada')
    const a = await ada.publish('a')
    await store.append([a.record])
    const signals: AbortSignal[] = []
    const answers: (() => Promise<Uint8Array | undefined>)[] = [
      async () => new Uint8Array(3),
      async () => Promise.reject(new Error('nobody is there')),
      async () => undefined,
      async () => new Promise(() => {}),
      async () => decisionBytes(a.node),
    ]
    const follower = follow({
      fetch: async (_, { signal }) => {
        signals.push(signal)
        return answers.shift()?.()
      },
    })
    const reasons: string[] = []
    for (let turn = 0; turn < 3; turn++) {
      await follower.settled()
      reasons.push(follower.waiting[0]?.reason ?? '')
      timers.run(RETRY_MS)
    }
    const settled = follower.settled()
    while (signals.length < 4) await new Promise(setImmediate)
    expect(timers.due()).toEqual([FETCH_MS])
    timers.run(FETCH_MS)
    await settled
    expect(signals[3]?.aborted).toBe(true)
    reasons.push(follower.waiting[0]?.reason ?? '')
    expect(reasons).toEqual([
      'what came are not the bytes of its content id',
      'its bytes could not be fetched: nobody is there',
      'its bytes are not here',
      'its bytes could not be fetched: no answer within 7000 ms',
    ])
    expect(log).toEqual([])
    timers.run(RETRY_MS)
    await follower.settled()
    expect(log).toEqual(['+a 1'])
  })

  test('are fetched for so many agents at once, and closing ends that', async () => {
    const { store, follow } = createNode()
    for (const agent of ['ada', 'bob', 'eve', 'joe', 'kim'])
      await store.append([(await createAuthor(agent).publish('a')).record])
    const signals: AbortSignal[] = []
    const follower = follow({
      concurrency: 3,
      fetch: async (_, { signal }) => {
        signals.push(signal)
        return new Promise(() => {})
      },
    })
    while (follower.waiting.length < 5) await new Promise(setImmediate)
    expect(signals).toHaveLength(3)
    const settled = follower.settled()
    await follower.close()
    await follower.close()
    await settled
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true])
    expect(signals).toHaveLength(3)
    await follower.settled()
  })

  test('of too many agents stop the reading until one of them came', async () => {
    const { store, timers, follow, log } = createNode()
    const missing: Published[] = []
    for (const agent of ['ada', 'bob']) {
      const published = await createAuthor(agent).publish('a')
      missing.push(published)
      await store.append([published.record])
    }
    const eve = createAuthor('eve')
    for (let n = 0; n < 64; n++) await arrive(store, await eve.publish(`n${n}`))
    const follower = follow({ maxWaiting: 2 })
    await follower.settled()
    expect(log).toHaveLength(62)
    for (const published of missing) await bring(store, published)
    timers.run(RETRY_MS)
    await follower.settled()
    expect(log).toHaveLength(66)
    expect(follower.position).toBe(66)
  })

  test('of a record that lost its place are not waited for', async () => {
    const { store, timers, follow, log } = createNode()
    clock.now = START + DAY
    const ada = createAuthor('ada')
    const late = await ada.publish('a')
    // The same key, used in another place, with an earlier time: that one stands.
    clock.now = START
    const rival = createMemoryStore({ writer: ada.identity, now: () => START })
    const content = decisionBytes(late.node)
    const put = { address: address('a', 'ada'), content, contentType: 'text/plain' }
    const early = await rival.put(put)
    clock.now = START + DAY
    await store.append([late.record])
    const follower = follow()
    await follower.settled()
    expect(follower.waiting).toHaveLength(1)
    await store.append([early.record])
    timers.run(RETRY_MS)
    await follower.settled()
    expect(log).toEqual([])
    expect(follower.waiting).toEqual([])
  })
})

describe('what passes by itself', () => {
  test('a decision whose time has not come waits, and is taken then', async () => {
    const { store, timers, follow, log } = createNode()
    clock.now = START + DAY
    await arrive(store, await createAuthor().publish('soon'))
    clock.now = START
    const follower = follow()
    await follower.settled()
    expect(log).toEqual(['!ERR_SLURP_AHEAD'])
    expect(follower.waiting).toMatchObject([{ reason: expect.stringContaining('five minutes') }])
    clock.now = START + DAY
    timers.run(RETRY_MS)
    await follower.settled()
    expect(log).toEqual(['!ERR_SLURP_AHEAD', '+soon 1'])
  })

  test('a storage that is busy is tried again, and the order is kept', async () => {
    const { store, slurp, timers, follow, log } = createNode()
    const author = createAuthor()
    await arrive(store, await author.publish('a'), await author.publish('b'))
    let failures = 2
    const busy: Pick<Slurp, 'ingestAll'> = {
      ingestAll: async (deliveries, options) => {
        if (failures-- > 0) throw new SlurpError('ERR_SLURP_BUSY', 'another process held it')
        return slurp.ingestAll(deliveries, options)
      },
    }
    const follower = follow({ slurp: busy })
    const settled = follower.settled()
    for (let turn = 1; turn <= 2; turn++) {
      while (log.length < turn) await new Promise(setImmediate)
      expect(follower.position).toBe(0)
      // News does not make it a busy loop.
      await arrive(store, await author.publish(`late${turn}`))
      await new Promise(setImmediate)
      expect(log).toHaveLength(turn)
      timers.run(RETRY_MS)
    }
    await settled
    expect(log).toEqual([
      '!ERR_SLURP_BUSY',
      '!ERR_SLURP_BUSY',
      '+a 1',
      '+b 1',
      '+late1 1',
      '+late2 1',
    ])
  })

  test('a store, or a service, that is closed ends it', async () => {
    const { store, follow, log } = createNode()
    const follower = follow()
    await follower.settled()
    await store.close()
    await follower.settled()
    expect(log).toEqual(['!ERR_STORE_CLOSED'])

    const other = createNode()
    await arrive(other.store, await createAuthor().publish('a'))
    const error = new SlurpError('ERR_SLURP_CLOSED', 'the storage is closed')
    const closed = { ingestAll: async () => [{ error }] }
    await other.follow({ slurp: closed }).settled()
    expect(other.log).toEqual(['!ERR_SLURP_CLOSED'])
    expect(other.timers.due()).toEqual([])
  })
})
