import type { RecordRules } from '@bzzz/dht'
import { createMeshOn } from './create-mesh.ts'
import { GuardDatastore } from './libp2p/guard-datastore.ts'
import { startNode } from './libp2p/node.ts'
import type { MeshInit } from './mesh-init.ts'
import type { Mesh } from './mesh.ts'

const WITHOUT_END = Number.POSITIVE_INFINITY
/** What came last is the best, whatever it is. */
const ANYTHING: RecordRules = {
  maxBytes: WITHOUT_END,
  validate: () => {},
  select: (_key, values) => values.length - 1,
}

/**
 * A node that is broken on purpose: what its DHT is told it keeps, from anybody and without an end, and
 * nobody is cut off. What it reads there it still checks, and whom it talks to.
 */
export async function createGullibleMesh(init: MeshInit): Promise<Mesh> {
  return createMeshOn(async (network) => {
    const namespaces = Object.keys(network.rules)
    const rules = Object.fromEntries(namespaces.map((namespace) => [namespace, ANYTHING]))
    const values = new GuardDatastore(rules, {
      values: WITHOUT_END,
      providers: WITHOUT_END,
      providersOfPeer: WITHOUT_END,
    })
    return startNode({ ...network, rules, values, mayConnect: () => true })
  }, init)
}
