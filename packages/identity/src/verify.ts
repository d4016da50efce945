import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { publicKeyOfDid } from './public-key.ts'
import { isWeakPoint } from './weak-point.ts'

/** Bytes of an Ed25519 signature (RFC 8032). */
export const SIGNATURE_BYTES = 64

// Importing a key costs a quarter of a verification: the ones in use are kept. Null stands for a key
// under which nothing is believed.
const KEPT_KEYS = 1024
const keys = new Map<string, KeyObject | null>()

/**
 * True where the signature is the did's over exactly these bytes. False for any other signature,
 * one of a wrong size, and under a key that is no point on the curve or one of small order included.
 *
 * @throws `ERR_IDENTITY_DID` where `did` is no Ed25519 `did:key`.
 */
export function verifySignature(did: string, bytes: Uint8Array, signature: Uint8Array): boolean {
  const key = keyOf(did)
  if (key === null || !isStrong(signature)) return false
  return verify(null, bytes, key, signature)
}

/** False for a signature of a wrong size, or one that begins with a point that proves nothing. */
export function isStrong(signature: Uint8Array): boolean {
  return signature.length === SIGNATURE_BYTES && !isWeakPoint(signature.subarray(0, 32))
}

/** The key to verify with; null for a weak one. */
export function keyOf(did: string): KeyObject | null {
  const kept = keys.get(did)
  if (kept !== undefined) return kept
  const publicKey = publicKeyOfDid(did)
  const x = Buffer.from(publicKey).toString('base64url')
  const key = isWeakPoint(publicKey)
    ? null
    : createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  if (keys.size >= KEPT_KEYS) {
    const oldest = keys.keys().next()
    if (!oldest.done) keys.delete(oldest.value)
  }
  keys.set(did, key)
  return key
}
