import { compare, type Bench, type Figure } from '../../../scripts/bench-harness.ts'
import { createMockNetwork, type CallReport } from '../src/index.ts'

const HOUR = 3_600_000
const keys = Array.from({ length: 1_000 }, (_, number) => `/bench/${number}`)
const value = new Uint8Array(32).fill(7)
const values = [value, new Uint8Array(32).fill(8)]

/** Puts and gets, awaited one by one, where messages take no time. */
async function pace(count: number, atLeast: number): Promise<Figure> {
  const [writer, reader] = createMockNetwork().createNodes(count)
  const map = new Map<string, Uint8Array>()
  const bare = {
    put: async (key: string, bytes: Uint8Array) => void map.set(key, bytes),
    get: async (key: string) => map.get(key),
  }
  let round = 0
  const { goal, met, ...figure } = await compare({
    what: `put and get awaited one by one, ${count} nodes, no latency`,
    subject: async () => {
      // Another value each time: putting the same one again is less work.
      const next = values[round++ % 2]!
      for (const key of keys) {
        await writer!.putValue(key, next)
        await reader!.getValue(key)
      }
    },
    reference: {
      what: 'a bare Map behind two async functions',
      run: async () => {
        for (const key of keys) {
          await bare.put(key, value)
          await bare.get(key)
        }
      },
    },
    atLeast,
    operations: 2 * keys.length,
  })
  return atLeast === undefined ? figure : { ...figure, goal: goal!, met: met! }
}

/** Hops and messages of a get, whose value somebody else put. */
async function lookups(count: number): Promise<Figure[]> {
  const network = createMockNetwork({ seed: count })
  const nodes = network.createNodes(count)
  const gets: CallReport[] = []
  network.onCall((report) => {
    if (report.call === 'getValue') gets.push(report)
  })
  for (const [number, key] of keys.slice(0, 300).entries()) {
    await nodes[(number * 7919) % count]!.putValue(key, value)
    await nodes[(number * 104_729 + 1) % count]!.getValue(key)
  }
  const mean = (of: (report: CallReport) => number): number =>
    gets.reduce((sum, report) => sum + of(report), 0) / gets.length
  const row = (what: string, unit: string, found: number, bound: string, most: number): Figure => ({
    what: `${what}, ${count} nodes`,
    value: found,
    unit,
    reference: { what: bound, value: most },
    ratio: most / found,
    goal: '>= 1 x',
    met: found <= most,
  })
  const log = Math.log2(count)
  return [
    row(
      'a lookup',
      'hops',
      mean(({ hops }) => hops),
      'log2 of the nodes',
      log,
    ),
    row(
      'a lookup',
      'messages',
      mean(({ messages }) => messages),
      '8 + 3 log2 of the nodes',
      8 + 3 * log,
    ),
  ]
}

/** An hour in which nodes come and go, and one puts or gets every second. */
async function hour(count: number) {
  const network = createMockNetwork({
    latency: { median: 40, sigma: 0.5 },
    loss: 0.01,
    seed: 1,
    rpcTimeoutMs: 1_000,
  })
  const nodes = network.createNodes(count)
  network.churn({ sessionMs: HOUR, absenceMs: HOUR / 6, nodes: nodes.slice(100) })
  let found = 0
  for (let second = 0; second < 3_600; second++) {
    const node = nodes[second % 100]!
    const key = `/bench/${second >> 1}`
    network.schedule(second * 1_000, () => {
      const call = second % 2 === 0 ? node.putValue(key, value) : node.getValue(key)
      void call.then(
        () => found++,
        () => {},
      )
    })
  }
  const begun = performance.now()
  await network.run(HOUR)
  const seconds = (performance.now() - begun) / 1_000
  const { sent } = network.stats().messages
  return { hash: network.traceHash(), sent, seconds, found }
}

async function hours(count: number): Promise<Figure[]> {
  const [one, same] = [await hour(count), await hour(count)]
  const isSame = one.hash === same.hash
  return [
    {
      what: `an hour with churn, ${count} nodes, 3,600 calls of which ${one.found} did well`,
      value: one.seconds,
      unit: 's',
      goal: '< 60 s',
      met: one.seconds < 60,
    },
    { what: 'messages in it', value: one.sent / one.seconds, unit: 'messages/s' },
    {
      what: 'runs of one seed with one trace hash, of 2',
      value: isSame ? 2 : 1,
      unit: 'runs',
      goal: '2',
      met: isSame,
    },
  ]
}

function making(count: number): Figure[] {
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const begun = performance.now()
  const network = createMockNetwork({ seed: 1 })
  network.createNodes(count)
  const seconds = (performance.now() - begun) / 1_000
  globalThis.gc?.()
  const kilobytes = (process.memoryUsage().heapUsed - before) / 1_000 / count
  return [
    { what: `make ${count} nodes that know one another`, value: count / seconds, unit: 'nodes/s' },
    { what: `heap of each, of ${network.nodes.length}`, value: kilobytes, unit: 'kB' },
  ]
}

const bench: Bench = {
  package: 'dht-mock',
  run: async () => [
    await pace(2, 0.3),
    await pace(10, 0.3),
    await pace(1_000, 0.3),
    ...making(10_000),
    ...(await lookups(10)),
    ...(await lookups(100)),
    ...(await lookups(1_000)),
    ...(await lookups(10_000)),
    ...(await hours(10_000)),
  ],
}
export default bench
