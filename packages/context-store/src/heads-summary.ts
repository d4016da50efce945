import type { CallOptions } from './queries.ts'

export interface SummaryOptions extends CallOptions {
  /** Only the timelines whose keys match; all if left out. */
  readonly pattern?: string
}

/** What a range of timelines amounts to. */
export interface RangeSummary {
  /** How many timelines are in it. */
  readonly count: number
  /**
   * 16 bytes: of SHA-256 over the count and the sum modulo 2^256 of the SHA-256 of each timeline's
   * `["key",version,"id"]`. Equal where the newest versions are the same.
   */
  readonly fingerprint: Uint8Array
}

/** The newest version of a timeline, with its place in the order of a summary. */
export interface HeadItem {
  /** The first 32 hexadecimal digits of the SHA-256 of the key. */
  readonly place: string
  readonly key: string
  readonly version: number
  /** Id of the record. */
  readonly id: string
  /** The first 16 bytes of the SHA-256 of `["key",version,"id"]`. */
  readonly digest: Uint8Array
}

/**
 * The newest versions of timelines as a set that is compared with another store's, range by range. A
 * range is all places that begin with some hexadecimal digits: '' is all of them, and each has sixteen
 * parts. Places are hashes, so parts are of much the same size, whatever the keys are like.
 */
export interface HeadsSummary {
  /** How many timelines there are. */
  readonly count: number
  /** The count and fingerprint of a range. Well under a millisecond, however many there are. */
  range(prefix: string): RangeSummary
  /** At most `limit` of what is in a range, in the order of its places; all if left out. */
  items(prefix: string, limit?: number): HeadItem[]
}
