import type { RuleBook } from '@bzzz/dht'
import { dhtConformance, type DhtNetwork } from '@bzzz/dht/conformance'
import { describe, test } from 'vitest'
import { createMockNetwork, type MockNetworkInit } from '../src/index.ts'

const HOUR = 3_600_000

/** A network for the suite, under some conditions. */
function setup(init: MockNetworkInit) {
  return async (count: number, rules: RuleBook): Promise<DhtNetwork> => {
    const network = createMockNetwork({ ...init, rules, validityMs: HOUR })
    const nodes = network.createNodes(count)
    return {
      nodes,
      ids: nodes.map(({ id }) => id),
      plant: async (node, key, value) => nodes[node]!.plant(key, value),
      stall: (node) => nodes[node]!.stall(),
      elapse: async (ms) => network.run(network.now() + ms),
      close: async () => {
        await Promise.all(nodes.map(async (node) => node.close()))
      },
    }
  }
}

const supports = { plants: true, stalls: true, validityMs: HOUR }

describe.each<[string, MockNetworkInit]>([
  ['at no latency', {}],
  ['with a second of latency', { latency: 1_000 }],
  ['with latency by chance', { latency: { min: 10, max: 300 }, seed: 3 }],
  ['with duplicates and reordering', { latency: 20, duplication: 0.3, reordering: 0.3, seed: 7 }],
])('the simulated DHT %s', (_name, init) => {
  for (const { name, run, skip } of dhtConformance(setup(init), supports)) {
    test.skipIf(skip)(name, run)
  }
})
