import type { CallOptions } from '@bzzz/temporal-nav'
import type { Page, SearchRequest, SearchResult, StateRequest } from './storage-queries.ts'
import type { WebhookStorage } from './storage-webhooks.ts'

/** A version of a decision as it is kept. Nothing ever changes it. */
export interface StoredDecision {
  /** Its place in the order in which decisions came here, from 1; never used twice. */
  readonly sequence: number
  /** Whose timeline: `agent:role@project:task/path`. */
  readonly key: string
  /** Its place on that timeline, from 1. */
  readonly version: number
  /** When it was recorded by its writer: milliseconds since 1970. */
  readonly time: number
  readonly decisionId: string
  /** Content id of `node`. */
  readonly contentId: string
  /** Id of the signed record. */
  readonly recordId: string
  /** The decision as RFC 8785 text. */
  readonly node: string
  /** The signed version record as JSON. */
  readonly record: string
}

/** What a decision says of another context. */
export interface Edge {
  readonly kind: 'cites' | 'impacts' | 'supersedes'
  /** The type of the citation or impact; `supersedes` for what it takes the place of. */
  readonly type: string
  /** Its place in its list, from 0. */
  readonly place: number
  /** The context that is meant. */
  readonly key: string
  /** Of a citation that is pinned: the version, and the content. */
  readonly version?: number
  readonly contentId?: string
}

/** What decisions are told apart by. */
export const FACETS = Object.freeze(['agent', 'role', 'project', 'task', 'type', 'status'] as const)
export type Facet = (typeof FACETS)[number]

/** A version to keep, with all that is found by: a storage reads none of its texts. */
export interface NewDecision extends Omit<StoredDecision, 'sequence'> {
  /** When it was decided, by its own account: milliseconds since 1970. */
  readonly at: number
  /** Id of the record before it on its timeline; null for the first. */
  readonly previous: string | null
  /** `did:key` of who signed the record. */
  readonly writer: string
  /** `''` where it says nothing of it. */
  readonly facets: Readonly<Record<Facet, string>>
  /** It cites nothing and names no alternative. */
  readonly unjustified: boolean
  readonly edges: readonly Edge[]
  /** Where words are looked for; in a title they count most. */
  readonly text: { readonly title: string; readonly summary: string; readonly body: string }
}

/**
 * What became of a version.
 *
 * - `added`: it is news.
 * - `repeated`: it is kept, and says what the version before it on its timeline says: no news.
 * - `known`: this very record was here; nothing was changed.
 * - `conflict`: it does not fit what is here, and is not kept; `reason` says why.
 */
export type Added =
  | { readonly outcome: 'added' | 'repeated' | 'known'; readonly sequence: number }
  | { readonly outcome: 'conflict'; readonly reason: string }

export interface AddOptions extends CallOptions {
  /** Leaves it to others who may go on with a timeline: else it belongs to the key that began it. */
  readonly anyWriter?: boolean
}

/** An edge, and the version that it begins at. */
export interface IncomingEdge {
  readonly edge: Edge
  readonly source: { readonly key: string; readonly version: number; readonly time: number }
}

export interface IncomingRequest extends CallOptions {
  readonly kind: Edge['kind']
  /** Only edges to this version of it, and those that name none. */
  readonly version?: number
  /** Only from versions that were the newest of their timelines at this moment. */
  readonly at?: number
  /** At most; 100,000 if left out. */
  readonly limit?: number
}

/** Something that a person is to decide on before it is kept. */
export interface HeldDelivery {
  readonly recordId: string
  /** `{ record, node }` as JSON. */
  readonly delivery: string
  /** The rule that held it, and its reason. */
  readonly rule: string
  readonly reason: string
  /** When it came: milliseconds since 1970. */
  readonly since: number
  readonly state: 'held' | 'rejected'
}

/** How much there is. */
export interface StorageCounts {
  /** Timelines. */
  readonly decisions: number
  readonly versions: number
  readonly edges: number
  readonly held: number
  /** The newest sequence; 0 where nothing came yet. */
  readonly position: number
}

/** Which contexts stand out; of the newest versions alone. `contradicts` is no support. */
export type Question =
  | 'most-cited'
  | 'unjustified'
  | 'contradicted'
  /** Superseded, by its own status or by another, and cited by one that neither is. */
  | 'superseded-cited'

/** A context that stands out. */
export interface Standing {
  readonly key: string
  /** How many decisions say so; 1 where it is by its own nature. */
  readonly count: number
  /** Its newest version, where it is a decision that is here. */
  readonly newest?: StoredDecision
}

/**
 * Where decisions are kept: an interface, so that another database can take the place of SQLite.
 * `@bzzz/slurp/conformance` has its suite. Every method may wait, takes a signal where it reads, and
 * rejects with `ERR_SLURP_CLOSED` once it is closed. What is added is durable when its promise
 * resolves, and found by all that follows.
 */
export interface DecisionStorage extends WebhookStorage {
  /** Takes versions in, all in one transaction, in any order of their numbers. */
  add(versions: readonly NewDecision[], options?: AddOptions): Promise<readonly Added[]>
  /** A version by its number; the newest if none is given. */
  version(key: string, version?: number, options?: CallOptions): Promise<StoredDecision | undefined>
  /** The version that was the newest at a moment. */
  asOf(key: string, time: number, options?: CallOptions): Promise<StoredDecision | undefined>
  /** Versions of a timeline, the newest first, below `before`. */
  versions(
    key: string,
    page: { readonly before?: number; readonly limit: number } & CallOptions,
  ): Promise<readonly StoredDecision[]>
  /**
   * The newest version of the decision that has an id, in any case. Of several timelines that claim
   * it, it is that of the one that came first.
   */
  byDecisionId(id: string, options?: CallOptions): Promise<StoredDecision | undefined>
  byContentId(id: string, options?: CallOptions): Promise<StoredDecision | undefined>
  byRecordId(id: string, options?: CallOptions): Promise<StoredDecision | undefined>
  /** The edges that lead to a context, by the sequence of their sources. */
  incoming(key: string, request: IncomingRequest): Promise<readonly IncomingEdge[]>
  /** What came after a sequence, in order; repetitions are left out. */
  changes(
    page: { readonly after: number; readonly limit: number } & CallOptions,
  ): Promise<readonly StoredDecision[]>
  /** The newest versions, or those at a moment, in the order of their keys. */
  state(request: StateRequest): Promise<Page<StoredDecision>>
  search(request: SearchRequest): Promise<SearchResult>
  /** Contexts that stand out, the most first, then in the order of their keys. */
  standing(
    question: Question,
    page: { readonly offset: number; readonly limit: number } & CallOptions,
  ): Promise<readonly Standing[]>
  counts(options?: CallOptions): Promise<StorageCounts>
  /**
   * The newest sequence; 0 where nothing came yet. Only of a storage that several services share:
   * each then asks now and again what the others took in.
   */
  position?(options?: CallOptions): Promise<number>

  /** Keeps a delivery apart; what is kept apart already stays as it is. */
  hold(held: HeldDelivery): Promise<void>
  held(id: string, options?: CallOptions): Promise<HeldDelivery | undefined>
  /** Those that wait, the oldest first, after an id: from the start where that was taken in by now. */
  heldPage(
    page: { readonly after?: string; readonly limit: number } & CallOptions,
  ): Promise<readonly HeldDelivery[]>
  /** Remembers that one was rejected, and why; undefined: forgets it, since it was taken in. */
  settle(id: string, rejected: { readonly reason: string } | undefined): Promise<void>

  /** Closes it; a second time it does nothing. */
  close(): Promise<void>
}
