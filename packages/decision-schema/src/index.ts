/**
 * Decision nodes: what was decided, by whom, why, and on the strength of what. Runs in browsers.
 *
 * ```ts
 * import { createDecision, decisionHash, parseDecision } from '@bzzz/decision-schema'
 *
 * const decision = createDecision(
 *   {
 *     ucxl_address: 'ucxl://claude:architect@shop:checkout/*^/decisions/payment.json',
 *     agent_id: 'claude',
 *     decision_type: 'architecture_choice',
 *     title: 'Pay with Stripe',
 *     justification: { reasoning: 'Card data must not touch our servers.' },
 *   },
 *   { now: Date.now },
 * )
 * parseDecision(JSON.stringify(decision)) // the same again
 * decisionHash(decision) // 'sha256:…', what an approval binds
 * ```
 *
 * Beside this entry: `./chains` (citations, *why*, *what would fall*, checks without a server),
 * `./curation` (what is worth keeping) and `./signing` (proofs of authors and approvers, with Node).
 *
 * @packageDocumentation
 */
export { parseDecision, safeParseDecision, type SafeParseDecisionResult } from './parse.ts'
export { createDecision, type CreateDecisionInit, type DecisionDraft } from './create.ts'
export { decisionBytes, decisionContentId, decisionHash } from './hash.ts'
export { reviewDecision, type DecisionWarning, type DecisionWarningCode } from './review.ts'
export { optionsOf } from './options.ts'
export { DecisionError, type DecisionErrorCode, type Problem } from './errors.ts'
export type {
  Citation,
  Consequences,
  Decision,
  DecisionContext,
  DecisionOption,
  Impact,
  Justification,
  Proof,
} from './decision.ts'

// The words, and how much there may be of each thing.
export { CITATION_TYPES, DECISION_TYPES, IMPACT_TYPES, RELEVANCES, STATUSES } from './vocabulary.ts'
export { LIMITS } from './limits.ts'
export { DECISION_MEDIA_TYPE } from './media-type.ts'
export type { DecisionStatus, Relevance } from './vocabulary.ts'

// For those who build on the schema.
export { decisionSchema, isDecision } from './schema.ts'
export { DECISION_SCHEMA_ID, decisionJsonSchema } from './json-schema.ts'
