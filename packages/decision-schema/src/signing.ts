/**
 * Signing decisions, as the author and as those who approve. Needs Node.
 *
 * ```ts
 * const signed = signDecision(decision, author, { now: Date.now })
 * const approved = approveDecision(signed, maria, { now: Date.now })
 * decisionHash(approved) === decisionHash(decision) // true
 * ```
 *
 * @packageDocumentation
 */
import type { Identity } from '@bzzz/identity'
import { addProof, verifyProofs } from '@bzzz/identity/proofs'
import { toInstant } from '@bzzz/temporal-nav'
import type { Decision } from './decision.ts'
import { DecisionError } from './errors.ts'
import { parseDecision } from './parse.ts'
import { proofsOf } from './proof-verdict.ts'

/** Where the time of a proof comes from. */
export interface SignDecisionInit {
  /** The signer's clock: milliseconds since 1970-01-01T00:00:00Z. */
  readonly now: () => number
}

/**
 * The decision with its author's proof (`eddsa-jcs-2022`). Pin its citations before: what is signed
 * cannot be changed.
 *
 * @throws {DecisionError} `ERR_DECISION_SIGNATURE` where it has a proof already
 * @throws `ERR_IDENTITY_VIEW_ONLY` where the identity has no private key
 */
export function signDecision(
  decision: Decision,
  author: Identity,
  { now }: SignDecisionInit,
): Decision {
  if (proofsOf(decision).length > 0) refuse('no proof yet (see approveDecision)', 'a proof')
  return parseDecision(addProof(decision, author, { created: toInstant(now()) }))
}

/**
 * The decision with one more proof, of somebody who approved it. It binds what the decision's hash
 * binds, and leaves the other proofs as they are. Where the approver's proof is there, nothing is
 * changed.
 *
 * @throws {DecisionError} `ERR_DECISION_SIGNATURE` where it has no proof yet, or one that does not
 *   hold: nobody should approve what cannot be traced to its author
 * @throws `ERR_IDENTITY_VIEW_ONLY` where the identity has no private key
 */
export function approveDecision(
  decision: Decision,
  approver: Identity,
  { now }: SignDecisionInit,
): Decision {
  const { verified, signers, proofs } = verifyProofs(decision)
  if (!verified) {
    const wrong = proofs.find((proof) => proof.status !== 'valid')
    const reason = wrong && 'reason' in wrong ? wrong.reason : 'no proof'
    refuse('a decision whose proofs all hold', reason)
  }
  if (signers.includes(approver.did)) return decision
  return parseDecision(addProof(decision, approver, { created: toInstant(now()) }))
}

function refuse(expected: string, received: string): never {
  throw new DecisionError('ERR_DECISION_SIGNATURE', [{ path: '/proof', expected, received }])
}
