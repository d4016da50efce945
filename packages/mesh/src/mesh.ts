import type { ContextVersion, StoredVersion } from '@bzzz/context-store'
import type { Dht, Provider, Receipt } from '@bzzz/dht'
import type { Address } from '@bzzz/ucxl-address'
import type { Diagnosis } from './doctor.ts'
import type { Facet } from './facets.ts'
import type { JoinState } from './join/join-target.ts'
import type { Following } from './follow/follow.ts'
import type { Messaging } from './messages/messaging.ts'
import type { Head, Manifest } from './manifest.ts'
import type { Presence } from './presence.ts'
import type { QueryOptions, QueryResult } from './query-contract.ts'
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
   * - `latest`: the mesh is asked, always, and two nodes of it where two hold it: one may be behind.
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
  /** A node is dialled: of the bootstrap list, known from before, or found by mDNS. */
  | { readonly type: 'joining'; readonly address: string; readonly failures: number }
  /** It could not be joined, or was lost; it is dialled again `at`, in milliseconds since 1970. */
  | {
      readonly type: 'retry'
      readonly address: string
      readonly at: number
      /** Attempts in a row that failed. */
      readonly failures: number
      readonly error: Error
    }
  /** Known peers could not be read or written; the node goes on without them. */
  | { readonly type: 'known-peers'; readonly error: unknown }
  | { readonly type: 'joined'; readonly peer: string }
  | { readonly type: 'left'; readonly peer: string }
  | {
      readonly type: 'announced'
      readonly collection: string
      readonly sequence: number
      readonly stored: number
    }
  /** Nobody took what this node says that it holds; it is said again. */
  | { readonly type: 'provide-failed'; readonly key: string; readonly error: unknown }
  | { readonly type: 'announce-failed'; readonly collection: string; readonly error: unknown }
  /** What was announced is kept here: so many versions of a collection, with their contents. */
  | {
      readonly type: 'followed'
      readonly collection: string
      readonly peer: string
      readonly versions: number
    }
  /** All that a peer holds and that matches a pattern is here: so many versions were new. */
  | {
      readonly type: 'caught-up'
      readonly peer: string
      readonly pattern: string
      readonly versions: number
      /** Bytes of the messages that it took. */
      readonly sent: number
      readonly received: number
    }
  /** The bytes of a version were erased here, as its writer erased them elsewhere. */
  | {
      readonly type: 'redacted'
      readonly peer: string
      readonly key: string
      readonly version: number
    }
  /** Something that is followed could not be fetched. It is tried again, a few times. */
  | { readonly type: 'behind'; readonly what: string; readonly error: unknown }
  /**
   * Another node runs with the key of this one, and began before it, at `since` in milliseconds since
   * 1970: one of both is to be stopped, or their signed states contradict each other. Told once.
   */
  | { readonly type: 'twice'; readonly since: number }
  /** A peer sent what does not verify. It was neither kept nor passed on. */
  | {
      readonly type: 'refused'
      readonly peer: string
      readonly key: string
      readonly error: unknown
    }

/** A node of the mesh. Calls reject with a MeshError, or with the error of the store or the DHT. */
export interface Mesh extends Following, Messaging {
  readonly peerId: string
  /** Where others can reach this node, each address with the peer id at its end. */
  readonly addresses: readonly string[]
  readonly dht: Dht

  /** Peers with an open connection. */
  peers(): string[]

  /**
   * Resolves when the DHT can be used: its routing table is not empty, or the node was told to be
   * alone (`createMesh({ alone: true })`). Ends by its signal, not by a deadline.
   *
   * @throws the signal's reason; `ERR_MESH_CLOSED`.
   */
  ready(options?: { readonly signal?: AbortSignal }): Promise<void>

  /** Who is here: connected nodes with which hellos were exchanged, those who came first first. */
  presence(): Presence[]

  /** How far this node is with each node that it joins by itself. */
  joins(): JoinState[]

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
   * Publishes in the background, once for many changes in quick succession; again for each node that
   * joins, until eight hold it, and every twelve hours. What becomes of it is told by events. What the
   * store holds of this node's own at the start, and what comes into it later, is announced unasked.
   */
  announce(collection: string): void

  /** Asks a provider of a collection for its heads. @throws `ERR_MESH_NOT_FOUND`, `ERR_MESH_UNREACHABLE`. */
  collection(name: string, options?: MeshCallOptions): Promise<CollectionState>

  /**
   * The nodes that say they hold something of a project or of an agent, each once, as they are found;
   * without this node. None is no error.
   *
   * @throws `ERR_DHT_UNREACHABLE`, `ERR_DHT_TIMEOUT`; `ERR_MESH_CLOSED`.
   */
  providersOf(facet: Facet, options?: MeshCallOptions): AsyncIterable<Provider>

  /**
   * What this node and others hold that matches: the newest version of each context that is alive.
   * Asked are the nodes that provide the agent or project that the pattern names, and those that are
   * connected, 16 at most. Each record is checked to be signed by its writer, who stands in it; whether
   * the writer is the one that you mean is for you to say, or for the rules of a cluster.
   *
   * Of several patterns, matches of the most specific one come first. Those of one pattern come newest
   * first, as far as a page of each node reaches (some 500 contexts): a longer list comes in lots, by
   * key, each newest first. Duplicates are one result with several sources. A node that fails is left
   * out, and stands in the report.
   *
   * @throws where iterated: the signal's reason; `ERR_MESH_CLOSED`. At once: an AddressError.
   */
  query(
    pattern: string | Address | readonly (string | Address)[],
    options?: QueryOptions,
  ): QueryResult

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

  /**
   * Says how this node stands on the mesh, and what to do where something is wrong: it looks at its
   * addresses, peers and hellos, and puts a value and gets it again.
   *
   * @throws `ERR_MESH_TIMEOUT`, `ERR_MESH_CLOSED`. What is wrong is the answer, and no error.
   */
  doctor(options?: MeshCallOptions): Promise<Diagnosis>

  /** Leaves the mesh. The store stays open. Stopping twice is fine. */
  stop(): Promise<void>
}
