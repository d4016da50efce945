import { createHybridDht, type RuleBook } from '@bzzz/dht'
import { dhtConformance, type DhtNetwork } from '@bzzz/dht/conformance'
import { createMockNetwork } from '@bzzz/dht-mock'
import { describe, test } from 'vitest'
import { inMemory, startNetwork, testSupports } from './network.ts'

/** Real nodes, and behind each of them a simulated one that goes by its id. */
async function hybridNetwork(count: number, rules: RuleBook): Promise<DhtNetwork> {
  const real = await startNetwork(count, rules, inMemory())
  const simulated = createMockNetwork({ rules, latency: 20 })
  const nodes = real.ids.map((id) => simulated.createNode({ id }))
  return {
    nodes: real.nodes.map((node, number) => createHybridDht(node, nodes[number]!)),
    ids: real.ids,
    plant: async (number, key, value) => {
      nodes[number]!.plant(key, value)
      await real.plant?.(number, key, value)
    },
    stall: (number) => {
      nodes[number]!.stall()
      real.stall?.(number)
    },
    close: async () => real.close(),
  }
}

describe('a composite of libp2p and the simulated network', () => {
  for (const { name, run, skip } of dhtConformance(hybridNetwork, testSupports)) {
    test.skipIf(skip)(name, run)
  }
})
