import {
  clusterWriters,
  createMemoryStore,
  type ContextStore,
  type VersionRecord,
} from '@bzzz/context-store'
import { recipientOf, type Identity } from '@bzzz/identity'
import {
  createCluster,
  createClusterView,
  createPolicy,
  type ClusterView,
  type PolicyRules,
} from '@bzzz/identity/cluster'
import { createMesh } from '@bzzz/mesh'
import { addressOf, type MeshPeer, type Turncoat } from '../roles/mesh.ts'
import type { Making } from './mesh-making.ts'
import { withChanged } from './with-changed.ts'

/** A cluster whose nodes run here, on loopback. */
export interface MeshCluster {
  /** What the admin knows of its members. */
  readonly view: ClusterView
  readonly didOf: (name: string) => string | undefined
  /** Gives somebody a certificate, of which no node has heard yet. */
  readonly certify: (name: string, identity: Identity) => void
  /** Starts a node under a name of its own, joined to all that were started before. */
  start(name: string, identity: Identity): Promise<MeshPeer>
  /** As {@link start}, of somebody who keeps to no rule, joined to one node. */
  enlist(init: {
    readonly name: string
    readonly identity: Identity
    readonly at: MeshPeer
    readonly instead?: (record: VersionRecord) => VersionRecord
  }): Promise<Turncoat>
  close(): Promise<void>
}

/** A node that runs, and the store under it. */
interface Running {
  readonly peer: MeshPeer
  readonly store: ContextStore
}

const JOIN_MS = 20_000

export function createMeshCluster(init: {
  readonly project: string
  readonly admin: Identity
  readonly now: () => number
  readonly making: Making
}): MeshCluster {
  const { project, now, making } = init
  const everything = `ucxl://any:any@${project}:any/**`
  const rules: PolicyRules = {
    version: 1,
    roles: {
      bot: [{ patterns: [everything], operations: ['read', 'write', 'delete', 'announce'] }],
    },
  }
  const admin = createCluster({ name: project, admin: init.admin, now })
  const dids = new Map<string, string>()
  const nodes: Running[] = []
  const others = new Set<Running>()
  const certify = (name: string, identity: Identity): void => {
    const { did } = identity
    const grant = { name, roles: ['bot'], capabilities: [], kind: 'agent' as const }
    admin.certify({ ...grant, did, recipient: recipientOf(identity) })
    dids.set(name, did)
  }
  const viewNow = (): ClusterView =>
    createClusterView({ cluster: admin.cluster, statements: admin.view.statements() })
  const end = async ({ peer, store }: Running): Promise<void> => {
    await peer.mesh.stop()
    await store.close()
  }
  return {
    view: admin.view,
    didOf: (name) => dids.get(name),
    certify,
    async start(name, identity) {
      certify(name, identity)
      const view = making.view(viewNow())
      const policy = createPolicy({ view, rules, now })
      const writers = clusterWriters({ policy, view })
      const store = createMemoryStore({ writer: identity, now, writers })
      const kept = making.store(store)
      const mesh = await making.mesh({ identity, store: kept, now, cluster: { view, policy } })
      const peer = { name, did: identity.did, mesh, store: kept }
      const before = nodes.map((one) => addressOf(one.peer))
      nodes.push({ peer, store })
      mesh.follow(everything)
      for (const address of before) await mesh.join(address, { timeoutMs: JOIN_MS })
      return peer
    },
    async enlist({ name, identity, at, instead }) {
      certify(name, identity)
      const view = viewNow()
      const policy = createPolicy({ view, rules, now })
      const store = createMemoryStore({ writer: identity, now })
      const given = instead ? handingOut(store, instead) : store
      const mesh = await createMesh({ identity, store: given, now, cluster: { view, policy } })
      const peer = { name, did: identity.did, mesh, store }
      const running = { peer, store }
      others.add(running)
      const leave = async (): Promise<void> => {
        if (others.delete(running)) await end(running)
      }
      try {
        await mesh.join(addressOf(at), { timeoutMs: JOIN_MS })
      } catch (error) {
        await leave()
        throw error
      }
      return { ...peer, leave }
    },
    close: async () => {
      await Promise.all([...others, ...nodes].map(end))
      others.clear()
    },
  }
}

/** A store that gives others something else than it holds, and its own node the truth. */
function handingOut(
  store: ContextStore,
  instead: (record: VersionRecord) => VersionRecord,
): ContextStore {
  return withChanged(store, {
    restrictedTo(access) {
      const view = store.restrictedTo(access)
      return withChanged(view, {
        async *history(key, options) {
          for await (const { id, record } of view.history(key, options))
            yield { id, record: instead(record) }
        },
        restrictedTo: (more) => handingOut(view, instead).restrictedTo(more),
      })
    },
  })
}
