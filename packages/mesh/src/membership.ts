import { hash } from 'node:crypto'
import type { ContextStore, VersionRecord } from '@bzzz/context-store'
import { statementId, type ClusterView, type Policy } from '@bzzz/identity/cluster'
import { MeshError } from './errors.ts'
import { didOfPeer } from './peer-did.ts'
import type { Manifest } from './manifest.ts'
import type { MeshEvent } from './mesh.ts'

/** A cluster as a node knows it, and what its rules allow whom. Both stay the caller's. */
export interface MeshCluster {
  readonly view: ClusterView
  readonly policy: Policy
}

/** What a node says of its cluster when it meets another one. */
export interface ClusterHello {
  /** `did:key` of the admin key that founded the cluster. */
  readonly cluster: string
  /** Digest of all statements: those with the same one have nothing to tell each other. */
  readonly digest: string
  /** The statements that show what it is itself. */
  readonly statements: readonly unknown[]
}

// Certificates that one key holds at once: a few names at most.
const MAX_OWN = 64

/** Who belongs to the mesh, and what each of them may have of it. Without a cluster: everybody, all. */
export class Membership {
  readonly #cluster: MeshCluster | undefined
  readonly #self: string
  readonly #now: () => number
  readonly #emit: (event: MeshEvent) => void

  constructor(init: {
    readonly cluster: MeshCluster | undefined
    /** `did:key` of this node. */
    readonly self: string
    readonly now: () => number
    readonly emit: (event: MeshEvent) => void
  }) {
    this.#cluster = init.cluster
    this.#self = init.self
    this.#now = init.now
    this.#emit = init.emit
  }

  /** `did:key` of the admin key that founded the cluster; `open` without one. */
  get name(): string {
    return this.#cluster?.view.cluster ?? 'open'
  }

  /** What this node shows of itself; undefined without a cluster. */
  hello(): ClusterHello | undefined {
    if (!this.#cluster) return undefined
    const { view } = this.#cluster
    const own = view.statements().filter((one) => 'did' in one && one.did === this.#self)
    const charter = view.charter ? [view.charter] : []
    return {
      cluster: view.cluster,
      digest: this.digest(),
      statements: [...charter, ...own.slice(0, MAX_OWN)],
    }
  }

  /**
   * Takes in what another node showed of itself.
   *
   * @throws `ERR_MESH_MEMBERSHIP` where it is of another cluster, or no member of this one.
   */
  welcome(peer: string, hello: ClusterHello | undefined): void {
    if (!this.#cluster) return
    const { cluster } = this.#cluster.view
    if (hello && hello.cluster !== cluster) {
      throw this.#stranger(peer, `it is of the cluster ${hello.cluster.slice(0, 64)}`)
    }
    if (hello) this.merge(peer, hello.statements)
    this.assertMember(peer)
  }

  /** @throws `ERR_MESH_MEMBERSHIP` where a peer is no member, or is none any more. */
  assertMember(peer: string): void {
    if (!this.#cluster || this.#cluster.view.mode === 'open') return
    const { list, verdict } = this.#cluster.view.membershipsOf(didOfPeer(peer), this.#now())
    if (list.length === 0)
      throw this.#stranger(peer, verdict?.reason ?? 'it showed no certificate for its key')
  }

  /** True where {@link assertMember} does not throw. */
  isMember(peer: string): boolean {
    try {
      this.assertMember(peer)
      return true
    } catch {
      return false
    }
  }

  /** What a peer may have of a store. */
  view(store: ContextStore, peer: string): ContextStore {
    return this.#cluster
      ? store.restrictedTo(this.#cluster.policy.accessFor(didOfPeer(peer)))
      : store
  }

  /** What both a peer and this node may have of a store: the two compare the same. */
  shared(store: ContextStore, peer: string): ContextStore {
    return this.#cluster
      ? this.view(store, peer).restrictedTo(this.#cluster.policy.accessFor(this.#self))
      : store
  }

  /** What this node may announce of its store. */
  announced(store: ContextStore): ContextStore {
    if (!this.#cluster) return store
    const access = this.#cluster.policy.accessFor(this.#self)
    return store.restrictedTo({ may: (_, key) => access.may('announce', key) })
  }

  /**
   * Takes in statements from a peer; those that do not hold are told as refused.
   *
   * @returns true where something was new.
   */
  merge(peer: string, statements: readonly unknown[]): boolean {
    if (!this.#cluster) return false
    const { added, refused } = this.#cluster.view.merge(statements)
    for (const { error } of refused) this.#emit({ type: 'refused', peer, key: 'cluster', error })
    return added > 0
  }

  statements(): readonly unknown[] {
    return this.#cluster?.view.statements() ?? []
  }

  digest(): string {
    const ids = this.#cluster?.view.statements().map((one) => statementId(one)) ?? []
    return hash('sha256', ids.toSorted().join('\n'))
  }

  /** @throws `ERR_MESH_MANIFEST` where a manifest is not by who holds the agent's name. */
  assertMayAnnounce({ collection, writer, time }: Manifest): void {
    if (!this.#cluster) return
    const { view } = this.#cluster
    const [name = ''] = collection.split('@', 1)
    const at = Date.parse(time)
    const { status, reason } = view.check({ did: writer, name, at })
    const holds =
      status === 'valid' || (status === 'first-use' && view.claim({ name, did: writer, at }))
    if (holds) return
    throw new MeshError(
      'ERR_MESH_MANIFEST',
      `The manifest of ${collection} is not by who holds the name ${name}: ${reason}`,
    )
  }

  /** @throws `ERR_MESH_UNTRUSTED` where the rules do not let its writer have signed a record. */
  assertMayHaveWritten({ writer: did, key, time }: VersionRecord): void {
    if (!this.#cluster) return
    const at = Date.parse(time)
    const verdict = this.#cluster.policy.decide({ did, operation: 'write', key, at })
    if (verdict.allowed) return
    throw new MeshError('ERR_MESH_UNTRUSTED', `${did} may not write ${key}: ${verdict.reason}`)
  }

  /** The names and roles that a peer's certificates give it; undefined without a cluster. */
  standingOf(peer: string): { name: string; roles: readonly string[] }[] | undefined {
    const list = this.#cluster?.view.membershipsOf(didOfPeer(peer), this.#now()).list
    return list?.map(({ name, roles }) => ({ name, roles: roles ?? [] }))
  }

  /** True where rules say who may sign a record, so that it need not be the manifest's writer. */
  get hasRules(): boolean {
    return this.#cluster !== undefined
  }

  #stranger(peer: string, why: string): MeshError {
    return new MeshError('ERR_MESH_MEMBERSHIP', `${peer} is no member of the cluster: ${why}`)
  }
}

/** The membership of a mesh without a cluster: everybody, and all of it. */
export const EVERYBODY = new Membership({
  cluster: undefined,
  self: '',
  now: () => 0,
  emit: () => {},
})
