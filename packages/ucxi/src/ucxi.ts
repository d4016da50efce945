import type { CallOptions, ContextVersion, StoredVersion } from '@bzzz/context-store'
import type { Address } from '@bzzz/ucxl-address'

/** What PUT takes. */
export interface PutInput {
  readonly content: Uint8Array
  /** Media type; `application/octet-stream` if left out. */
  readonly contentType?: string
  /** Write only where the newest version has one of these content ids. */
  readonly ifMatch?: readonly string[]
  /** Write only where there is no living version. */
  readonly ifNone?: boolean
}

/** Which part of a longer answer is wanted. */
export interface PageOptions extends CallOptions {
  /** Items, from 1 to 1,000; 100 if left out. */
  readonly limit?: number
}

export interface TimelineOptions extends PageOptions {
  /** First version number; 1 if left out. */
  readonly from?: number
}

export interface ListOptions extends PageOptions {
  /** As of this moment, in milliseconds since 1970; now if left out. */
  readonly at?: number
  /** Only keys after this one, which ended the page before. */
  readonly after?: string
}

export interface Page {
  readonly versions: readonly StoredVersion[]
  /** True where there is more after the last one. */
  readonly more: boolean
}

/** Where an answer came from: `local`, or the id of another node; and whether it may be out of date. */
export interface Origin {
  readonly source: string
  readonly fresh: boolean
}

/**
 * The operations on contexts, the same behind every interface. They reject with the errors of the
 * packages below, by their codes.
 */
export interface Ucxi {
  /** Reads the version that a concrete address means. */
  get(address: string | Address, options?: CallOptions): Promise<ContextVersion & Origin>
  /** Writes the next version of a context. */
  put(address: string, input: PutInput, options?: CallOptions): Promise<StoredVersion>
  /** The versions of a context in order, tombstones too. */
  timeline(address: string, options?: TimelineOptions): Promise<Page>
  /** The contexts that match a pattern, each with the version current at a moment, by key. */
  list(pattern: string, options?: ListOptions): Promise<Page>
}
