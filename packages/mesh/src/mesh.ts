import type { ContextVersion, StoredVersion } from '@bzzz/context-store'
import type { Dht, Receipt } from '@bzzz/dht'
import type { Address } from '@bzzz/ucxl-address'
import type { Head, Manifest } from './manifest.ts'
import type { ReconcileOptions, ReconcileReport } from './reconcile/report.ts'

export interface MeshCallOptions {
  readonly signal?: AbortSignal
  /** The deadline in milliseconds, after which the call is `ERR_MESH_TIMEOUT`; 10,000 if left out. */
  readonly timeoutMs?: number
}

export interface ResolveOptions extends MeshCallOptions {
  /**
   * - `local`: only what this node holds;
   * - `cached`: that too, where it cannot have changed or was checked lately; else the mesh is asked,
   *   and where it cannot be reached, what is here is given, marked as not fresh. The default;
   * - `latest`: the mesh is asked, always.
   */
  readonly consistency?: 'local' | 'cached' | 'latest'
}

/** Where an answer came from. */
export interface Origin {
  /** `local`, or the peer id of the node that it was fetched from. */
  readonly source: string
  /** False where the mesh should have been asked and could not be. */
  readonly fresh: boolean
}

/** The state of a collection as another node holds it, compared with what its writer signed. */
export interface CollectionState {
  readonly manifest: Manifest
  readonly heads: readonly Head[]
  /** Peer id of the node that gave the heads. */
  readonly provider: string
  /** True where the heads are those of the manifest; false where the node is ahead or behind. */
  readonly fits: boolean
}

/** What happens beside the calls: for logs and for people. */
export type MeshEvent =
  | { readonly type: 'joined'; readonly peer: string }
  | { readonly type: 'left'; readonly peer: string }
  | {
      readonly type: 'announced'
      readonly collection: string
      readonly sequence: number
      readonly stored: number
    }
  | { readonly type: 'announce-failed'; readonly collection: string; readonly error: unknown }
  /** A peer sent what does not verify. It was not kept. */
  | {
      readonly type: 'refused'
      readonly peer: string
      readonly key: string
      readonly error: unknown
    }

/** A node of the mesh. Calls reject with a MeshError, or with the error of the store or the DHT. */
export interface Mesh {
  readonly peerId: string
  /** Where others can reach this node, each address with the peer id at its end. */
  readonly addresses: readonly string[]
  readonly dht: Dht

  /** Peers with an open connection. */
  peers(): string[]

  /**
   * Connects to another node and exchanges hellos; what was announced is announced again.
   *
   * @returns the other node's peer id.
   * @throws `ERR_MESH_UNREACHABLE`, `ERR_MESH_TIMEOUT`.
   */
  join(address: string, options?: MeshCallOptions): Promise<string>

  /**
   * Tells the mesh of the state of a collection that this node writes: signs a manifest, puts it into
   * the DHT and provides it.
   *
   * @throws `ERR_MESH_MANIFEST` where the collection is another writer's; `ERR_DHT_UNREACHABLE`.
   */
  publish(
    collection: string,
    options?: MeshCallOptions,
  ): Promise<Receipt & { readonly manifest: Manifest }>

  /**
   * Publishes in the background, once for many changes in quick succession, and again for each node
   * that joins. What becomes of it is told by events.
   */
  announce(collection: string): void

  /** Asks a provider of a collection for its heads. @throws `ERR_MESH_NOT_FOUND`, `ERR_MESH_UNREACHABLE`. */
  collection(name: string, options?: MeshCallOptions): Promise<CollectionState>

  /**
   * Brings a timeline up to date from the nodes that provide its collection: records are fetched,
   * verified and kept.
   *
   * @throws `ERR_MESH_NOT_FOUND` (no node provides the collection), `ERR_MESH_UNREACHABLE`,
   *   `ERR_MESH_UNTRUSTED` (what came did not verify), `ERR_MESH_TIMEOUT`.
   */
  refresh(key: string, options?: MeshCallOptions): Promise<Origin>

  /**
   * Compares what this node has with what another one has, and brings both to the same: each fetches
   * what it lacks, records and their contents, verifies and keeps it. What comparing costs follows what
   * differs, not what there is. What was fetched before a deadline or an abort is kept: the next call
   * goes on from there.
   *
   * @param peer peer id of a node that this one joined, or can reach.
   * @throws `ERR_MESH_UNREACHABLE`, `ERR_MESH_TIMEOUT`, `ERR_MESH_MEMBERSHIP`; `ERR_MESH_PROTOCOL` and
   *   `ERR_MESH_UNTRUSTED` where the other node lies; an AddressError where the pattern is malformed.
   */
  reconcile(peer: string, options?: ReconcileOptions): Promise<ReconcileReport>

  /** The version that a concrete address means, without its bytes. Errors as of the store and {@link refresh}. */
  resolve(address: string | Address, options?: ResolveOptions): Promise<StoredVersion & Origin>

  /** As {@link resolve}, with the bytes, which are fetched where they are not here. */
  get(address: string | Address, options?: ResolveOptions): Promise<ContextVersion & Origin>

  /**
   * Tells every connected node what this one knows of the cluster: after a revocation, say. They tell
   * theirs. What a node hears of, it passes on.
   *
   * @returns how many were told.
   */
  spread(options?: MeshCallOptions): Promise<number>

  /** Leaves the mesh. The store stays open. Stopping twice is fine. */
  stop(): Promise<void>
}
