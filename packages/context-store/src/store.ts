import type { SnapshotIndex, TimelineIndex } from '@bzzz/temporal-nav'
import type { Address } from '@bzzz/ucxl-address'
import type { StoredVersion, VersionRecord } from './record.ts'

/** What a writer wants kept as the next version of a context. */
export interface ContextWrite {
  /** Where: a concrete address, as text or parsed. Temporal, query and fragment do not matter. */
  readonly address: string | Address
  /** The bytes; null deletes, by writing a tombstone. */
  readonly content: Uint8Array | null
  /** Media type of the bytes; `application/octet-stream` if left out. */
  readonly contentType?: string
  /**
   * When it was written, in milliseconds since 1970, where that is not now: an importer gives the time
   * of the origin. The version's time is the greater of this and the time before it plus one.
   */
  readonly time?: number
  readonly validFrom?: number
  readonly validTo?: number
  readonly tags?: readonly string[]
  readonly relationships?: readonly { readonly name: string; readonly address: string }[]
  readonly provenance?: Readonly<Record<string, string>>
  /** Write only if this is the number of the newest version; 0: only if there is none. */
  readonly ifVersion?: number
}

export interface CallOptions {
  readonly signal?: AbortSignal
}

/** A version with its bytes. The caller owns the bytes. */
export interface ContextVersion extends StoredVersion {
  readonly content: Uint8Array
}

export interface HistoryOptions extends CallOptions {
  /** First version number; 1 if left out. */
  readonly from?: number
  /** Last version number; the newest if left out. */
  readonly to?: number
  /** Newest first. */
  readonly reverse?: boolean
}

export interface ListOptions extends CallOptions {
  /** As of this moment, in milliseconds since 1970; now if left out. */
  readonly at?: number
  /** Only keys after this one, which ended the page before. */
  readonly after?: string
}

export interface StoreStats {
  /** Timelines. */
  readonly contexts: number
  readonly versions: number
  /** Different contents: equal bytes are kept once. */
  readonly contents: number
  /** Bytes of these contents. */
  readonly bytes: number
}

/**
 * Every version of every context. All methods are asynchronous, take an `AbortSignal`, and reject with
 * a StoreError, or with a TemporalError of `@bzzz/temporal-nav` where a moment leads nowhere.
 */
export interface ContextStore {
  /** Look-ups over (version, time, content id), for navigators and snapshots; no content is read. */
  readonly index: TimelineIndex & SnapshotIndex<Address>

  /**
   * Writes the next version, signed by the store's writer. It is durable when this resolves.
   *
   * @throws `ERR_STORE_READ_ONLY`, `ERR_STORE_WRITER` (the timeline is another's),
   *   `ERR_STORE_CONFLICT` (`ifVersion` does not hold), `ERR_STORE_CONTENT_TOO_LARGE`,
   *   `ERR_RECORD_INVALID`; `ERR_TEMPORAL_AHEAD` for a time more than five minutes ahead of the clock.
   */
  put(write: ContextWrite, options?: CallOptions): Promise<StoredVersion>

  /** Writes several versions in one transaction, in order: all of them or, on an error, none. */
  putAll(writes: readonly ContextWrite[], options?: CallOptions): Promise<StoredVersion[]>

  /**
   * Takes in records that others signed, each the next of its timeline or one that is here already.
   * All of them or, on an error, none. Their contents may come later, by {@link addContent}.
   *
   * @returns how many were new.
   * @throws `ERR_RECORD_INVALID`, `ERR_RECORD_SIGNATURE`, `ERR_RECORD_CHAIN`, `ERR_RECORD_FORK` (the
   *   place is taken by a different record); `ERR_TEMPORAL_AHEAD`.
   */
  append(records: readonly VersionRecord[], options?: CallOptions): Promise<number>

  /**
   * Keeps the bytes of a content id.
   *
   * @throws `ERR_STORE_CONTENT_MISMATCH` where the bytes are not those the id was made of;
   *   `ERR_STORE_CONTENT_TOO_LARGE`.
   */
  addContent(id: string, bytes: Uint8Array, options?: CallOptions): Promise<void>

  /** The bytes of a content id, or undefined where they are not here. The caller owns them. */
  content(id: string, options?: CallOptions): Promise<Uint8Array | undefined>

  /**
   * The version that a concrete address means, without its bytes.
   *
   * @throws `ERR_TEMPORAL_NOT_FOUND`, `ERR_TEMPORAL_OUT_OF_RANGE`, `ERR_TEMPORAL_GONE`;
   *   an AddressError where the address is malformed or a pattern.
   */
  resolve(address: string | Address, options?: CallOptions): Promise<StoredVersion>

  /** As {@link resolve}, with the bytes. @throws also `ERR_STORE_CONTENT_MISSING`. */
  get(address: string | Address, options?: CallOptions): Promise<ContextVersion>

  /** The newest version of a timeline, a tombstone too; undefined where there is no timeline. */
  head(key: string, options?: CallOptions): Promise<StoredVersion | undefined>

  /** The versions of a timeline in order, tombstones too; none where there is no timeline. */
  history(key: string, options?: HistoryOptions): AsyncIterable<StoredVersion>

  /** For each context that matches, the version current at a moment, ordered by key, tombstones too. */
  list(pattern: string | Address, options?: ListOptions): AsyncIterable<StoredVersion>

  stats(options?: CallOptions): Promise<StoreStats>

  /** Ends the store; closing twice is fine, and any later call is `ERR_STORE_CLOSED`. */
  close(): Promise<void>
}
