import type { SnapshotIndex, TimelineIndex } from '@bzzz/temporal-nav'
import type { Address } from '@bzzz/ucxl-address'
import type { Access } from './access.ts'
import type { CheckReport } from './check.ts'
import type { HeadsSummary, SummaryOptions } from './heads-summary.ts'
import type {
  CallOptions,
  Change,
  ChangesOptions,
  ContentRange,
  Fork,
  HistoryOptions,
  ListOptions,
  Page,
  PageOptions,
  ReadOptions,
  RedactionPage,
  RedactionPageOptions,
  SearchOptions,
  SearchPage,
  StoreStats,
} from './queries.ts'
import type { Encryption, StoredVersion, VersionRecord } from './record.ts'
import type { Redaction } from './redaction.ts'
import type { RetentionOptions, RetentionReport, RetentionRule } from './retention.ts'

/** What a writer wants kept as the next version of a context. */
export interface ContextWrite {
  /** Where: a concrete address, as text or parsed. Temporal, query and fragment do not matter. */
  readonly address: string | Address
  /** The bytes, whole or as a stream of pieces; null deletes, by writing a tombstone. */
  readonly content: ContentSource | null
  /** Media type of the bytes; `application/octet-stream` if left out. */
  readonly contentType?: string
  /** Where the bytes are a ciphertext: how it was made. Such contents are not searched. */
  readonly encryption?: Encryption
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
  /** Write only if this is the content id of the newest version; null: only if nothing lives there. */
  readonly ifContent?: string | null
}

/** Bytes, or pieces of them as they come. A stream is read once, and no faster than it is kept. */
export type ContentSource = Uint8Array | AsyncIterable<Uint8Array>

/** A version with its bytes. The caller owns the bytes. */
export interface ContextVersion extends StoredVersion {
  readonly content: Uint8Array
}

/**
 * Every version of every context. All methods are asynchronous, take an `AbortSignal`, and reject with
 * a StoreError, or with a TemporalError of `@bzzz/temporal-nav` where a moment leads nowhere.
 */
export interface ContextStore {
  /** Look-ups over (version, time, content id), for navigators and snapshots; no content is read. */
  readonly index: TimelineIndex & SnapshotIndex<Address>

  /**
   * Writes the next version, signed by the store's writer. It is durable when this resolves. Writes
   * that are asked for at once are committed together.
   *
   * @throws `ERR_STORE_READ_ONLY`, `ERR_STORE_WRITER` (the timeline is another's),
   *   `ERR_STORE_CONFLICT` (`ifVersion` or `ifContent` does not hold), `ERR_STORE_CONTENT_TOO_LARGE`,
   *   `ERR_STORE_REDACTED` (exactly these bytes were redacted), `ERR_STORE_DENIED`,
   *   `ERR_STORE_FULL`, `ERR_RECORD_INVALID`; `ERR_TEMPORAL_AHEAD` for a time more than five minutes
   *   ahead of the clock.
   */
  put(write: ContextWrite, options?: CallOptions): Promise<StoredVersion>

  /** Writes several versions in one transaction, in order: all of them or, on an error, none. */
  putAll(writes: readonly ContextWrite[], options?: CallOptions): Promise<StoredVersion[]>

  /**
   * Writes the content of an older version again, as the newest one.
   *
   * @param address which version: `*~3`, `~~1`, an instant.
   * @throws as {@link get} and {@link put}.
   */
  restore(address: string | Address, options?: CallOptions): Promise<StoredVersion>

  /**
   * Takes in records that others signed, each the next of its timeline or one that is here already.
   * All of them or, on an error, none. Their contents may come later, by {@link addContent}.
   *
   * A record for a place that is taken by a different one of the same writer is a fork: both are kept,
   * the one with the earlier time, then the smaller id, stands, and the other, with all that builds
   * on it, is listed by {@link forks}.
   *
   * @returns how many were new.
   * @throws `ERR_RECORD_INVALID`, `ERR_RECORD_SIGNATURE`, `ERR_RECORD_CHAIN`, `ERR_STORE_DENIED`,
   *   `ERR_STORE_FULL`; `ERR_TEMPORAL_AHEAD`.
   */
  append(records: readonly VersionRecord[], options?: CallOptions): Promise<number>

  /**
   * Keeps the bytes of a content id.
   *
   * @throws `ERR_STORE_CONTENT_MISMATCH` where the bytes are not those the id was made of;
   *   `ERR_STORE_CONTENT_TOO_LARGE`, `ERR_STORE_REDACTED`, `ERR_STORE_FULL`.
   */
  addContent(id: string, bytes: ContentSource, options?: CallOptions): Promise<void>

  /** The bytes of a content id, or undefined where they are not here. The caller owns them. */
  content(id: string, options?: CallOptions): Promise<Uint8Array | undefined>

  /** How many bytes a content has, or undefined where they are not here; none of them is read. */
  contentSize(id: string, options?: CallOptions): Promise<number | undefined>

  /**
   * The bytes of a content id in pieces of at most 256 KiB, no more of them in memory than one.
   *
   * @throws `ERR_STORE_CONTENT_MISSING` where they are not here.
   */
  contentStream(id: string, range?: ContentRange): AsyncIterable<Uint8Array>

  /**
   * The version that a concrete address means, without its bytes.
   *
   * @throws `ERR_TEMPORAL_NOT_FOUND`, `ERR_TEMPORAL_OUT_OF_RANGE`, `ERR_TEMPORAL_GONE`,
   *   `ERR_TEMPORAL_NOT_VALID`, `ERR_STORE_DENIED`; an AddressError where the address is malformed or
   *   a pattern.
   */
  resolve(address: string | Address, options?: ReadOptions): Promise<StoredVersion>

  /**
   * As {@link resolve}, with the bytes.
   *
   * @throws also `ERR_STORE_CONTENT_MISSING`, `ERR_STORE_REDACTED` (with who and why),
   *   `ERR_STORE_DROPPED` (by retention).
   */
  get(address: string | Address, options?: ReadOptions): Promise<ContextVersion>

  /** The newest version of a timeline, a tombstone too; undefined where there is no timeline. */
  head(key: string, options?: CallOptions): Promise<StoredVersion | undefined>

  /** The versions of a timeline in order, tombstones too; none where there is no timeline. */
  history(key: string, options?: HistoryOptions): AsyncIterable<StoredVersion>

  /** For each context that matches, the version current at a moment, ordered by key, tombstones too. */
  list(pattern: string | Address, options?: ListOptions): AsyncIterable<StoredVersion>

  /**
   * As {@link list}, a page of it. However selective the pattern, the work for one page is bounded: a
   * page may have fewer versions than asked for, or none, and still a `next`.
   */
  page(pattern: string | Address, options?: PageOptions): Promise<Page>

  /**
   * Finds words in the newest versions: texts, and the strings in JSON, of up to 256 KiB each. All
   * words must occur; `"some words"` in this order, `word*` by its beginning, `-word` must not.
   * What was written before is found.
   *
   * @throws `ERR_STORE_QUERY` where there is no word to look for, or too many.
   */
  search(text: string, options?: SearchOptions): Promise<SearchPage>

  /** What was added to this store, by any process, in the order of its sequence. */
  changes(options?: ChangesOptions): Promise<readonly Change[]>

  /**
   * Calls back with each lot of changes, in order and without a gap, from now on: those of other
   * processes on the same file within a quarter of a second. What the listener throws is ignored.
   *
   * @returns what ends it.
   */
  watch(listener: (changes: readonly Change[]) => void): () => void

  /** The conflicts: records that lost their place to another one of the same writer, by key. */
  forks(pattern?: string | Address, options?: CallOptions): AsyncIterable<Fork>

  /**
   * The newest versions as a set, for comparing it with another store's: equal fingerprints mean equal
   * timelines. Made from all timelines when it is first asked for (a second or two for 100,000), then
   * kept in memory and up to date with every write, by whichever process; so are those of the last few
   * patterns. For one party it is made anew each time, since rights change (a third of a second).
   *
   * @throws an AddressError where the pattern is malformed.
   */
  summary(options?: SummaryOptions): Promise<HeadsSummary>

  /**
   * Erases the bytes of a version for good, here and in the search; its record and the chain stay.
   * Other versions with the same bytes lose them as well.
   *
   * @param address a version that has bytes: `*~3`.
   * @param reason why, for all to read.
   * @returns the signed statement, for {@link applyRedaction} of other stores.
   * @throws `ERR_STORE_READ_ONLY`, `ERR_STORE_WRITER` where the timeline is another's.
   */
  redact(address: string | Address, reason: string, options?: CallOptions): Promise<Redaction>

  /**
   * Does what a redaction of another store says.
   *
   * @returns false where it was here already.
   * @throws `ERR_RECORD_INVALID`, `ERR_RECORD_SIGNATURE`; `ERR_STORE_WRITER` where it was not signed
   *   by the writer of that version, or where somebody else wrote the same bytes; `ERR_RECORD_CHAIN`
   *   where that version is not here.
   */
  applyRedaction(redaction: Redaction, options?: CallOptions): Promise<boolean>

  /** All redactions of this store, in the order in which they came. */
  redactions(options?: CallOptions): AsyncIterable<Redaction>

  /**
   * A page of {@link redactions}, for who asks again and again: those after a place, 100 at most, and the
   * place of the last one that was looked at. Nothing comes after it where it is the place that was given.
   */
  redactionPage(options?: RedactionPageOptions): Promise<RedactionPage>

  /**
   * Drops the bytes of versions that no rule keeps; their records stay, and so do newest versions.
   * What another version's `relationships` point at, or `cited` names, is never dropped without
   * `dropCited`.
   */
  retain(rules: readonly RetentionRule[], options?: RetentionOptions): Promise<RetentionReport>

  /** Checks every record, chain, signature and content. Takes long; says what is wrong, repairs nothing. */
  check(options?: CallOptions): Promise<CheckReport>

  /**
   * Resolves when every write that was acknowledged before survives a power cut, whatever the store's
   * durability: for who promises that to somebody else.
   */
  sync(options?: CallOptions): Promise<void>

  stats(options?: CallOptions): Promise<StoreStats>

  /**
   * The same store for one party. What `access` does not allow is left out of listings, searches and
   * changes; asked for by its key it is `ERR_STORE_DENIED`, whether it exists or not. What concerns
   * the whole store ({@link retain}, {@link check}) is denied. Closing the view closes nothing.
   */
  restrictedTo(access: Access): ContextStore

  /** Ends the store; closing twice is fine, and any later call is `ERR_STORE_CLOSED`. */
  close(): Promise<void>
}
