import { hash } from 'node:crypto'
import { verifyProofs } from '@bzzz/identity/proofs'

/** What is known of the proofs of a decision. */
interface ProofsVerdict {
  /** There is a proof, and all of them hold. */
  readonly verified: boolean
  readonly proofs: readonly {
    readonly status: 'valid' | 'invalid' | 'unsupported'
    readonly reason?: string
  }[]
  /** `did:key` of those whose proofs hold. */
  readonly signers: readonly string[]
}

/** Checks the proofs of a decision. */
export type VerifyProofs = (
  decision: Readonly<Record<string, unknown>>,
) => ProofsVerdict | Promise<ProofsVerdict>

// About 200 bytes each.
const KEPT = 100_000

/**
 * `verifyProofs` of `@bzzz/identity`, which remembers what it found out: a chain meets the same
 * decisions again and again. It goes by the hash of all that a decision says, proofs included, so
 * that what was changed is checked anew.
 */
export function createVerifier(kept: number = KEPT): VerifyProofs {
  const known = new Map<string, ProofsVerdict>()
  return (decision) => {
    const id = hash('sha256', JSON.stringify(decision), 'base64url')
    const before = known.get(id)
    if (before) return before
    const { verified, proofs, signers } = verifyProofs(decision)
    const verdict = {
      verified,
      signers,
      proofs: proofs.map((proof) =>
        proof.status === 'valid'
          ? { status: proof.status }
          : { status: proof.status, reason: proof.reason },
      ),
    }
    known.set(id, verdict)
    // The oldest goes.
    const [oldest] = known.size > kept ? known.keys() : []
    if (oldest !== undefined) known.delete(oldest)
    return verdict
  }
}
