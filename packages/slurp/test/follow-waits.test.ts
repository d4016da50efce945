import { createMemoryStore } from '@bzzz/context-store'
import { decisionBytes } from '@bzzz/decision-schema'
import { describe, expect, test } from 'vitest'
import { SlurpError } from '../src/errors.ts'
import type { Slurp } from '../src/slurp.ts'
import { address, clock, createAuthor, DAY, START, type Published } from './author.ts'
import { arrive, bring, createNode, FETCH_MS, RETRY_MS } from './follow-bench.ts'

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
