import { setTimeout as delay } from 'node:timers/promises'
import type { RuleBook } from '@bzzz/dht'
import type { DhtNetwork } from '@bzzz/dht/conformance'
import { identityFromSeed } from '@bzzz/identity'
import { startNode, type NetworkNode } from '../src/libp2p/node.ts'

/** Waits until a condition holds; rejects, naming it, where it does not within ten seconds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`Not within 10 s: ${what}`)
    await delay(5)
  }
}

/** A bare node on loopback, with an identity of its own. */
export async function startTestNode(number: number, rules: RuleBook): Promise<NetworkNode> {
  return startNode({
    identity: identityFromSeed(new Uint8Array(32).fill(number)),
    listen: ['/ip4/127.0.0.1/tcp/0'],
    rules,
    protocol: '/ucxl/test/1',
    maxMessageBytes: 1024,
    serve: async () => {},
  })
}

/** Bare nodes on loopback, each connected to each. */
export async function startNetwork(count: number, rules: RuleBook): Promise<DhtNetwork> {
  const nodes: NetworkNode[] = []
  for (let number = 0; number < count; number++) {
    const node = await startTestNode(number + 1, rules)
    for (const { addresses } of nodes) {
      await node.dial(addresses[0] ?? '', { signal: AbortSignal.timeout(5000) })
    }
    nodes.push(node)
  }
  await until('every node knows every other', () =>
    nodes.every((node) => node.knownPeers() === count - 1),
  )
  return {
    nodes: nodes.map(({ dht }) => dht),
    close: async () => {
      await Promise.all(nodes.map(async (node) => node.stop()))
    },
  }
}
