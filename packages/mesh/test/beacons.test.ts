import type { Schedule } from '@bzzz/context-store'
import { describe, expect, test } from 'vitest'
import { Beacons } from '../src/libp2p/beacons.ts'
import type { Gossip, GossipMessage, Verdict } from '../src/gossip.ts'
import { inMemory, startTestNode, until } from './network.ts'

/** Timers that ring all at once, when they are told to. */
function timers(): { readonly schedule: Schedule; ring: () => void; readonly size: number } {
  const waiting = new Set<() => void>()
  return {
    schedule: (run) => {
      const own = (): void => run()
      waiting.add(own)
      return () => void waiting.delete(own)
    },
    ring: () => {
      // Those that are set meanwhile ring the next time.
      const due = [...waiting]
      waiting.clear()
      for (const run of due) run()
    },
    get size() {
      return waiting.size
    },
  }
}

describe('beacons', () => {
  test('a neighbour that is silent for three of them is hung up on, and no other', async () => {
    const clock = timers()
    const sent: string[] = []
    const silent: string[] = []
    let hear: ((message: GossipMessage) => Promise<Verdict>) | undefined
    const gossip: Pick<Gossip, 'publish' | 'subscribe'> = {
      publish: async (_, bytes) => sent.push(new TextDecoder().decode(bytes)),
      subscribe: (_, validate) => {
        hear = validate
        return () => {}
      },
    }
    const beacons = new Beacons({
      gossip,
      schedule: clock.schedule,
      self: 'me',
      onSilent: (peer) => void silent.push(peer),
    })
    for (const peer of ['mute', 'well', 'gone']) beacons.onNeighbour(peer)
    beacons.onGone('gone')
    for (let beat = 0; beat < 3; beat++) {
      clock.ring()
      const message = { topic: '', peer: 'well', bytes: new Uint8Array() }
      expect(await hear?.(message)).toBe('ignore')
    }
    expect(silent).toEqual([])
    clock.ring()
    clock.ring()
    expect(silent).toEqual(['mute'])
    expect(new Set(sent).size).toBe(5)
    beacons.stop()
    expect(clock.size).toBe(0)
  })

  test('real neighbours hear each other, and stay connected', async () => {
    const clock = timers()
    const options = inMemory()
    const gossip = {
      now: Date.now,
      schedule: clock.schedule,
      mayHear: () => true,
      onRefused: () => {},
    }
    const one = await startTestNode(1, {}, { ...options(1), gossip })
    const two = await startTestNode(2, {}, { ...options(2), gossip })
    await two.dial(one.addresses[0] ?? '', { signal: AbortSignal.timeout(5000) })
    const topic = '/ucxl/beacon/1'
    await until('both listen', () =>
      [one, two].every((node) => node.gossip.subscribers(topic).length === 1),
    )
    const heard = new Set<string>()
    for (const { gossip: own } of [one, two])
      own.subscribe('/after', async ({ bytes }) => {
        heard.add(new TextDecoder().decode(bytes))
        return 'accept'
      })
    await until('both listen', () =>
      [one, two].every((node) => node.gossip.subscribers('/after').length === 1),
    )
    for (let beat = 0; beat < 10; beat++) {
      clock.ring()
      // What is sent after a beacon comes after it.
      for (const { gossip: own, peerId } of [one, two])
        await own.publish('/after', Buffer.from(`${peerId} ${beat}`))
      await until(`beat ${beat} came`, () => heard.size === 2 * (beat + 1))
    }
    expect([one.peers(), two.peers()]).toEqual([[two.peerId], [one.peerId]])
    await Promise.all([one.stop(), two.stop()])
    expect(clock.size).toBe(0)
  })

  test('a neighbour whose beacons do not come is hung up on', async () => {
    const clock = timers()
    const options = inMemory()
    const never: Schedule = () => () => {}
    const gossip = { now: Date.now, schedule: never, mayHear: () => true, onRefused: () => {} }
    const one = await startTestNode(
      1,
      {},
      { ...options(1), gossip: { ...gossip, schedule: clock.schedule } },
    )
    const mute = await startTestNode(2, {}, { ...options(2), gossip })
    await mute.dial(one.addresses[0] ?? '', { signal: AbortSignal.timeout(5000) })
    await until('they are connected', () => one.peers().length === 1)
    // Seldom enough that the other one does not call it a flood.
    let looks = 0
    await until('it is hung up on', () => {
      if (looks++ % 20 === 0) clock.ring()
      return one.peers().length === 0
    })
    await Promise.all([one.stop(), mute.stop()])
  })
})
