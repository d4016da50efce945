import { afterEach, expect, test } from 'vitest'
import { differentStates, eachOf, equal, keyOf, part, PATTERN, startSeeded } from './faults.ts'
import { killAll, startProcess, type NodeProcess } from './node-process.ts'
import { until } from './until.ts'

// More contexts take longer, and the bytes that are exchanged stay the same:
// BZZZ_CONTEXTS=100000 npx vitest run packages/mesh/test/faults.test.ts
const CONTEXTS = Number(process.env['BZZZ_CONTEXTS'] ?? 10_000)
const DIFFERING = 500
const NODES = 10
// One in each half: what a node provides is put into the DHT, which is not what is looked at here.
const WRITERS = [1, 10]

afterEach(killAll)

/** Joined to a few, in both halves. */
async function join(nodes: readonly NodeProcess[]): Promise<void> {
  for (const [place, { ask }] of nodes.entries()) {
    const others = [place - 1, place - 2, place - NODES / 2]
    await ask.join(others.flatMap((other) => nodes[other]?.address ?? []))
  }
}

async function follow(nodes: readonly NodeProcess[]): Promise<void> {
  const writers = nodes.filter(({ number }) => WRITERS.includes(number))
  for (const { number, ask } of writers) await ask.publish(`agent${number}@shop`)
  await eachOf(nodes, async ({ ask }) => ask.follow(PATTERN))
  const compared = ({ events }: NodeProcess): boolean =>
    events.filter(({ type }) => type === 'caught-up').length > 1
  await until('each has compared with others', () => nodes.every(compared), 120, 50)
}

/** Both halves write while they are apart, and meet again. */
async function partAndHeal(nodes: readonly NodeProcess[]): Promise<void> {
  const halves = [nodes.slice(0, NODES / 2), nodes.slice(NODES / 2)] as const
  const heal = await part(halves)
  const names = Array.from({ length: DIFFERING / 2 }, (_, name) => name)
  const eachHalf = halves.map(async (half) => {
    const writer = half.find(({ number }) => WRITERS.includes(number))!
    await writer.ask.write(names.map((name) => [keyOf(writer.number, name), `again ${name}`]))
    await writer.ask.publish(`agent${writer.number}@shop`)
    await equal(half)
  })
  await Promise.all(eachHalf)
  expect(await differentStates(nodes)).toBe(2)

  const began = nodes.map(({ events }) => events.length)
  const cpu = await eachOf(nodes, async ({ ask }) => ask.cpu())
  const at = Date.now()
  await heal()
  await equal(nodes)
  const took = Date.now() - at
  const spent = (await eachOf(nodes, async ({ ask }) => ask.cpu())).map(
    (one, place) => one - cpu[place]!,
  )
  // A comparison is told when it has ended, which may be after that.
  await eachOf(nodes, async ({ ask }) => ask.settled())
  const since = nodes.flatMap(({ events }, place) => events.slice(began[place]))
  const joined = since.filter(({ type }) => type === 'joined').map((event) => event.at - at)
  const compared = since.filter(({ type }) => type === 'caught-up')
  const bytes = compared.map(({ sent = 0, received = 0 }) => sent + received)
  const all = bytes.reduce((sum, one) => sum + one, 0)
  console.log(
    `All equal ${took} ms after the heal: nodes met after ${joined.toSorted((a, b) => a - b).join(', ')} ms; ` +
      `${compared.length} comparisons, ${all} bytes, ${Math.max(...bytes)} at most; ` +
      `processor time ${Math.round(spent.reduce((sum, one) => sum + one, 0))} ms of all nodes`,
  )
  // Half of what differs is to be fetched, the other half is only named.
  for (const one of bytes) expect(one).toBeLessThan(DIFFERING * 1200)
  const contents = await eachOf(nodes, async ({ ask }) => (await ask.stats()).contents)
  expect(new Set(contents).size).toBe(1)
}

/** Three nodes are killed; what the writer and three others kept is still found. */
async function killThree(nodes: readonly NodeProcess[]): Promise<NodeProcess[]> {
  const keys: string[] = []
  for (const [place, { number, ask }] of nodes.entries()) {
    if (place % 2 === 1) continue
    const collection = `agent${number}@lab`
    const holders = [1, 2, 3].map((step) => nodes[(place + step) % NODES]!)
    await eachOf(holders, async (one) => {
      await one.ask.follow(`ucxl://agent${number}:any@lab:any/**`)
      await one.ask.join([nodes[place]!.address])
    })
    const own = [0, 1].map((name) => `agent${number}:coder@lab:notes/${name}`)
    await ask.write(own.map((key) => [key, key]))
    expect((await ask.replicate(collection, 3)).copies).toBe(3)
    keys.push(...own)
  }
  // Of what the first one wrote, the fourth alone has a copy then.
  await eachOf(nodes.slice(0, 3), async (node) => node.kill())
  const left = nodes.slice(3)
  await eachOf(left, async ({ ask }) => {
    for (const key of keys) {
      // Again where the machine was too busy to connect in time, or where the halves gave each other up while they
      // were apart: that is for a minute. Not often, since each time takes what the nodes need.
      const get = async (): Promise<string> =>
        ask.get(`ucxl://${key.replace('/', '/*^/')}`).then(({ text }) => text, String)
      let got = ''
      await until(`${key} is found`, async () => (got = await get()) === key, 60, 200).catch(
        () => {},
      )
      expect(got).toBe(key)
    }
  })
  return left
}

/** One that was killed comes back with its disk. */
async function restart(first: NodeProcess, left: readonly NodeProcess[]): Promise<void> {
  const writer = left.at(-1)!
  await writer.ask.write([0, 1, 2].map((name) => [keyOf(writer.number, name), `last ${name}`]))
  await writer.ask.publish(`agent${writer.number}@shop`)
  await equal(left)
  const { number, file } = first
  const again = await startProcess({ number, file, bootstrap: left.map(({ address }) => address) })
  await again.ask.follow(PATTERN)
  await equal([again, writer])
  await again.ask.settled()
  // By an announcement or by a comparison, whichever is first.
  const kept = again.events.filter(({ type }) => type === 'followed')
  expect(kept.reduce((sum, { versions = 0 }) => sum + versions, 0)).toBe(3)
  const news = again.events.filter(({ type }) => type === 'caught-up')
  for (const { sent = 0, received = 0 } of news) expect(sent + received).toBeLessThan(50_000)
}

test(
  'ten processes: halves that wrote apart end with the same, copies outlive three nodes, and one comes back with its disk',
  { timeout: 300_000 },
  async () => {
    const numbers = Array.from({ length: NODES }, (_, place) => place + 1)
    const nodes = await startSeeded(numbers, { writers: WRITERS, contexts: CONTEXTS })
    await join(nodes)
    await follow(nodes)
    expect(await differentStates(nodes)).toBe(1)
    await partAndHeal(nodes)
    const left = await killThree(nodes)
    await restart(nodes[0]!, left)
  },
)
