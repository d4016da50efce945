import type { VersionRecord } from '@bzzz/context-store'
import type { Decision, DecisionDraft } from '@bzzz/decision-schema'
import type { LinkVerdict } from '@bzzz/decision-schema/chains'
import type { CurationExplanation } from '@bzzz/decision-schema/curation'
import type { CallOptions } from '@bzzz/temporal-nav'
import type { BreakerState } from '@bzzz/circuit-breaker'
import type { DeadLetter, HeldDecision } from './state.ts'

/** A decision that is safe: stored on this node, and delivered sooner or later. */
export interface PublishedDecision {
  readonly status: 'published'
  /** Id of its version record. */
  readonly id: string
  readonly record: VersionRecord
  /** As it is stored: with its citations pinned, and its author's proof. */
  readonly decision: Decision
  /** What a look at each citation came to, in their order: verified, or why nobody could tell. None where it is known. */
  readonly citations: readonly LinkVerdict[]
  /** True where its newest version said the same already: nothing was written. */
  readonly known: boolean
}

/** A decision that a rule is against: it was not stored. */
export interface CuratedDecision {
  /** `held`: a person is to decide, see {@link SlurpClient.release}; `dropped`: it is not kept. */
  readonly status: 'held' | 'dropped'
  /** The decision's hash: what {@link SlurpClient.release} takes. */
  readonly id: string
  readonly decision: Decision
  /** The rule, and why, in words for a person. */
  readonly rule: string
  readonly reason: string
}

export type PublishResult = PublishedDecision | CuratedDecision

/** A version that is stored and not delivered yet. */
export interface PendingDecision {
  /** Id of its version record. */
  readonly id: string
  readonly key: string
  readonly version: number
  /** Its place in the store's log; absent for a dead letter that is tried again. */
  readonly sequence?: number
  /** When it was written: milliseconds since 1970. */
  readonly time: number
  /** Failed attempts so far. */
  readonly attempts: number
  /** When it is tried again, in milliseconds since 1970; absent where nothing is in its way. */
  readonly nextAt?: number
}

/**
 * Publishes decisions. What `publish` says is published is safe, and delivered by itself: one after
 * the other, in the order of the store's log, so that each agent's arrive in the order in which they
 * were made, through failures and restarts.
 *
 * All methods but {@link circuit} reject with `ERR_PUBLISH_CLOSED` once it is closed, and with the reason of their signal
 * once that fires.
 */
export interface SlurpClient {
  /**
   * Checks, curates, pins, signs and stores a decision; a draft gets its id and timestamp first. The
   * same decision published again gives the version that is there, also after a crash that left open
   * whether it was stored.
   *
   * @throws DecisionError `ERR_DECISION_…`, `ERR_CITATION_…`, `ERR_EXCERPT_NOT_FOUND`; StoreError as
   *   `put` of the store; `ERR_PUBLISH_AGENT` where `agent_id` is not the agent of the address;
   *   `ERR_PUBLISH_SIGNER` where its proofs do not hold or none is of this identity.
   */
  publish(decision: Decision | DecisionDraft, options?: CallOptions): Promise<PublishResult>

  /**
   * What {@link publish} would come to by the rules: the verdict, and what each of them says. Nothing
   * is stored, sent or held. What is no valid decision is dropped by `schema`, and not thrown; who
   * may write, and what citations mean, is looked at by {@link publish} alone.
   */
  explain(decision: Decision | DecisionDraft, options?: CallOptions): Promise<CurationExplanation>

  /** What is stored and not delivered, in order; a page of it in memory at a time. */
  pending(options?: CallOptions): AsyncIterable<PendingDecision>

  /**
   * Resolves when all that is pending now has been delivered or is a dead letter. Tries at once,
   * unless the service asked for patience or the circuit is open.
   */
  flush(options?: CallOptions): Promise<void>

  /** Whether the service is asked, left alone for a while, or tried once to see; also when it is closed. */
  circuit(): BreakerState

  /** What the service refused, in order. */
  deadLetters(options?: CallOptions): AsyncIterable<DeadLetter>

  /**
   * Tries a dead letter again, once all else is delivered.
   *
   * @throws `ERR_PUBLISH_NOT_FOUND`
   */
  retry(id: string, options?: CallOptions): Promise<void>

  /** What rules held back for a person, in order. */
  held(options?: CallOptions): AsyncIterable<HeldDecision>

  /**
   * Publishes a held decision, whatever the rules say. Where that fails it stays held.
   *
   * @throws `ERR_PUBLISH_NOT_FOUND`; as {@link publish}
   */
  release(id: string, options?: CallOptions): Promise<PublishedDecision>

  /**
   * Takes a held decision, or a dead letter, off its list for good. A stored version stays stored.
   *
   * @throws `ERR_PUBLISH_NOT_FOUND`
   */
  dismiss(id: string, options?: CallOptions): Promise<void>

  /** Ends deliveries, and not the store and the state, which are their makers'. Twice is fine. */
  close(): Promise<void>
}
