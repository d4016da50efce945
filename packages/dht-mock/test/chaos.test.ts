import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMockNetwork, type CallReport, type Lie, type MockNode } from '../src/index.ts'

const TIMEOUT_MS = 8_000
const KNOWN = [
  'ERR_DHT_CLOSED',
  'ERR_DHT_NOT_FOUND',
  // A later put got there first.
  'ERR_DHT_REFUSED',
  'ERR_DHT_TIMEOUT',
  'ERR_DHT_UNREACHABLE',
]
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = ({ value }: { readonly value: Uint8Array }): string => new TextDecoder().decode(value)

const rate = fc.constantFrom(0, 0.01, 0.2)
const conditions = fc.record({
  latency: fc.constantFrom(0, 30, { min: 0, max: 400 }, { median: 50, sigma: 1 }),
  loss: rate,
  failureRate: rate,
  duplication: rate,
  reordering: rate,
})
type Step = (nodes: readonly MockNode[], at: number, round: number) => Promise<unknown> | void
const node = (nodes: readonly MockNode[], at: number): MockNode => nodes[at % nodes.length]!
const options = { timeoutMs: TIMEOUT_MS }
const steps: readonly Step[] = [
  async (nodes, at, round) =>
    node(nodes, at).putValue(`/any/${at % 5}`, bytes(`${round}`), options),
  async (nodes, at) => node(nodes, at).getValue(`/any/${at % 5}`, options),
  async (nodes, at) => node(nodes, at).provide(`/any/${at % 5}`, options),
  async (nodes, at) => {
    for await (const { id } of node(nodes, at).findProviders(`/any/${at % 5}`, options)) {
      expect(id).toMatch(/^node-/)
    }
  },
  (nodes, at) => {
    const one = node(nodes, at)
    if (one.state === 'up') one.crash()
    else one.restart({ writes: at % 2 === 0 ? 'kept' : 'lost' })
  },
  (nodes, at) =>
    node(nodes, at).lie([undefined, 'stale', 'forgetful', 'misleading'][at % 4] as Lie),
  (nodes, at) => node(nodes, at).stall(at % 2 === 0),
]
const run = fc.record({
  seed: fc.nat(),
  conditions,
  steps: fc.array(fc.tuple(fc.nat(steps.length - 1), fc.nat(1_000)), {
    minLength: 5,
    maxLength: 40,
  }),
})

test('whatever happens, each call ends by its deadline, with a result or a code', async () => {
  await fc.assert(
    fc.asyncProperty(run, async ({ seed, conditions: given, steps: taken }) => {
      const life = async (): Promise<string> => {
        const network = createMockNetwork({ ...given, seed })
        const nodes = network.createNodes(15)
        const reports: CallReport[] = []
        network.onCall((report) => reports.push(report))
        const cut = network.partition(nodes.slice(0, 4), nodes.slice(9), { oneWay: seed % 2 === 0 })
        network.schedule(10_000, cut)
        const calls = taken.map(async ([step, at], round) => steps[step]!(nodes, at, round))
        for (const result of await Promise.allSettled(calls)) {
          if (result.status === 'rejected') expect(KNOWN).toContain(result.reason.code)
        }
        for (const { tookMs } of reports) expect(tookMs).toBeLessThanOrEqual(TIMEOUT_MS)
        return network.traceHash()
      }
      expect(await life()).toBe(await life())
    }),
    { numRuns: 40 },
  )
})

test('what was put is found by everyone once the network is whole again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), conditions, async (seed, given) => {
      const network = createMockNetwork({ ...given, seed })
      const nodes = network.createNodes(12)
      await nodes[0]!.putValue('/any/key', bytes('old'), { timeoutMs: 100_000 }).catch(() => {})
      const heal = network.partition(nodes.slice(0, 6), nodes.slice(6))
      nodes[2]!.crash()
      nodes[9]!.stall()
      const put = nodes[1]!.putValue('/any/key', bytes('new'), { timeoutMs: 100_000 })
      const stored = await put.then(
        (receipt) => receipt.stored,
        () => 0,
      )
      heal()
      nodes[2]!.restart()
      nodes[9]!.stall(false)
      network.setConditions({ loss: 0, failureRate: 0, duplication: 0, reordering: 0 })
      for (const other of nodes.slice(1)) await other.join(nodes[0]!, { timeoutMs: 100_000 })
      if (stored === 0) return
      for (const reader of nodes) {
        expect(text(await reader.getValue('/any/key', { timeoutMs: 100_000 }))).toBe('new')
      }
    }),
    { numRuns: 40 },
  )
})
