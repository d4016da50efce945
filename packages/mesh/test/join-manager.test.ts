import { describe, expect, test } from 'vitest'
import { MeshError, type KnownPeer, type KnownPeers, type MeshEvent } from '../src/index.ts'
import { backoffMs } from '../src/join/backoff.ts'
import { HelloGate } from '../src/join/hello-gate.ts'
import { JoinManager, MAX_DIALS, MAX_TARGETS } from '../src/join/join-manager.ts'
import { fakeTiming, type FakeTiming } from './fake-timing.ts'

const START = 1_000_000
const A = '/ip4/127.0.0.1/tcp/1/p2p/a'
const unreachable = (): Error => new MeshError('ERR_MESH_UNREACHABLE', 'nobody there')
const stranger = (): Error => new MeshError('ERR_MESH_MEMBERSHIP', 'no member')

interface Setup {
  readonly manager: JoinManager
  readonly timing: FakeTiming
  readonly events: MeshEvent[]
  /** When it was told that others may be back. */
  readonly backs: number[]
  readonly dialled: string[]
  readonly saved: (readonly KnownPeer[])[]
}

/** A manager whose dials end as `answer` says: by a peer id, or by an error. */
function setUp(
  answer: (address: string) => string | Error | Promise<string>,
  {
    bootstrap = [A],
    stored = [] as readonly KnownPeer[] | Error,
    random = (): number => 0.5,
    addressesOf = async (_peer: string): Promise<readonly string[]> => [],
  } = {},
): Setup {
  const timing = fakeTiming(random, START)
  const events: MeshEvent[] = []
  const backs: number[] = []
  const dialled: string[] = []
  const saved: (readonly KnownPeer[])[] = []
  const known: KnownPeers = {
    load: async () => {
      if (stored instanceof Error) throw stored
      return stored
    },
    save: async (peers) => void saved.push(peers),
  }
  const manager: JoinManager = new JoinManager(
    {
      join: async (address) => {
        dialled.push(address)
        const given = await answer(address)
        if (given instanceof Error) throw given
        manager.onJoined(given)
        return given
      },
      addressesOf,
      self: 'me',
      timing,
      onBack: () => void backs.push(timing.now() - START),
      emit: (event) => void events.push(event),
    },
    { bootstrap, known },
  )
  return { manager, timing, events, backs, dialled, saved }
}

const retries = ({ events }: Setup): number[] =>
  events.flatMap((event) => (event.type === 'retry' ? [event.at - START] : []))

describe('waits', () => {
  test('double with each failure up to a cap, and are anything below that', () => {
    const options = { baseMs: 1000, capMs: 60_000 }
    expect([0, 1, 2, 5, 6, 7, 5000].map((n) => backoffMs(n, 0.999_999, options))).toEqual([
      999, 1999, 3999, 31_999, 59_999, 59_999, 59_999,
    ])
    expect(backoffMs(3, 0, options)).toBe(0)
    expect(backoffMs(3, 0.5, options)).toBe(4000)
  })
})

describe('a bootstrap list', () => {
  test('is dialled at once, and an address that does not answer again and again, ever later', async () => {
    const all = setUp(() => unreachable())
    await all.manager.start()
    await all.timing.advance(0)
    expect(all.manager.states()).toEqual([
      {
        address: A,
        peer: 'a',
        from: 'bootstrap',
        state: 'retry',
        failures: 1,
        retryAt: START + 500,
        error: unreachable(),
      },
    ])
    await all.timing.advance(10_000)
    expect(retries(all)).toEqual([500, 1500, 3500, 7500, 15_500])
    await all.timing.advance(3_600_000)
    expect(all.dialled.length).toBeGreaterThan(100)
    expect(all.timing.pending()).toHaveLength(1)
  })

  test('is joined when a node comes up, and joined again when it is lost', async () => {
    let up = false
    const all = setUp(() => (up ? 'a' : unreachable()))
    await all.manager.start()
    await all.timing.advance(600)
    up = true
    await all.timing.advance(2000)
    expect(all.manager.states()[0]).toMatchObject({ state: 'joined', failures: 0 })
    expect(all.timing.pending()).toEqual([])
    const dials = all.dialled.length
    all.manager.onLeft('a')
    expect(all.events.at(-1)).toMatchObject({
      type: 'retry',
      error: { message: 'The connection was lost' },
    })
    await all.timing.advance(1000)
    expect(all.dialled).toHaveLength(dials + 1)
    expect(all.manager.states()[0]).toMatchObject({ state: 'joined' })
  })

  test('is tried again at once when one of it is back, or connects', async () => {
    const list = ['a', 'b', 'c'].map((peer) => `/ip4/127.0.0.1/tcp/1/p2p/${peer}`)
    let up: readonly string[] = []
    const answer = (address: string): string | Error =>
      up.find((peer) => address.endsWith(peer)) ?? unreachable()
    const { manager, timing, dialled } = setUp(answer, { bootstrap: list })
    await manager.start()
    // After some minutes the next attempts are half a minute away.
    await timing.advance(200_000)
    dialled.length = 0
    up = ['a', 'b']
    manager.onJoined('a')
    await timing.advance(500)
    expect(dialled).toEqual(list.slice(1))
    up = ['c']
    manager.onConnected('c')
    await timing.advance(1)
    expect(dialled).toEqual([...list.slice(1), list[2]])
    expect(manager.states().map(({ state }) => state)).toEqual(['joined', 'joined', 'joined'])
    await manager.stop()
  })

  test('is tried again soon where the attempt after a return came too early', async () => {
    const list = ['a', 'b', 'c'].map((peer) => `/ip4/127.0.0.1/tcp/1/p2p/${peer}`)
    let up: readonly string[] = []
    const answer = (address: string): string | Error =>
      up.find((peer) => address.endsWith(peer)) ?? unreachable()
    const { manager, timing } = setUp(answer, { bootstrap: list })
    await manager.start()
    await timing.advance(200_000)
    manager.onJoined('a')
    await timing.advance(600)
    up = ['b', 'c']
    await timing.advance(4000)
    expect(manager.states().map(({ state }) => state)).toEqual(['joined', 'joined', 'joined'])
    await manager.stop()
  })

  test('is tried again at a hint, which is passed on and heeded once a minute', async () => {
    const list = ['a', 'b'].map((peer) => `/ip4/127.0.0.1/tcp/1/p2p/${peer}`)
    const { manager, timing, dialled, backs } = setUp(() => unreachable(), { bootstrap: list })
    manager.onHint()
    expect(backs).toEqual([])
    await manager.start()
    await timing.advance(200_000)
    dialled.length = 0
    manager.onHint()
    await timing.advance(500)
    expect(dialled).toEqual(list)
    manager.onHint()
    await timing.advance(500)
    expect(backs).toEqual([200_000])
    await timing.advance(60_000)
    manager.onHint()
    expect(backs).toEqual([200_000, 261_000])
    await manager.stop()
  })

  test('is not dialled at every return of one that comes and goes', async () => {
    const list = ['a', 'b'].map((peer) => `/ip4/127.0.0.1/tcp/1/p2p/${peer}`)
    const { manager, timing, dialled } = setUp(() => unreachable(), { bootstrap: list })
    await manager.start()
    await timing.advance(200_000)
    dialled.length = 0
    for (let times = 0; times < 5; times++) {
      manager.onJoined('a')
      manager.onLeft('a')
      await timing.advance(600)
    }
    // Once for the first return, and once more since its waits begin anew.
    expect(dialled.filter((address) => address.endsWith('b')).length).toBeLessThanOrEqual(2)
    await manager.stop()
  })

  test("may hold this node's own address", async () => {
    const all = setUp(() => 'me', {
      bootstrap: ['/ip4/127.0.0.1/tcp/1/p2p/me', '/ip4/127.0.0.1/tcp/1'],
    })
    await all.manager.start()
    await all.timing.advance(60_000)
    expect(all.dialled).toEqual(['/ip4/127.0.0.1/tcp/1'])
    expect(all.manager.states()).toEqual([])
  })

  test('of a hundred addresses is dialled a few at a time, and no more once the node stops', async () => {
    const open: PromiseWithResolvers<string>[] = []
    const addresses = Array.from({ length: 100 }, (_, n) => `/ip4/127.0.0.1/tcp/${n}/p2p/p${n}`)
    const all = setUp(
      async () => {
        const dial = Promise.withResolvers<string>()
        open.push(dial)
        return dial.promise
      },
      { bootstrap: addresses },
    )
    await all.manager.start()
    await all.timing.advance(0)
    expect(all.dialled).toHaveLength(MAX_DIALS)
    open[0]!.reject(unreachable())
    await all.timing.advance(0)
    expect(all.dialled).toHaveLength(MAX_DIALS + 1)
    await all.manager.stop()
    expect(all.timing.pending()).toEqual([])
    expect(all.dialled).toHaveLength(MAX_DIALS + 1)
  })

  test('many that lose the same node do not come back in the same moment', async () => {
    const at = new Set<number>()
    for (let number = 0; number < 20; number++) {
      const all = setUp(() => 'a', { random: () => number / 20 })
      await all.manager.start()
      await all.timing.advance(0)
      all.manager.onLeft('a')
      at.add(retries(all)[0]!)
    }
    expect(at.size).toBe(20)
  })
})

describe('a peer that refuses this node for membership', () => {
  test('is not dialled again for ten minutes and more', async () => {
    const all = setUp(() => stranger())
    await all.manager.start()
    await all.timing.advance(600_000)
    expect(all.dialled).toHaveLength(1)
    await all.timing.advance(300_000)
    expect(all.dialled).toHaveLength(2)
  })

  test('nor when it is found again and again', async () => {
    const all = setUp((address) => (address === A ? 'a' : stranger()))
    await all.manager.start()
    await all.timing.advance(0)
    for (let minute = 0; minute < 9; minute++) {
      all.manager.found(['/ip4/127.0.0.1/tcp/2'], 'b')
      await all.timing.advance(60_000)
    }
    expect(all.dialled).toEqual([A, '/ip4/127.0.0.1/tcp/2/p2p/b'])
  })
})

describe('known peers', () => {
  const peers = (count: number): KnownPeer[] =>
    Array.from({ length: count }, (_, n) => ({
      peer: `k${n}`,
      addresses: [`/ip4/127.0.0.1/tcp/${n}`],
      seen: START - n,
    }))

  test('are dialled at the start, with the id that is expected there', async () => {
    const all = setUp((address) => (address.endsWith('k1') ? 'k1' : unreachable()), {
      bootstrap: [],
      stored: peers(2),
    })
    await all.manager.start()
    await all.timing.advance(0)
    expect(all.dialled).toEqual(['/ip4/127.0.0.1/tcp/0/p2p/k0', '/ip4/127.0.0.1/tcp/1/p2p/k1'])
  })

  test('are given up after ten failures, unless this node is alone', async () => {
    let up = false
    const all = setUp((address) => (up && address === A ? 'a' : unreachable()), {
      stored: peers(1),
    })
    await all.manager.start()
    await all.timing.advance(7_200_000)
    expect(all.manager.states()).toHaveLength(2)
    up = true
    await all.timing.advance(7_200_000)
    expect(all.manager.states().map(({ peer }) => peer)).toEqual(['a'])
  })

  test('are remembered with all their addresses soon after they were joined, in one write', async () => {
    const all = setUp(() => 'a', {
      addressesOf: async (peer) => [`/ip4/127.0.0.1/tcp/7/ws/p2p/${peer}`],
    })
    await all.manager.start()
    await all.timing.advance(0)
    all.manager.onJoined('visitor')
    await all.timing.advance(2000)
    expect(all.saved).toEqual([
      [
        { peer: 'a', addresses: [A, '/ip4/127.0.0.1/tcp/7/ws/p2p/a'], seen: START },
        { peer: 'visitor', addresses: ['/ip4/127.0.0.1/tcp/7/ws/p2p/visitor'], seen: START },
      ],
    ])
  })

  test('a visitor that is lost is dialled where it said that it can be', async () => {
    const all = setUp(() => 'visitor', {
      bootstrap: [],
      addressesOf: async () => ['/ip4/127.0.0.1/tcp/7'],
    })
    await all.manager.start()
    all.manager.onJoined('visitor')
    await all.timing.advance(0)
    all.manager.onLeft('visitor')
    await all.timing.advance(1000)
    expect(all.dialled).toEqual(['/ip4/127.0.0.1/tcp/7/p2p/visitor'])
  })

  test('that were not seen for a month are forgotten; more than a bound are not dialled', async () => {
    const old = { peer: 'old', addresses: [A], seen: 0 }
    const all = setUp(() => unreachable(), { bootstrap: [], stored: [...peers(60), old] })
    await all.timing.advance(31 * 86_400_000)
    const late = setUp(() => unreachable(), { bootstrap: [], stored: peers(60) })
    await late.manager.start()
    await late.timing.advance(0)
    expect(late.manager.states()).toHaveLength(MAX_TARGETS)
    await all.manager.start()
    expect(all.manager.states()).toEqual([])
  })

  test('that cannot be read are told, and the node goes on', async () => {
    const error = new MeshError('ERR_MESH_KNOWN_PEERS', 'damaged')
    const all = setUp(() => 'a', { stored: error })
    await all.manager.start()
    await all.timing.advance(0)
    expect(all.events).toContainEqual({ type: 'known-peers', error })
    expect(all.manager.states()[0]).toMatchObject({ state: 'joined' })
  })
})

describe('hellos', () => {
  test('are counted for each peer and for all, in windows', () => {
    let now = 0
    const gate = new HelloGate(() => now, { perPeer: 2, all: 3, windowMs: 1000 })
    expect(['a', 'a', 'a', 'b', 'c'].map((peer) => gate.admit(peer))).toEqual([
      true,
      true,
      false,
      true,
      false,
    ])
    now = 1000
    expect(gate.admit('a')).toBe(true)
    now = -5
    expect(gate.admit('c')).toBe(true)
  })
})
