/** A version as a backend keeps it: the record's text beside the columns it is found by. */
export interface VersionRow {
  readonly key: string
  readonly version: number
  /** Milliseconds since 1970. */
  readonly time: number
  /** Content id, or null for a tombstone. */
  readonly content: string | null
  /** Id of the record. */
  readonly id: string
  /** The record in RFC 8785 form. */
  readonly record: string
}

/** A version that was read with its bytes: null where they are not here. The caller owns them. */
export interface FullRow extends VersionRow {
  readonly bytes: Uint8Array | null
}

/** Which keys a listing may skip to: all that match begin with `prefix`. */
export interface KeyRange {
  readonly prefix: string
  /** Only keys after this one; '' for all. */
  readonly after: string
  /** The version current at this moment, in milliseconds since 1970; Infinity for the newest. */
  readonly time: number
  readonly limit: number
}

export interface BackendStats {
  readonly contexts: number
  readonly versions: number
  readonly contents: number
  readonly bytes: number
}

/**
 * What a store needs of the place where it keeps things: synchronous, without any rule about
 * versions. The rules are written once, above it. Every look-up is at most logarithmic.
 */
export interface Backend {
  /** Runs with all that it writes kept, or, where it throws, none of it. Never nested. */
  transaction<Result>(run: () => Result): Result
  head(key: string): VersionRow | undefined
  version(key: string, version: number): VersionRow | undefined
  /** The newest version whose time is not after this. */
  asOf(key: string, time: number): VersionRow | undefined
  /** As {@link head}, with its bytes. */
  fullHead(key: string): FullRow | undefined
  /** As {@link version}, with its bytes. */
  fullVersion(key: string, version: number): FullRow | undefined
  /** As {@link asOf}, with its bytes. */
  fullAsOf(key: string, time: number): FullRow | undefined
  /** The newest version before this one that is no tombstone. */
  aliveBefore(key: string, version: number): VersionRow | undefined
  /** At most `limit` versions numbered `from` to `to`, ascending or, reversed, descending. */
  range(key: string, from: number, to: number, reverse: boolean, limit: number): VersionRow[]
  /** At most `limit` contexts in the order of their keys, each with its current version. */
  contexts(range: KeyRange): VersionRow[]
  insertVersion(row: VersionRow): void
  hasContent(id: string): boolean
  content(id: string): Uint8Array | undefined
  /** Keeps bytes that are not here yet. */
  insertContent(id: string, bytes: Uint8Array): void
  stats(): BackendStats
  close(): void
}
