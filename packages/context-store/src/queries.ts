import type { Address } from '@bzzz/ucxl-address'
import type { StoredVersion } from './record.ts'
import type { Redaction } from './redaction.ts'

export interface CallOptions {
  readonly signal?: AbortSignal
}

/** Which bytes of a content. */
export interface ContentRange extends CallOptions {
  /** The first byte, counted from 0; 0 if left out. */
  readonly start?: number
  /** The byte to stop before; the end if left out. */
  readonly end?: number
}

export interface ReadOptions extends CallOptions {
  /**
   * Of the versions up to the one that the address means, the newest whose content holds at this
   * moment, in milliseconds since 1970: what was believed then about now, or about later.
   */
  readonly validAt?: number
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
  /** Only what holds at this moment, by its `valid_from` and `valid_to`; see {@link ReadOptions}. */
  readonly validAt?: number
  /** Only keys after this one, which ended the page before. */
  readonly after?: string
  /** Only versions with all of these tags. */
  readonly tags?: readonly string[]
  /** Only versions recorded at this moment or later. */
  readonly since?: number
  /** Only versions recorded before this moment. */
  readonly before?: number
  /** Leave out what is deleted. */
  readonly alive?: boolean
}

export interface PageOptions extends ListOptions {
  /** Versions on a page; 100 if left out. */
  readonly limit?: number
}

export interface Page {
  readonly versions: readonly StoredVersion[]
  /** What to give as `after` for the next page; absent where this was the last. */
  readonly next?: string
}

export interface SearchOptions extends Omit<ListOptions, 'after' | 'at' | 'validAt' | 'alive'> {
  /** Only contexts that match. */
  readonly pattern?: string | Address
  /** Hits on a page, 100 at most; 20 if left out. */
  readonly limit?: number
  /** How many hits to leave out, because earlier pages had them; 0 if left out. */
  readonly offset?: number
}

/** A context whose newest version has what was searched for. */
export interface SearchHit extends StoredVersion {
  /** How well it fits: greater is better. Comparable within one answer only. */
  readonly score: number
  /** The passage that fits best. */
  readonly snippet: string
  /** Where the words stand in the snippet: first character, and the one after the last. */
  readonly marks: readonly (readonly [number, number])[]
}

export interface SearchPage {
  readonly hits: readonly SearchHit[]
  /** True where there is more. */
  readonly more: boolean
  /** True where more contexts fitted than are ranked: the newest of them were. */
  readonly capped: boolean
}

/** A version as it was added to this store. */
export interface Change extends StoredVersion {
  /** Its place in the order of this store, which only ever grows. */
  readonly sequence: number
}

export interface ChangesOptions extends CallOptions {
  /** Only what was added after this place; 0, from the start, if left out. */
  readonly after?: number
  /** At most so many; 256 if left out. */
  readonly limit?: number
}

/** A signed record that would have the place of another one, and does not stand on the timeline. */
export interface Fork extends StoredVersion {
  /** Id of the record that stands there. */
  readonly standing: string
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

export interface RedactionPageOptions extends CallOptions {
  /** The place after which to begin; from the first one if left out. */
  readonly after?: number
}

export interface RedactionPage {
  readonly redactions: readonly Redaction[]
  readonly last: number
}
