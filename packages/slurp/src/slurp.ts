import type { Chain, ChainOptions, ChainPath, CitationReader } from '@bzzz/decision-schema/chains'
import type { CurationExplanation, CurationRule } from '@bzzz/decision-schema/curation'
import type { WriterRules } from '@bzzz/context-store'
import type { CallOptions } from '@bzzz/temporal-nav'
import type { IngestOutcome, Ingested } from './ingest.ts'
import type {
  DecisionStorage,
  Facet,
  HeldDelivery,
  Question,
  Standing,
  StorageCounts,
  StoredDecision,
} from './storage.ts'
import type { FacetCount, Filters, Page } from './storage-queries.ts'
import type { WebhookAttempt, WebhookState } from './storage-webhooks.ts'
import type { WebhookSend } from './webhook-send.ts'
import type { Schedule } from './webhook-runner.ts'

export interface SlurpInit {
  /** Where decisions are kept. Whoever made it closes it. */
  readonly storage: DecisionStorage
  /** Who may sign which timelines; without it a timeline belongs to the key that began it. */
  readonly writers?: WriterRules
  /** Rules of curation behind those of the house. */
  readonly rules?: readonly CurationRule[]
  /** Where what is cited and is no decision here can be read: a store, a node. */
  readonly reader?: CitationReader
  /** Milliseconds since 1970, of which fractions do not count; the system's clock if left out. */
  readonly now?: () => number
  /** From 0 up to 1, for the times of new attempts; the platform's if left out. */
  readonly random?: () => number
  /** Calls back later; the system's timers if left out. */
  readonly schedule?: Schedule
  /** Sends webhooks; over HTTP if left out. */
  readonly send?: WebhookSend
  /** Lets webhooks lead to this machine and its network. */
  readonly allowPrivateWebhooks?: boolean
  /** Told of each error that is a fault of the service: for a log. */
  readonly onError?: (error: unknown) => void
}

export interface SearchQuery extends CallOptions {
  /** Words and filters: `"card data" pay* -draft after:2025-08-01 type:policy agent:claude`. */
  readonly text?: string
  /** Filters besides those in the text; both hold. */
  readonly filters?: Filters
  /** `next` of the page before. */
  readonly after?: string
  /** 20 if left out, 1,000 at most. */
  readonly limit?: number
  /** Count the values of each facet among all results. */
  readonly facets?: boolean
}

/** A decision that was found. */
export interface Found {
  readonly decision: StoredDecision
  /** How well it fits, where words were looked for: greater is better. */
  readonly score?: number
  /** The passage that fits best. */
  readonly snippet: string
  /** Where the words stand in the snippet, in UTF-16 code units. */
  readonly marks: readonly (readonly [from: number, to: number])[]
}

export interface FoundPage extends Page<Found> {
  /** Whether only the latest 10,000 matches were ranked. */
  readonly capped: boolean
  readonly facets?: Readonly<Record<Facet, readonly FacetCount[]>>
}

/** A decision as it stood. */
export interface StateEntry {
  readonly decision: StoredDecision
  /** Those that took its place by then, by the addresses of their versions. */
  readonly supersededBy: readonly string[]
}

export interface StateQuery extends CallOptions {
  /** As it stood then, by the times of the records: milliseconds since 1970; now if left out. */
  readonly at?: number
  readonly filters?: Filters
  readonly after?: string
  /** 100 if left out, 1,000 at most. */
  readonly limit?: number
}

export interface PageQuery extends CallOptions {
  readonly after?: string
  /** 100 if left out, 1,000 at most. */
  readonly limit?: number
}

/** What a webhook is made of. */
export interface WebhookDraft {
  /** http or https. */
  readonly url: string
  /** Only of contexts that match this address. */
  readonly pattern?: string
  /** Only of these decision types. */
  readonly types?: readonly string[]
  /** `whsec_` and 24 to 64 bytes in base64; made if left out. */
  readonly secret?: string
  /** The sequence after which to begin: 0 for all there is; what comes from now on if left out. */
  readonly after?: number
}

/** A webhook without its secret. */
export type WebhookStatus = Omit<WebhookState, 'secret'>

/**
 * The decision graph: takes decisions in, checks them again, and says what rests on what. `start` is
 * the address of a decision (newest, exact or at a moment) or its id.
 */
export interface Slurp {
  /**
   * Takes one delivery in. It trusts nobody: signature, content, schema, proofs, writer and place on
   * the timeline are checked. Sent again, it is known.
   *
   * @throws SlurpError, StoreError (`ERR_RECORD_…`), DecisionError: see the README
   */
  ingest(delivery: unknown, options?: CallOptions): Promise<Ingested>
  /** Takes many in, all that hold in one transaction; says of each what became of it. */
  ingestAll(
    deliveries: readonly unknown[],
    options?: CallOptions,
  ): Promise<readonly IngestOutcome[]>
  /** What each rule of curation says of a decision; nothing is kept. */
  explain(decision: unknown): Promise<CurationExplanation>

  /** @throws SlurpError `ERR_SLURP_UNKNOWN` */
  get(start: string, options?: CallOptions): Promise<StoredDecision>
  /** Versions, the newest first. @throws SlurpError `ERR_SLURP_UNKNOWN`, `ERR_SLURP_CURSOR` */
  versions(start: string, query?: PageQuery): Promise<Page<StoredDecision>>
  /** What it rests on, each link with its verdict. @throws DecisionError `ERR_CHAIN_…` */
  why(start: string, options?: ChainOptions): Promise<Chain>
  /** What rests on it, or on a document that is cited. @throws DecisionError `ERR_CHAIN_…` */
  consequences(start: string, options?: ChainOptions): Promise<Chain>
  /** The shortest way from a decision to what it rests on. @throws DecisionError `ERR_CHAIN_…` */
  path(
    ends: { readonly from: string; readonly to: string },
    options?: ChainOptions,
  ): Promise<ChainPath>
  /** @throws SlurpError `ERR_SLURP_QUERY`, `ERR_SLURP_CURSOR` */
  search(query?: SearchQuery): Promise<FoundPage>
  /** All records as they stood at a moment. @throws SlurpError `ERR_SLURP_QUERY`, `ERR_SLURP_CURSOR` */
  state(query?: StateQuery): Promise<Page<StateEntry>>
  /** What stands out. @throws SlurpError `ERR_SLURP_QUERY`, `ERR_SLURP_CURSOR` */
  standing(question: Question, query?: PageQuery): Promise<Page<Standing>>
  counts(options?: CallOptions): Promise<StorageCounts>
  /** What is accepted, in order, in lots, from a sequence on; it ends when the signal fires. */
  follow(options: {
    readonly after: number
    readonly signal: AbortSignal
  }): AsyncGenerator<readonly StoredDecision[]>

  /**
   * What waits for a person, the oldest first; `after` is a record id. Where that was taken in by
   * now, the page is the first.
   */
  held(query?: PageQuery): Promise<readonly HeldDelivery[]>
  /** Takes in what was held: checked again, and judged no more. @throws SlurpError `ERR_SLURP_UNKNOWN`, or as `ingest` */
  accept(recordId: string): Promise<Ingested>
  /** Turns it away for good. @throws SlurpError `ERR_SLURP_UNKNOWN` */
  reject(recordId: string, reason: string): Promise<void>

  webhooks(): Promise<readonly WebhookStatus[]>
  /** @returns it with its secret, which is not shown again. @throws SlurpError `ERR_SLURP_WEBHOOK` */
  addWebhook(draft: WebhookDraft): Promise<WebhookState>
  /** @throws SlurpError `ERR_SLURP_UNKNOWN` */
  removeWebhook(id: string): Promise<void>
  /** Lets a disabled one go on where it stopped. @throws SlurpError `ERR_SLURP_UNKNOWN` */
  enableWebhook(id: string): Promise<void>
  /** What was tried, the latest first; 100 if no limit is given. @throws SlurpError `ERR_SLURP_UNKNOWN` */
  attempts(id: string, query?: { readonly limit?: number }): Promise<readonly WebhookAttempt[]>
  /** Resolves when no webhook is being told anything at this moment. */
  idle(): Promise<void>

  /** Ends what is under way; the storage stays open. */
  close(): Promise<void>
}
