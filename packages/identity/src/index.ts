/**
 * Ed25519 identities: one key, and the names that follow from it.
 *
 * ```ts
 * const identity = generateIdentity()
 * const bytes = canonicalBytes({ hello: 'mesh' })
 * verifySignature(identity.did, bytes, identity.sign(bytes)) // true
 * ```
 *
 * @packageDocumentation
 */
export { generateIdentity, identityFromSeed, viewOnlyIdentity, exportSeed } from './identity.ts'
export { verifySignature, SIGNATURE_BYTES } from './verify.ts'
export { canonicalBytes, canonicalText } from './canonical.ts'
export { loadIdentity, loadOrCreateIdentity, saveIdentity } from './key-file.ts'
export { didOf, peerIdOf, publicKeyOfDid } from './public-key.ts'
export { IdentityError } from './errors.ts'
export type { Identity } from './identity.ts'
export type { IdentityErrorCode } from './errors.ts'
