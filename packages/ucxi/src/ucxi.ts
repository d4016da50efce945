import type {
  Access,
  CallOptions,
  Change,
  ContentRange,
  ContentSource,
  ContextVersion,
  ReadOptions,
  SearchHit,
  StoredVersion,
  StoreStats,
} from '@bzzz/context-store'
import type { VersionEntry } from '@bzzz/temporal-nav'
import type { Address } from '@bzzz/ucxl-address'
import type { Verdict } from './schemas.ts'

/** On which newest version a write may build. Tags are content ids, or ids of records. */
export interface Conditions {
  /** Write only where the newest version has one of these; `true`: only where there is one. */
  readonly ifMatch?: readonly string[] | true
  /** Write only where the newest version has none of these; `true`: only where nothing lives there. */
  readonly ifNone?: readonly string[] | true
}

/** What PUT and POST take. */
export interface PutInput extends Conditions {
  /** The bytes, whole or as a stream of pieces. */
  readonly content: ContentSource
  /** Media type; `application/octet-stream` if left out. */
  readonly contentType?: string
  /** From when and until when the content holds, in milliseconds since 1970. */
  readonly validFrom?: number
  readonly validTo?: number
  readonly tags?: readonly string[]
  readonly relationships?: readonly { readonly name: string; readonly address: string }[]
  readonly provenance?: Readonly<Record<string, string>>
  /** Encrypts the content for who holds this role; the whole of it is then in memory. */
  readonly encryptFor?: string
}

/** Which part of a longer answer is wanted. */
export interface PageOptions extends CallOptions {
  /** Items, from 1 to 1,000; 100 if left out. */
  readonly limit?: number
}

export interface TimelineOptions extends PageOptions {
  /** First version number; 1 if left out. */
  readonly from?: number
  /** Only versions recorded by this moment, in milliseconds since 1970. */
  readonly at?: number
}

/** A part of a timeline, and where it stands on the whole. */
export interface TimelinePage {
  /** In order, tombstones too. */
  readonly versions: readonly StoredVersion[]
  readonly first: VersionEntry
  readonly last: VersionEntry
  /** True where there is more after the last one. */
  readonly more: boolean
}

/** What to look for. All that is given must hold. Moments are milliseconds since 1970. */
export interface QueryOptions extends PageOptions {
  /** An address with wildcards; every context if left out. */
  readonly pattern?: string
  /** Words in the newest versions; the answer is then ordered by how well they fit. */
  readonly text?: string
  readonly tags?: readonly string[]
  /** As it stood then; not together with `text`. */
  readonly at?: number
  /** Only what is said to hold then; not together with `text`. */
  readonly validAt?: number
  readonly since?: number
  readonly before?: number
  /** Leave out what is deleted. */
  readonly alive?: boolean
  /** Where the page before ended. */
  readonly after?: string
}

export interface QueryPage {
  readonly versions: readonly (StoredVersion | SearchHit)[]
  /** What to give as `after` for the next page; absent on the last. A page may be empty and have it. */
  readonly after?: string
  /** True where more fitted than are ranked: the newest of them were. */
  readonly capped?: boolean
}

/** Where an answer came from: `local`, or the id of another node; and whether it may be out of date. */
export interface Origin {
  readonly source: string
  readonly fresh: boolean
}

/** A version that was found, and its bytes where they came along. The caller owns them. */
export interface OpenVersion extends Origin {
  readonly version: StoredVersion
  readonly content?: Uint8Array
}

/** What stands around a version on its timeline. */
export interface Around {
  readonly first: VersionEntry
  readonly last: VersionEntry
  readonly previous?: VersionEntry
  readonly next?: VersionEntry
}

export interface SubscribeOptions extends CallOptions {
  /** An address with wildcards; every context if left out. */
  readonly pattern?: string
  /** Only what came after this place in the store's order; what comes from now on if left out. */
  readonly after?: number
}

/** Changes in the order of the store, in lots, without a gap. A slow reader loses nothing. */
export interface Subscription extends AsyncIterable<readonly Change[]> {
  /** The place up to which the reader has been given all that it may see. */
  readonly position: number
}

/**
 * The operations on contexts, the same behind every interface. They reject with the errors of the
 * packages below, by their codes.
 */
export interface Ucxi {
  /** Reads the version that a concrete address means. */
  get(address: string | Address, options?: ReadOptions): Promise<ContextVersion & Origin>
  /** The same without its bytes. */
  resolve(address: string | Address, options?: ReadOptions): Promise<StoredVersion & Origin>
  /** The same, with its bytes where they are few and at hand: see {@link read} for the others. */
  open(address: string | Address, options?: ReadOptions): Promise<OpenVersion>
  /**
   * The bytes of a version that was resolved: whole where they are few, in pieces where they are
   * many, so that they are never all in memory.
   */
  read(version: StoredVersion, range?: ContentRange): Promise<ContentSource>
  /** Writes the next version of a context. @throws `ERR_STORE_CONFLICT` where a condition fails. */
  put(address: string | Address, input: PutInput, options?: CallOptions): Promise<StoredVersion>
  /** Writes a new context in a folder (an address that ends with `/`), under a ULID. */
  post(folder: string | Address, input: PutInput, options?: CallOptions): Promise<StoredVersion>
  /**
   * Writes a tombstone.
   *
   * @throws `ERR_TEMPORAL_NOT_FOUND`, `ERR_TEMPORAL_GONE` where there is nothing to delete.
   */
  delete(address: string | Address, options?: Conditions & CallOptions): Promise<StoredVersion>
  /** Writes the content of an older version again, as the newest one. */
  restore(address: string | Address, options?: CallOptions): Promise<StoredVersion>
  /**
   * Tells the mesh, in the background, that this node has a context.
   *
   * @returns the collection that is announced.
   * @throws `ERR_UCXI_NO_MESH`; `ERR_TEMPORAL_NOT_FOUND` where this node has it not.
   */
  announce(address: string | Address, options?: CallOptions): Promise<string>
  /** The versions of a context in order, tombstones too. */
  timeline(address: string | Address, options?: TimelineOptions): Promise<TimelinePage>
  /** What stands around one version of a timeline. */
  around(key: string, version: number, options?: CallOptions): Promise<Around>
  /**
   * The version of a context that was current in the second of a moment (milliseconds since 1970), or
   * the nearest one where that lies outside its timeline; a tombstone too.
   */
  nearest(address: string | Address, time: number, options?: CallOptions): Promise<VersionEntry>
  /** Finds contexts. @throws `ERR_STORE_QUERY` where there is no word to look for. */
  query(options?: QueryOptions): Promise<QueryPage>
  /** Tells of changes until its signal is aborted or the loop over it is left. */
  subscribe(options?: SubscribeOptions): Promise<Subscription>
  /** Checks an address or, where this node knows how, a decision. What is wrong is the answer, no error. */
  validate(subject: { address?: string; decision?: unknown }): Promise<Verdict>
  /**
   * Wraps a content key that this node has to more readers: to a member who came later, say. It is kept
   * beside a context that this node may write.
   *
   * @throws `ERR_UCXI_REQUEST` without content keys; `ERR_IDENTITY_NO_CONTENT_KEY`.
   */
  shareKey(keyId: string, recipients: readonly string[], beside: string | Address): Promise<void>
  stats(options?: CallOptions): Promise<StoreStats>
  /** The same operations, where what `access` does not allow is not there to read or to write. */
  restrictedTo(access: Access): Ucxi
}
