/**
 * W3C Data Integrity proofs (`eddsa-jcs-2022`) on JSON documents, and sets of them: an author and
 * those who approve sign the same document, and none disturbs another.
 *
 * ```ts
 * const signed = addProof({ title: 'Use SQLite' }, author, { created: '2025-08-01T12:00:00Z' })
 * const approved = addProof(signed, approver, { created: '2025-08-02T09:00:00Z' })
 * verifyProofs(approved).signers // both
 * ```
 *
 * @packageDocumentation
 */
import { hash } from 'node:crypto'
import { base58btc } from 'multiformats/bases/base58'
import { IdentityError } from './errors.ts'
import type { Identity } from './identity.ts'
import {
  CRYPTOSUITE,
  instantOf,
  proofBytes,
  splitProofs,
  type JsonObject,
  type Proof,
} from './proof-core.ts'
import { proofVerifier } from './proof-verify.ts'
import { verifySignature } from './verify.ts'

export type {
  JsonObject,
  Proof,
  ProofExpectations,
  ProofsResult,
  ProofVerdict,
} from './proof-core.ts'

/** What stands in a proof besides the signature. Times are XML Schema date-times. */
export interface ProofOptions {
  /** When it is signed: `2025-08-01T12:00:00Z`. */
  readonly created: string
  /** What the signer means by it; `assertionMethod` if left out. */
  readonly purpose?: string
  /** From when on it holds no more. */
  readonly expires?: string
  /** Where it is to be used. */
  readonly domain?: string
  /** What the verifier asked to be repeated. */
  readonly challenge?: string
  /** A URI by which others can name the proof. */
  readonly id?: string
}

const primitives = {
  sha256: (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer'),
  verifySignature,
}

/**
 * A copy of the document with one more proof on it. A document's first proof stands alone, more
 * stand in a list, in the order in which they were made. The document itself is not changed.
 *
 * @throws `ERR_IDENTITY_PROOF` where a time is no date-time, or there are 64 proofs already;
 *   `ERR_IDENTITY_VIEW_ONLY`; `ERR_IDENTITY_CANONICAL`.
 */
export function addProof<T extends JsonObject>(
  document: T,
  identity: Identity,
  options: ProofOptions,
): T & { readonly proof: Proof | readonly Proof[] } {
  const { purpose = 'assertionMethod', ...others } = options
  for (const time of [options.created, options.expires]) {
    if (time === undefined || !Number.isNaN(instantOf(time))) continue
    const message = `Expected a date-time such as 2025-08-01T12:00:00Z, got ${JSON.stringify(time)}`
    throw new IdentityError('ERR_IDENTITY_PROOF', message)
  }
  const { proofs, rest } = splitProofs(document)
  const context = rest['@context']
  const config = {
    type: 'DataIntegrityProof' as const,
    cryptosuite: CRYPTOSUITE,
    ...others,
    verificationMethod: `${identity.did}#${identity.did.slice('did:key:'.length)}`,
    proofPurpose: purpose,
    ...(context === undefined ? {} : { '@context': context }),
  }
  const signature = identity.sign(proofBytes(rest, config, primitives))
  const proof: Proof = { ...config, proofValue: base58btc.encode(signature) }
  const all = [...proofs, proof] as Proof[]
  splitProofs({ proof: all })
  return { ...document, proof: all.length === 1 ? proof : all }
}

/**
 * Checks every proof of a document. It is verified where there is a proof and all of them hold; a
 * proof of a kind that this package cannot check is `unsupported`, and the document not verified.
 *
 * @throws `ERR_IDENTITY_PROOF` where it has more than 64 proofs; `ERR_IDENTITY_CANONICAL` for a
 *   document that is no JSON.
 */
export const verifyProofs = proofVerifier(primitives)
