import { canonicalBytes, type Identity } from '@bzzz/identity'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decodeAnnouncement, encodeAnnouncement, topicOf } from '../src/follow/announcement.ts'
import { signManifest, type Manifest } from '../src/manifest.ts'
import { until } from './network.ts'
import { held, join, participant, stopAll, write, type Participant } from './participants.ts'
import { startStranger, type Stranger } from './stranger.ts'

const TOPIC = topicOf('shop')
const PLAN = 'claude:architect@shop:checkout/plan.md'

let near: Participant
let far: Participant
let stranger: Stranger

/** A stranger beside a node, which has another neighbour; both follow the project. */
beforeEach(async () => {
  near = await participant(1)
  far = await participant(2)
  await join(far, near)
  for (const { mesh } of [near, far]) mesh.follow('ucxl://any:any@shop:any/**')
  stranger = await startStranger(3)
  await stranger.connect(near.mesh.addresses[0] ?? '')
  await stranger.listen(TOPIC)
})
afterEach(async () => {
  await stranger.stop()
  await stopAll()
})

const manifest = (by: Identity, sequence = 1, collection = 'mallory@shop'): Manifest =>
  signManifest({ collection, sequence, heads: [], now: Date.now() }, by)
const announcement = (by: Identity, manifests = [manifest(by)], now = Date.now()): Uint8Array =>
  encodeAnnouncement(manifests, { writer: by, now })

/** Why a node refused what a peer told it. */
const refusals = ({ events }: Participant, peer: string): string[] =>
  events.flatMap((event) =>
    event.type === 'refused' && event.peer === peer ? [(event.error as Error).message] : [],
  )

/** What is wrong with a message, and how it is told. */
const WRONG: readonly [string, RegExp, () => Uint8Array][] = [
  ['no announcement', /Expected an announcement, got/, () => Buffer.from('hello')],
  [
    'one of another topic',
    /is of another topic/,
    () => announcement(stranger.identity, [manifest(stranger.identity, 1, 'mallory@other')]),
  ],
  [
    'a forged one',
    /was not signed by/,
    () => changed(announcement(stranger.identity), { writer: near.identity.did }),
  ],
  [
    'a forged manifest in it',
    /The manifest was not signed by/,
    () => announcement(stranger.identity, [{ ...manifest(stranger.identity), sequence: 9 }]),
  ],
  [
    'a manifest of somebody else in it',
    /announced a manifest of/,
    () => announcement(stranger.identity, [manifest(near.identity)]),
  ],
  [
    'one written in another way',
    /RFC 8785/,
    () => Buffer.from(`${Buffer.from(announcement(stranger.identity)).toString()} `),
  ],
  [
    'an old one',
    /An announcement of .* from now/,
    () => announcement(stranger.identity, [manifest(stranger.identity)], Date.now() - 400_000),
  ],
  [
    'one of the future',
    /An announcement of .* from now/,
    () => announcement(stranger.identity, [manifest(stranger.identity)], Date.now() + 400_000),
  ],
  ['an oversized one', /a message of 20000 bytes/, () => Buffer.alloc(20_000, 'x')],
]

function changed(message: Uint8Array, change: object): Uint8Array {
  return canonicalBytes({ ...(JSON.parse(Buffer.from(message).toString()) as object), ...change })
}

describe('gossip that is refused', () => {
  test.each(WRONG)('%s is told with who sent it, and not passed on', async (_, why, make) => {
    await stranger.say(TOPIC, make())
    await until('it is refused', () => refusals(near, stranger.peerId).length > 0)
    expect(refusals(near, stranger.peerId)).toEqual([expect.stringMatching(why)])
    // What is said after it arrives, so it would have as well.
    await stranger.say(TOPIC, announcement(stranger.identity, [manifest(stranger.identity, 2)]))
    await until('the next one arrives', () => far.events.some(({ type }) => type === 'behind'), 20)
    expect(far.events.filter(({ type }) => type === 'refused')).toEqual([])
  })

  test('who forges again and again is cut off, and all others are heard', async () => {
    for (let number = 0; number < 20; number++)
      await stranger.say(TOPIC, Buffer.from(`forged ${number}`))
    await until('it is cut off', () => !near.mesh.peers().includes(stranger.peerId))
    expect(refusals(near, stranger.peerId).at(-1)).toMatch(/cut off/)
    // Coming back does not help.
    await stranger.connect(near.mesh.addresses[0] ?? '')
    await stranger.say(TOPIC, announcement(stranger.identity))
    await write(far, PLAN, 'one')
    await far.mesh.publish('claude@shop')
    await until('the honest one is heard', async () => (await held(near, PLAN)) === 'one')
    expect(near.events.filter((event) => event.type === 'behind')).toEqual([])
  })

  test('who repeats what is old is cut off as well', async () => {
    const old = Date.now() - 400_000
    for (let number = 0; number < 400; number++)
      await stranger.say(
        TOPIC,
        announcement(stranger.identity, [manifest(stranger.identity)], old - number),
      )
    await until('it is cut off', () => !near.mesh.peers().includes(stranger.peerId), 20)
  })

  test('one writer is heard so often, whoever passes it on', async () => {
    for (let number = 1; number <= 180; number++)
      await stranger.say(
        TOPIC,
        announcement(far.identity, [manifest(far.identity, number, 'claude@shop')]),
      )
    await until('it is told', () =>
      refusals(near, stranger.peerId).some((why) => /announces more than one node may/.test(why)),
    )
    // It need not be the fault of who passes it on.
    expect(near.mesh.peers()).toContain(stranger.peerId)
  })

  test('who says too much is cut off, however right it is', async () => {
    for (let number = 1; number <= 400; number++)
      await stranger.say(
        TOPIC,
        announcement(stranger.identity, [manifest(stranger.identity, number)]),
      )
    await until('it is cut off', () => !near.mesh.peers().includes(stranger.peerId), 20)
    expect(refusals(near, stranger.peerId).at(-1)).toMatch(/cut off/)
    expect(refusals(far, near.mesh.peerId)).toEqual([])
  })
})

describe('an announcement', () => {
  test('fits into a message, however long the names in it are', () => {
    const collection = `${'a'.repeat(63)}@${'p'.repeat(63)}`
    const by = near.identity
    const manifests = Array.from({ length: 28 }, () =>
      manifest(by, Number.MAX_SAFE_INTEGER, collection),
    )
    const bytes = announcement(by, manifests)
    expect(bytes.length).toBeLessThanOrEqual(16 * 1024)
    expect(decodeAnnouncement(topicOf('p'.repeat(63)), bytes).manifests).toEqual(manifests)
    expect(() => decodeAnnouncement(TOPIC, announcement(by, [...manifests, manifest(by)]))).toThrow(
      expect.objectContaining({ code: 'ERR_MESH_PROTOCOL' }),
    )
  })
})
