import { canonicalBytes, identityFromSeed, peerIdOf, type Identity } from '@bzzz/identity'
import { describe, expect, test } from 'vitest'
import type { Gossip, GossipMessage, Verdict } from '../src/gossip.ts'
import type { MeshEvent } from '../src/index.ts'
import { EVERYBODY, type Membership } from '../src/membership.ts'
import { Messages } from '../src/messages/messages.ts'
import type { HeardMessage } from '../src/messages/messaging.ts'

const START = Date.UTC(2025, 7, 1)
const SHOP = { project: 'shop' }
const key = (number: number): Identity => identityFromSeed(new Uint8Array(32).fill(number))

/** What several nodes say, and who listens: every message reaches all but who said it. */
class Room {
  readonly said: { topic: string; bytes: Uint8Array }[] = []
  readonly #listeners: { peer: string; topic: string; check: Check }[] = []

  gossip(peer: string): Gossip {
    return {
      publish: async (topic, bytes) => {
        this.said.push({ topic, bytes })
        const others = this.#listeners.filter((one) => one.topic === topic && one.peer !== peer)
        for (const { check } of others) await check({ topic, peer, bytes })
        return others.length
      },
      subscribe: (topic, check) => {
        const entry = { peer, topic, check }
        this.#listeners.push(entry)
        return () => void this.#listeners.splice(this.#listeners.indexOf(entry), 1)
      },
      introduce: () => {},
      subscribers: () => [],
      topics: () => new Set(),
      onTopic: () => {},
    }
  }

  /** What a node says to a message. */
  async check(peer: string, message: GossipMessage): Promise<Verdict | undefined> {
    return this.#listeners
      .find((one) => one.peer === peer && one.topic === message.topic)
      ?.check(message)
  }
}

type Check = (message: GossipMessage) => Promise<Verdict>

function setup(number: number, room: Room, membership: Membership = EVERYBODY, now = () => START) {
  const identity = key(number)
  const events: MeshEvent[] = []
  const emit = (event: MeshEvent): void => void events.push(event)
  const peer = peerIdOf(identity.publicKey)
  const gossip = room.gossip(peer)
  const messages = new Messages({ gossip, identity, membership, now, emit })
  return { identity, peer, messages, events }
}

const turn = async (): Promise<void> => new Promise(setImmediate)

describe('messages', () => {
  test('come to all who listen to their topic and kind, with who signed them', async () => {
    const room = new Room()
    const [one, other] = [setup(1, room), setup(2, room)]
    const heard: HeardMessage[] = []
    const end = other.messages.hear(SHOP, 'task.offer', (message) => heard.push(message))
    other.messages.hear('cluster', 'task.offer', () => expect.unreachable())
    expect(await one.messages.say(SHOP, 'task.offer', { task: 7 })).toBe(1)
    await one.messages.say(SHOP, 'task.claim', { task: 7 })
    await one.messages.say({ project: 'novel' }, 'task.offer', { task: 8 })
    await turn()
    const { did: writer } = one.identity
    const time = '2025-08-01T00:00:00Z'
    expect(heard).toEqual([{ topic: SHOP, kind: 'task.offer', writer, time, body: { task: 7 } }])
    end()
    end()
    await one.messages.say(SHOP, 'task.offer', { task: 9 })
    await turn()
    expect(heard).toHaveLength(1)
    expect(room.said.map(({ topic }) => topic).join('\n')).not.toContain('shop')
  })

  test.each([
    ['forged', { writer: key(3).did }, 'reject', /was not signed by/],
    ['changed', { body: { task: 8 } }, 'reject', /was not signed by/],
    ['of no known form', { more: 1 }, 'reject', /got something else/],
    ['of another topic', { topic: 'x' }, 'reject', /was not signed by|another topic/],
  ] as const)('that are %s are refused', async (_, change, verdict, why) => {
    const room = new Room()
    const [one, other] = [setup(1, room), setup(2, room)]
    other.messages.hear(SHOP, 'a', () => expect.unreachable())
    await one.messages.say({ project: 'elsewhere' }, 'a', 'text')
    await one.messages.say(SHOP, 'b', 'text')
    const { topic, bytes } = room.said[1]!
    const changed = { ...(JSON.parse(Buffer.from(bytes).toString()) as object), ...change }
    const message = { topic, peer: 'liar', bytes: canonicalBytes(changed) }
    expect(await room.check(other.peer, message)).toBe(verdict)
    const elsewhere = { topic, peer: 'liar', bytes: room.said[0]!.bytes }
    expect(await room.check(other.peer, elsewhere)).toBe('reject')
    expect(other.events.map((event) => event.type === 'refused' && event.peer)).toEqual([
      'liar',
      'liar',
    ])
    expect(String((other.events[0] as { error: unknown }).error)).toMatch(why)
    await turn()
  })

  test('of another time are not passed on', async () => {
    const room = new Room()
    const [one, other] = [setup(1, room), setup(2, room, EVERYBODY, () => START + 300_001)]
    other.messages.hear(SHOP, 'a', () => expect.unreachable())
    await one.messages.say(SHOP, 'a', 1)
    expect(other.events).toMatchObject([{ error: { code: 'ERR_MESH_PROTOCOL' } }])
    await turn()
  })

  test('of one writer are heard as often as one node may say something, and no oftener', async () => {
    const room = new Room()
    let now = START
    const [one, other] = [
      setup(1, room, EVERYBODY, () => now),
      setup(2, room, EVERYBODY, () => now),
    ]
    let heard = 0
    other.messages.hear(SHOP, 'a', () => heard++)
    for (let number = 0; number < 100; number++) await one.messages.say(SHOP, 'a', number)
    await expect(one.messages.say(SHOP, 'a', 100)).rejects.toMatchObject({ code: 'ERR_MESH_LIMIT' })
    now += 1000
    await one.messages.say(SHOP, 'a', 101)
    await turn()
    expect(heard).toBe(101)
  })

  test('of who is no member are refused', async () => {
    const room = new Room()
    const [one, other] = [setup(1, room), setup(2, room, strangersRefused())]
    other.messages.hear(SHOP, 'a', () => expect.unreachable())
    await one.messages.say(SHOP, 'a', 1)
    expect(other.events).toMatchObject([{ type: 'refused', peer: one.peer }])
    await turn()
  })

  test('have a kind, and a node has a number of topics', async () => {
    const { messages } = setup(1, new Room())
    await expect(messages.say(SHOP, 'no kind', 1)).rejects.toThrow(RangeError)
    for (let number = 0; number < 64; number++)
      await messages.say({ project: `p${number}` }, 'a', 1)
    await expect(messages.say('cluster', 'a', 1)).rejects.toMatchObject({ code: 'ERR_MESH_LIMIT' })
    messages.stop()
    expect(await messages.say('cluster', 'a', 1)).toBe(0)
  })
})

function strangersRefused(): Membership {
  return Object.assign(Object.create(EVERYBODY) as Membership, {
    assertMember: () => {
      throw new Error('no member')
    },
  })
}
