import type { StoredVersion } from '@bzzz/context-store'

export interface QueryOptions {
  readonly signal?: AbortSignal
  /** How many results at most; 1,000 if left out, and never more than 10,000. */
  readonly limit?: number
  /** How long one node may take for a page, in milliseconds, before it is left out; 2,000 if left out. */
  readonly timeoutMs?: number
}

/** The newest version of a context that matches, as the nodes that were asked have it. */
export interface QueryHit extends StoredVersion {
  /** Who has exactly this version: `local`, and peer ids. */
  readonly sources: readonly string[]
}

/** What became of a query: complete once its results have ended. */
export interface QueryReport {
  /** Peer ids of the nodes that were asked, 16 at most for one pattern. */
  readonly asked: string[]
  /** Nodes that did not answer, answered too late, or sent what does not verify; `local` is this one. */
  readonly failed: { readonly peer: string; readonly error: unknown }[]
  /** True where there was more than the limit. */
  readonly more: boolean
  /** Why the DHT could not be searched to its end. Connected nodes were asked all the same. */
  readonly searchError?: unknown
}

/** The results of a query as they come. Each iteration asks anew. */
export interface QueryResult extends AsyncIterable<QueryHit> {
  readonly report: QueryReport
}
