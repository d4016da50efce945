import type { CallOptions } from '@bzzz/temporal-nav'

/** A version that an address means. */
export interface FoundVersion {
  readonly found: true
  /** The context's key, `agent:role@project:task/path`. */
  readonly key: string
  /** From 1. */
  readonly version: number
  /** Content id of its bytes. */
  readonly contentId: string
  /** When it was recorded: milliseconds since 1970. */
  readonly time: number
}

/**
 * Why an address means no version.
 *
 * - `not-found`: there is no such context.
 * - `out-of-range`: the context has no such version.
 * - `gone`: the version is a deletion.
 * - `unavailable`: this reader cannot tell: it holds no part of the timeline, or cannot reach it.
 */
export interface NoVersion {
  readonly found: false
  readonly reason: 'not-found' | 'out-of-range' | 'gone' | 'unavailable'
  /** The same in words, where there is more to say. */
  readonly message?: string
}

/**
 * What citations are resolved and checked with: a store, a node, a service, an export. Small and
 * asynchronous; each call that may wait takes a signal, and rejects with its reason once it fires.
 */
export interface CitationReader {
  /** The version that a concrete address means without a cursor. What is not there is no error. */
  resolve(address: string, options?: CallOptions): Promise<FoundVersion | NoVersion>
  /**
   * The bytes of a content, or their text; undefined where they cannot be had. They are held against
   * their id, so the reader need not be trusted.
   */
  read(contentId: string, options?: CallOptions): Promise<Uint8Array | string | undefined>
}

/** What chains are followed with. */
export interface ChainReader extends CitationReader {
  /**
   * Addresses, each with an exact version (`*~3`), of the decisions that cite a context: this
   * version of it if one is given (also by a citation that floats and means it now), else any. In
   * any order; what is listed in error is found out.
   */
  citedBy(
    key: string,
    version: number | undefined,
    options?: CallOptions,
  ): Promise<readonly string[]>
  /** The address of a decision by its id; undefined where it is not known. */
  locate?(decisionId: string, options?: CallOptions): Promise<string | undefined>
}
