import type { VersionRecord } from './record.ts'

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

/** What tells the newest version of a context. */
export type HeadRow = Pick<VersionRow, 'key' | 'version' | 'id'>

/** A row with its place in the order in which rows came to this store. */
export interface SequencedRow extends VersionRow {
  readonly sequence: number
}

/** A version that was read with its bytes, which the caller owns. */
export interface FullRow {
  readonly id: string
  readonly record: string
  /** Null where there are none to give: a tombstone, or bytes that are in pieces, or not here. */
  readonly bytes: Uint8Array | null
  /** Where the row is kept: its record, parsed once for all who ask for it. */
  readonly shared?: SharedRecord
}

/** A record that several callers have: nobody can change it. */
export interface SharedRecord {
  get(): VersionRecord
}

/** The names of a key. */
export type NamePart = 'agent' | 'role' | 'project' | 'task'

/** A name that all keys of a listing have, by which they are found. */
export interface Facet {
  readonly part: NamePart
  readonly name: string
}

/** Which keys a listing may skip to: all that match begin with `prefix` and have this name. */
export interface KeyRange {
  readonly prefix: string
  readonly facet: Facet | undefined
  /** Only keys after this one; '' for all. */
  readonly after: string
  /** The version current at this moment, in milliseconds since 1970; Infinity for the newest. */
  readonly time: number
  readonly limit: number
}

/** What is known of the bytes of a content id. */
export interface ContentInfo {
  readonly state: 'here' | 'missing' | 'dropped' | 'redacted'
  /** Bytes; 0 where they are not here. */
  readonly size: number
}

/** Words that must stand in this order; the last one may go on where `prefix`. */
export interface SearchTerm {
  readonly words: readonly string[]
  readonly prefix: boolean
  readonly not: boolean
}

/** What the search keeps of a newest version; a text of null keeps nothing. */
export interface SearchEntry {
  readonly key: string
  readonly version: number
  readonly text: string | null
  readonly tags: string
}

export interface Ranked {
  readonly row: VersionRow
  /** The beginning of its bytes, where they are here. */
  readonly bytes: Uint8Array | undefined
  /** Greater is better. */
  readonly score: number
}

/** At most so many contexts that fit a search are ranked: the newest of them. */
export interface SearchRequest {
  readonly terms: readonly SearchTerm[]
  readonly facet: Facet | undefined
  readonly cap: number
}

/** Bytes that are kept piece by piece before their id is known. */
export interface Stage {
  add(piece: Uint8Array): void
  /** Makes them the bytes of a content id; inside a transaction. */
  keep(id: string): void
  /** Takes them away again. */
  drop(): void
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
  /** As {@link transaction}, inside of one, as often as wanted. */
  savepoint<Result>(run: () => Result): Result
  /**
   * Where what is committed has to be on the disk before it is told of: waits for it, and lets nothing
   * else run, since to be woken would take as long again. Throws where the disk failed: then nobody
   * knows what of all that was not waited for is there.
   */
  readonly awaitDisk?: (() => void) | undefined

  head(key: string): VersionRow | undefined
  /**
   * The newest version as far as it is known without asking anybody; it may be out of date. Only where
   * writes wait for a disk: one in memory is done in as many turns of the event loop each time, as who
   * simulates time relies on.
   */
  expectedHead?(key: string): VersionRow | undefined
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
  /** At most `limit` newest versions in the order of their keys, after this key. */
  heads(after: string, limit: number): HeadRow[]
  /** The place of the version that came last; 0 where there is none. */
  lastSequence(): number
  /** Versions in the order in which they came. */
  changes(after: number, limit: number): SequencedRow[]
  insertVersion(row: VersionRow): void
  /** Takes the versions from this number on off a timeline, and gives them. */
  removeVersions(key: string, from: number): VersionRow[]

  insertFork(row: VersionRow): void
  fork(id: string): VersionRow | undefined
  /** At most `limit` records that lost their place, by key, version and id, after this one. */
  forks(after: VersionRow | undefined, limit: number): VersionRow[]

  contentInfo(id: string): ContentInfo
  content(id: string): Uint8Array | undefined
  /** The bytes from `start`, at most one piece of them. */
  contentPiece(id: string, start: number): Uint8Array | undefined
  /** Keeps bytes that are not here yet, unless they were redacted; gives what they were before. */
  insertContent(id: string, bytes: Uint8Array): ContentInfo['state']
  stage(): Stage
  /** Takes the bytes away for good, leaving nothing of them in the file where they are redacted. */
  eraseContent(id: string, why: 'dropped' | 'redacted'): void
  /** After {@link eraseContent} was committed: leaves nothing of what was erased on the disk. */
  scrub(): void
  /** At most `limit` versions with these bytes. */
  versionsOf(content: string, limit: number): VersionRow[]

  /** At most `limit` newest versions that the search does not know. */
  unsearched(limit: number): VersionRow[]
  putSearch(entry: SearchEntry): void
  /** Has the newest version of a context come up among {@link unsearched} again. */
  searchAgain(key: string): void
  search(request: SearchRequest): Iterable<Ranked>

  insertRedaction(id: string, content: string, record: string): void
  redaction(id: string): string | undefined
  /** The redaction of a content, as its text. */
  redactionOf(content: string): string | undefined
  redactions(after: number, limit: number): { readonly sequence: number; readonly record: string }[]

  stats(): BackendStats
  /** Resolves when all that was committed is on the disk itself. */
  sync(): Promise<void>
  /** What the storage itself says is wrong with it. */
  damage(): string[]
  /** True where another process has written since this was last asked. */
  changedElsewhere(): boolean
  close(): void
}
