/**
 * Which version of a timeline is meant: the `Temporal` of `@bzzz/ucxl-address`, taken structurally,
 * so that neither package needs the other.
 *
 * | kind | token | without a cursor | with a cursor on version c |
 * |---|---|---|---|
 * | `latest` | `*^` | the newest version | the same |
 * | `version` | `*~N` | version number N (`*~` is 1) | the same |
 * | `back` | `~~N` | N before the newest | c - N |
 * | `forward` | `^^N` | N after the first | c + N |
 * | `instant` | `2025-08-01T00:00:00Z` | the newest whose time is not after it | the same |
 *
 * Numbers are whole and count from 1. An instant is written in UTC, as {@link toInstant} writes it.
 */
export type TemporalSelector =
  | { readonly kind: 'latest' }
  | { readonly kind: 'version'; readonly number: number }
  | { readonly kind: 'back'; readonly number: number }
  | { readonly kind: 'forward'; readonly number: number }
  | { readonly kind: 'instant'; readonly instant: string }

/** What is known of one version without its content. Nothing ever changes it. */
export interface VersionEntry {
  /** Its place on the timeline, counted from 1. */
  readonly version: number
  /** When it was written (recorded time): whole milliseconds since 1970-01-01T00:00:00Z. */
  readonly time: number
  /** Content id of its bytes; null where this version is a deletion (a tombstone). */
  readonly content: string | null
  /** From when the content holds (valid time), in milliseconds, included; absent: since ever. */
  readonly validFrom?: number
  /** Until when the content holds, in milliseconds, not included; absent: for ever. */
  readonly validTo?: number
}

/** A version as part of a snapshot: with the key of the timeline that it is on. */
export interface SnapshotEntry extends VersionEntry {
  /** The context's key, `agent:role@project:task/path`. */
  readonly key: string
}

/** Options of every call that may wait. */
export interface CallOptions {
  /** Stops the work; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** A stretch of a timeline: version numbers, both ends included. */
export interface VersionRange {
  readonly from: number
  readonly to: number
  /** Newest first; oldest first if left out. `from` is the smaller number either way. */
  readonly reverse?: boolean
}

/**
 * What navigators and readings work on: the versions of each key, never their contents. Small and
 * asynchronous, so that memory, an SQL table, a remote node and a mock can stand behind it;
 * `timelineIndexConformance` of `@bzzz/temporal-nav/conformance` tells whether one does so rightly.
 *
 * A timeline's versions have the numbers 1, 2, 3 … and times that strictly increase; an index that
 * no longer holds the beginning of a timeline says so through `first`. Every look-up is O(log n) or
 * better in the number of versions. An unknown key has no versions: that is `undefined`, not an
 * error. A signal that has fired makes each call reject with the signal's reason, and each
 * iteration at its next step; no call throws synchronously.
 */
export interface TimelineIndex {
  /** The oldest version held. */
  first(key: string, options?: CallOptions): Promise<VersionEntry | undefined>
  /** The newest version held, be it a tombstone. */
  latest(key: string, options?: CallOptions): Promise<VersionEntry | undefined>
  /** Exactly this version; `undefined` where there is none of that number, whatever the number. */
  at(key: string, version: number, options?: CallOptions): Promise<VersionEntry | undefined>
  /** The newest version whose time is not after `time` (milliseconds); `undefined` before the first. */
  asOf(key: string, time: number, options?: CallOptions): Promise<VersionEntry | undefined>
  /**
   * Lists the versions from `range.from` to `range.to` that there are: a list, so numbers outside
   * the timeline are simply not in it, and it is empty where `from` is greater than `to`.
   */
  range(key: string, range: VersionRange, options?: CallOptions): AsyncIterable<VersionEntry>
  /**
   * The newest version before `version` that is not a tombstone. Optional: without it, the last
   * version that was alive is found by stepping back over the tombstones that follow each other.
   */
  aliveBefore?(
    key: string,
    version: number,
    options?: CallOptions,
  ): Promise<VersionEntry | undefined>
}

/** What snapshots are read from. `Selector` says which contexts are meant: a pattern, a predicate. */
export interface SnapshotIndex<Selector> {
  /**
   * For each context that matches, the version that was current at `time` (milliseconds), be it a
   * tombstone; contexts without a version by then are left out. Ordered by key, in the order of
   * their UTF-8 bytes (for the ASCII keys of addresses: plain `<`), each key once.
   */
  currentAt(selector: Selector, time: number, options?: CallOptions): AsyncIterable<SnapshotEntry>
}
