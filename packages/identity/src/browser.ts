/**
 * What checks signatures without Node: in a browser, or anywhere else. Gives the same verdict as the
 * other entries for every key, every signature and every document.
 *
 * ```ts
 * verifySignature(did, canonicalBytes(record), signature) // true or false
 * verifyProofs(decision).signers // who signed it
 * ```
 *
 * @packageDocumentation
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { proofVerifier } from './proof-verify.ts'
import { verifySignature } from './verify-portable.ts'

/** As in `@bzzz/identity/proofs`. */
export const verifyProofs = proofVerifier({ sha256, verifySignature })

export { verifySignature }
export { canonicalBytes, canonicalText } from './canonical.ts'
export { parseStrictJson } from './strict-json.ts'
export { didOf, peerIdOf, publicKeyOfDid } from './public-key.ts'
export { axAddressOf, dxAddressOf, isChainAddress, parseChainAddress } from './chain-address.ts'
export { IdentityError } from './errors.ts'
export { JsonError } from './json-error.ts'
export type { Chain, ChainAddress } from './chain-address.ts'
export type { IdentityErrorCode } from './errors.ts'
export type {
  JsonObject,
  Proof,
  ProofExpectations,
  ProofsResult,
  ProofVerdict,
} from './proof-core.ts'
export type { StrictJsonOptions } from './strict-json.ts'
