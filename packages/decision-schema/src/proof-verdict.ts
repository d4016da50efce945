import type { Decision, Proof } from './decision.ts'

/** What a verifier finds out about the proofs of a decision. */
export interface ProofsReport {
  /** One for each proof, in their order; `unsupported`: of a kind that is neither right nor wrong. */
  readonly proofs: readonly {
    readonly status: 'valid' | 'invalid' | 'unsupported'
    readonly reason?: string
  }[]
  /** `did:key` of those whose proofs are valid, each once. */
  readonly signers: readonly string[]
}

/**
 * Checks the proofs of a decision: `verifyProofs` of `@bzzz/identity/proofs` (Node) or of
 * `@bzzz/identity/browser`. Whose certificate it was, and whether that was in force, is for who asks
 * to know.
 */
export type ProofVerifier = (
  decision: Readonly<Record<string, unknown>>,
) => ProofsReport | Promise<ProofsReport>

/**
 * What is known of who signed a decision.
 *
 * - `valid`: at least one proof holds, and none is wrong.
 * - `invalid`: a proof is wrong: the decision, or the proof, was changed.
 * - `unsigned`: there is no proof.
 * - `unchecked`: nobody looked, or nobody here can.
 */
export interface SignatureReport {
  readonly status: 'valid' | 'invalid' | 'unsigned' | 'unchecked'
  /** `did:key` of those whose proofs hold, each once. */
  readonly signers: readonly string[]
  /** Why it is not valid, in words. */
  readonly reason?: string
}

/** The proofs of a decision as a list. */
export function proofsOf({ proof }: Decision): readonly Proof[] {
  if (proof === undefined) return []
  return isList(proof) ? proof : [proof]
}

function isList(proof: Proof | readonly Proof[]): proof is readonly Proof[] {
  return Array.isArray(proof)
}

/** What is known of who signed a decision; without a verifier, no more than whether somebody did. */
export async function reportSignature(
  decision: Decision,
  verify: ProofVerifier | undefined,
): Promise<SignatureReport> {
  const proofs = proofsOf(decision)
  if (proofs.length === 0) return report('unsigned', [], 'it has no proof')
  if (verify === undefined) return report('unchecked', [], 'no verifier was given')
  const { proofs: verdicts, signers } = await verify(decision)
  const wrong = verdicts.find(({ status }) => status === 'invalid')
  if (wrong || verdicts.length !== proofs.length) {
    return report('invalid', signers, wrong?.reason ?? 'a proof does not hold')
  }
  if (signers.length > 0) return report('valid', signers)
  return report('unchecked', [], verdicts[0]?.reason ?? 'its proofs are of an unknown kind')
}

function report(
  status: SignatureReport['status'],
  signers: readonly string[],
  reason?: string,
): SignatureReport {
  return Object.freeze({ status, signers: Object.freeze([...signers]), ...(reason && { reason }) })
}
