/**
 * Ed25519 identities: one key, and the names that follow from it.
 *
 * ```ts
 * const identity = generateIdentity()
 * const bytes = canonicalBytes({ hello: 'mesh' })
 * verifySignature(identity.did, bytes, identity.sign(bytes)) // true
 * ```
 *
 * Beside this entry: `./proofs` (documents that other tools can check), `./cluster` (certificates,
 * invitations, revocations and what roles may do), `./shares` (an admin key that nobody holds alone),
 * `./contents` (contexts that only some can read), `./tokens` (access over HTTP) and `./browser`.
 *
 * @packageDocumentation
 */
export { generateIdentity, identityFromSeed, viewOnlyIdentity, exportSeed } from './identity.ts'
export { identitiesFromSeed, importIdentity } from './identity-import.ts'
export { loadIdentity, loadOrCreateIdentity, saveIdentity } from './key-file.ts'
export { verifySignature, SIGNATURE_BYTES } from './verify.ts'
export { verifyBatch } from './verify-batch.ts'
export { canonicalBytes, canonicalText } from './canonical.ts'
export { parseStrictJson } from './strict-json.ts'
export { IdentityError } from './errors.ts'
export { JsonError } from './json-error.ts'
export type { Identity, PublicIdentity } from './identity.ts'
export type { KeyFileOptions, SaveOptions } from './key-file.ts'
export type { SignedBytes } from './verify-batch.ts'
export type { StrictJsonOptions } from './strict-json.ts'
export type { IdentityErrorCode } from './errors.ts'

// For who works with the names themselves.
export { didOf, peerIdOf, publicKeyOfDid } from './public-key.ts'
export { axAddressOf, dxAddressOf, isChainAddress, parseChainAddress } from './chain-address.ts'
export { recipientOf } from './age.ts'
export type { Chain, ChainAddress } from './chain-address.ts'
