import { identityFromSeed } from '@bzzz/identity'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { encodeAnnouncement, topicOf } from '../src/follow/announcement.ts'
import { dhtKeyOf, encodeManifest, signManifest } from '../src/manifest.ts'
import { providerFlood } from './flood.ts'
import { startLiar, stopLiars, type Liar } from './liar.ts'
import { LIES } from './lies.ts'
import { killAll, startProcess, type NodeProcess } from './node-process.ts'
import { participant, stopAll, write, type Participant } from './participants.ts'
import { until } from './until.ts'

const PATTERN = 'ucxl://any:any@shop:any/**'
const PLAN = 'claude:architect@shop:checkout/plan.md'
const MILLION = 1_000_000
const MEBIBYTE = 1024 * 1024
// As much as a node may grow by all that is done to it here.
const GROWTH = 32 * MEBIBYTE

let node: NodeProcess
let honest: Participant
let before = 0

/** A real node in a process of its own, which all others lie to, and an honest one beside it. */
beforeAll(async () => {
  node = await startProcess({ number: 1 })
  honest = await participant(2)
  await honest.mesh.join(node.address, { timeoutMs: 20_000 })
  await node.ask.follow(PATTERN)
  await goesOn('warm')
  before = await node.ask.memory()
}, 120_000)
afterEach(stopLiars)
afterAll(async () => {
  const grown = (await node.ask.memory()) - before
  console.log(`The node has grown by ${(grown / MEBIBYTE).toFixed(1)} MiB in the end`)
  await killAll()
  await stopAll()
})

/** What the honest one writes is kept as ever, and nothing has grown. */
async function goesOn(text: string): Promise<void> {
  await write(honest, PLAN, text)
  await honest.mesh.publish('claude@shop', { timeoutMs: 20_000 })
  const address = `ucxl://${PLAN.replace('/', '/*^/')}`
  const isHere = async (): Promise<boolean> =>
    node.ask.get(address).then(
      (got) => got.text === text,
      () => false,
    )
  await until('the honest one is heard', isHere, 60, 50)
  // It may have passed on what a liar said too often; that is told, and no fault of its own.
  expect(refusalsOf(honest.mesh.peerId).filter((one) => !one.endsWith('may'))).toEqual([])
  if (before > 0) expect((await node.ask.memory()) - before).toBeLessThan(GROWTH)
}

/** Why the node refused what a peer sent it. */
const refusalsOf = (peer: string): string[] =>
  node.events.flatMap((event) =>
    event.type === 'refused' && event.peer === peer ? [event.error ?? ''] : [],
  )

/** Does something again and again until the liar is cut off; then it is not let in any more. */
async function isCutOff(liar: Liar, why: RegExp, provoke: () => Promise<unknown>): Promise<void> {
  const { peerId } = liar.node
  const cut = (): boolean => refusalsOf(peerId).some((one) => one.includes('cut off'))
  const end = async (): Promise<boolean> => {
    if (!cut()) await provoke().catch(() => {})
    return cut()
  }
  await until('it is cut off', end, 60, 50)
  expect(refusalsOf(peerId)[0]).toMatch(why)
  await until('it is hung up on', async () => !(await node.ask.peers()).includes(peerId), 30, 50)
}

let number = 10
test.each(LIES)(
  'who gives $what is refused, and cut off',
  { timeout: 120_000 },
  async ({ what, why, lies, ask }) => {
    const liar: Liar = await startLiar(
      ++number,
      lies(() => liar),
    )
    await liar.connect(node.address)
    await liar.publish()
    const provoke = ask ?? (async () => node.ask.reconcile(liar.node.peerId))
    await isCutOff(liar, why, async () => provoke(node, liar))
    // Coming back does not help.
    await liar.connect(node.address).catch(() => {})
    await until('it is not let in', () => !liar.node.peers().includes(node.peerId), 30)
    await goesOn(what)
  },
)

test('who gives an old head changes nothing', { timeout: 120_000 }, async () => {
  const liar = await startLiar(42)
  await liar.connect(node.address)
  // It has the first version of another's context, and its manifest of that time.
  for await (const { record: first } of honest.store.history(PLAN, { from: 1, to: 1 }))
    await liar.store.append([first])
  const old = signManifest(
    { collection: 'claude@shop', sequence: 1, heads: [], now: Date.now() },
    honest.identity,
  )
  await goesOn('new')
  const put = liar.node.dht.putValue(dhtKeyOf('claude@shop'), encodeManifest(old), {
    timeoutMs: 20_000,
  })
  await expect(put).rejects.toMatchObject({ code: 'ERR_DHT_REFUSED' })
  await node.ask.reconcile(liar.node.peerId)
  expect((await node.ask.get(`ucxl://${PLAN.replace('/', '/*^/')}`)).text).toBe('new')
  await goesOn('newer')
})

test('who floods with announcements is cut off', { timeout: 120_000 }, async () => {
  const liar = await startLiar(43)
  const topic = topicOf('shop')
  liar.node.gossip.subscribe(topic, async () => 'accept')
  await liar.connect(node.address)
  await until('it hears', () => liar.node.gossip.subscribers(topic).length > 0, 30)
  let sequence = 0
  await isCutOff(liar, /more than one node may|more messages/, async () => {
    for (let times = 0; times < 500; times++) {
      const collection = `${liar.agent}@shop`
      const manifest = signManifest(
        { collection, sequence: ++sequence, heads: [], now: Date.now() },
        liar.identity,
      )
      await liar.node.gossip.publish(
        topic,
        encodeAnnouncement([manifest], { writer: liar.identity, now: Date.now() }),
      )
    }
  })
  await goesOn('flood')
})

test('who says that it provides a million facets is cut off', { timeout: 120_000 }, async () => {
  const identity = identityFromSeed(new Uint8Array(32).fill(44))
  const { peerId, sent } = await providerFlood(identity, node.address, MILLION)
  const told = (): string[] => refusalsOf(peerId)
  await until('it is cut off', () => told().some((one) => one.includes('cut off')), 30, 50)
  expect(told()[0]).toMatch(/provides more than one node may/)
  expect(sent).toBeLessThan(MILLION)
  await goesOn('facets')
})
