import {
  checkProof,
  splitProofs,
  type JsonObject,
  type ProofExpectations,
  type ProofPrimitives,
  type ProofsResult,
  type ProofVerdict,
} from './proof-core.ts'

/** Makes the function that checks all proofs of a document, for one way to hash and to verify. */
export function proofVerifier(
  primitives: ProofPrimitives,
): (document: JsonObject, expected?: ProofExpectations) => ProofsResult {
  return (document, expected = {}) => {
    const { proofs, rest } = splitProofs(document)
    const verdicts = proofs.map((proof) => checkProof(rest, proof, expected, primitives))
    const signers = verdicts.flatMap((verdict: ProofVerdict) =>
      verdict.status === 'valid' ? [verdict.did] : [],
    )
    return Object.freeze({
      verified: verdicts.length > 0 && signers.length === verdicts.length,
      proofs: Object.freeze(verdicts),
      signers: Object.freeze([...new Set(signers)]),
    })
  }
}
