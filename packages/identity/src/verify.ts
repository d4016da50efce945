import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { publicKeyOfDid } from './public-key.ts'

/** Bytes of an Ed25519 signature (RFC 8032). */
export const SIGNATURE_BYTES = 64

// Importing a key costs a quarter of a verification: the ones in use are kept.
const KEPT_KEYS = 1024
const keys = new Map<string, KeyObject>()

/**
 * True where the signature is the did's over exactly these bytes. False for any other signature,
 * one of a wrong size or a key that is no point on the curve included.
 *
 * @throws `ERR_IDENTITY_DID` where `did` is no Ed25519 `did:key`.
 */
export function verifySignature(did: string, bytes: Uint8Array, signature: Uint8Array): boolean {
  const key = keyOf(did)
  if (signature.length !== SIGNATURE_BYTES) return false
  return verify(null, bytes, key, signature)
}

function keyOf(did: string): KeyObject {
  const kept = keys.get(did)
  if (kept) return kept
  const x = Buffer.from(publicKeyOfDid(did)).toString('base64url')
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  if (keys.size >= KEPT_KEYS) {
    const oldest = keys.keys().next()
    if (!oldest.done) keys.delete(oldest.value)
  }
  keys.set(did, key)
  return key
}
