import { createMemoryStore, type ContextStore, type Schedule } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { afterEach, describe, expect, test } from 'vitest'
import { createMesh, type MeshEvent, type Mesh } from '../src/index.ts'
import { BEACON_MS } from '../src/libp2p/beacons.ts'
import { Renewal, type RenewalComponents } from '../src/renewal.ts'
import { systemSchedule } from '../src/timing.ts'
import { fakeTiming, type FakeTiming } from './fake-timing.ts'
import { until } from './network.ts'

const HOUR = 3_600_000
const START = Date.UTC(2025, 7, 1)
const own = identityFromSeed(new Uint8Array(32).fill(1))
const other = identityFromSeed(new Uint8Array(32).fill(2))
const content = new TextEncoder().encode('plan')
const PLAN = 'ucxl://claude:architect@shop:checkout/plan.md'

const open: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.stop()
})

function storeOf(identity = own): ContextStore {
  const store = createMemoryStore({ writer: identity, now: () => START })
  open.push({ stop: async () => store.close() })
  return store
}

interface Setup {
  readonly renewal: Renewal
  readonly timing: FakeTiming
  readonly put: string[]
}

function setUp(store: ContextStore, change: Partial<RenewalComponents> = {}): Setup {
  const timing = fakeTiming(() => 0.5, START)
  const put: string[] = []
  const note = async (name: string): Promise<number> => {
    put.push(name)
    return 8
  }
  const renewal = new Renewal({
    store,
    self: own.did,
    timing,
    publish: note,
    provide: note,
    isAlone: () => false,
    ...change,
  })
  open.push(renewal)
  return { renewal, timing, put }
}

const NAMES = ['/ucxl/facet/agent/claude', '/ucxl/facet/project/shop', 'claude@shop']

describe('what a node has to say', () => {
  test('after a restart is all that the store holds of its own, and its facets', async () => {
    const store = storeOf()
    await store.put({ address: PLAN, content })
    const theirs = storeOf(other)
    const { record } = await theirs.put({ address: 'ucxl://gpt:critic@web:ui/a.md', content })
    await store.append([record])
    const { renewal, timing, put } = setUp(store)
    renewal.start()
    await timing.advance(200)
    expect(put.toSorted()).toEqual(
      [...NAMES, '/ucxl/facet/agent/gpt', '/ucxl/facet/project/web'].toSorted(),
    )
  })

  test('is said again every twelve hours', async () => {
    const store = storeOf()
    await store.put({ address: PLAN, content })
    const { renewal, timing, put } = setUp(store)
    renewal.start()
    await timing.advance(200)
    expect(put).toHaveLength(3)
    await timing.advance(12 * HOUR - 1000)
    expect(put).toHaveLength(3)
    await timing.advance(2000)
    expect(put.slice(3).toSorted()).toEqual(NAMES)
    await timing.advance(12 * HOUR)
    expect(put).toHaveLength(9)
  })

  test('grows with the first context of a project, and not with the second', async () => {
    const store = storeOf()
    const { renewal, timing, put } = setUp(store)
    renewal.start()
    await store.put({ address: PLAN, content })
    await store.put({ address: PLAN, content: new TextEncoder().encode('other plan') })
    await timing.advance(200)
    // Its own collection as well, however the write came into the store.
    expect(put.toSorted()).toEqual(NAMES)
    await timing.advance(200)
    expect(put).toHaveLength(NAMES.length)
    await store.put({ address: PLAN, content: new TextEncoder().encode('third plan') })
    await timing.advance(200)
    expect(put.slice(NAMES.length)).toEqual(['claude@shop'])
  })

  test('is said to who joins until eight hold it', async () => {
    let stored = 2
    const { renewal, timing, put } = setUp(storeOf(), {
      publish: async (name) => {
        put.push(name)
        return stored
      },
    })
    renewal.announce('claude@shop')
    await timing.advance(200)
    renewal.onJoined()
    stored = 4
    await timing.advance(200)
    expect(put).toHaveLength(2)
    // Four are enough to go on with: who comes now is told together with all who come soon.
    for (let number = 0; number < 5; number++) renewal.onJoined()
    await timing.advance(200)
    expect(put).toHaveLength(2)
    stored = 8
    await timing.advance(10_000)
    expect(put).toHaveLength(3)
    renewal.onJoined()
    await timing.advance(10_000)
    expect(put).toHaveLength(3)
  })

  test('is tried again, later each time, where it failed; never where it is not its own', async () => {
    const tries: number[] = []
    const { renewal, timing, put } = setUp(storeOf(), {
      publish: async (name) => {
        put.push(name)
        tries.push(timing.now() - START)
        return name === 'claude@shop' ? 0 : undefined
      },
    })
    renewal.announce('claude@shop')
    renewal.announce('gpt@shop')
    await timing.advance(60_000)
    expect(put.filter((name) => name === 'gpt@shop')).toHaveLength(1)
    expect(put.filter((name) => name === 'claude@shop')).toHaveLength(4)
    expect(tries.slice(2)).toEqual([5200, 15_300, 35_400])
    await renewal.stop()
    await timing.advance(HOUR)
    expect(put).toHaveLength(5)
    expect(timing.pending()).toEqual([])
  })
})

const REAL_MS = new Set([BEACON_MS, 5000, 10_000])

describe('real nodes', () => {
  // The network is real, and its time is not: where a put meets nobody in time, on a machine that is busy, it is
  // tried again, which is one announcement more.
  const busy = { retry: 2 }
  test(
    'libp2p never puts a value again: a manifest that all others lost is back after twelve hours',
    busy,
    async () => {
      const timing = fakeTiming(() => 0.5, START)
      const writer = storeOf()
      await writer.put({ address: PLAN, content })
      const events: MeshEvent[] = []
      const { random, now } = timing
      // Beacons go by the system's clock, as those of the other node do: else it were silent for hours. So
      // do the deadlines of pings and of calls, which the network answers in its own time.
      const schedule: Schedule = (run, ms) =>
        (REAL_MS.has(ms) ? systemSchedule : timing.schedule)(run, ms)
      const onEvent = (event: MeshEvent): void => void events.push(event)
      const mesh = await createMesh({
        identity: own,
        store: writer,
        onEvent,
        schedule,
        random,
        now,
      })
      open.push(mesh)
      const announced = (): MeshEvent[] => events.filter(({ type }) => type === 'announced')
      const reader = await startOther(mesh)
      await until('the first announcement', async () => {
        await timing.advance(100)
        return announced().length > 0
      })
      await reader.stop()
      await until('the reader is gone', () => mesh.peers().length === 0)
      const before = announced().length
      const late = await startOther(mesh)
      await until('the newcomer is told', async () => {
        await timing.advance(100)
        return announced().length > before
      })
      const told = announced().length
      await timing.advance(11 * HOUR)
      expect(announced()).toHaveLength(told)
      await timing.advance(HOUR)
      await until('it is announced again', async () => {
        await timing.advance(100)
        return announced().length > told
      })
      expect(announced().at(-1)).toMatchObject({ collection: 'claude@shop', sequence: 1 })
      const { manifest } = await late.collection('claude@shop')
      expect(manifest.sequence).toBe(1)
    },
  )
})

async function startOther(mesh: Mesh): Promise<Mesh> {
  const started = await createMesh({ identity: other, store: storeOf(other), now: () => START })
  open.push(started)
  await started.join(mesh.addresses[0] ?? '')
  return started
}
