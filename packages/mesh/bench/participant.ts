import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { createMesh, type Mesh } from '../src/index.ts'

export interface Participant {
  readonly mesh: Mesh
  readonly store: ContextStore
}

/** A node on loopback, whose key follows from the number. */
export async function participant(number: number): Promise<Participant> {
  const identity = identityFromSeed(new Uint8Array(32).fill(number))
  const store = createMemoryStore({ writer: identity })
  return { store, mesh: await createMesh({ identity, store }) }
}

/** Nodes, each joined to some of those before it. */
export async function participants(count: number): Promise<Participant[]> {
  const nodes: Participant[] = []
  for (let number = 1; number <= count; number++) {
    const node = await participant(number)
    for (const place of new Set([0, nodes.length >> 2, nodes.length >> 1, nodes.length - 1])) {
      const address = nodes[place]?.mesh.addresses[0]
      if (address) await node.mesh.join(address, { timeoutMs: 30_000 })
    }
    nodes.push(node)
  }
  return nodes
}
