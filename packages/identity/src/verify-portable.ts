import { Point } from '@noble/ed25519'
import { sha512 } from '@noble/hashes/sha2.js'
import { publicKeyOfDid } from './public-key.ts'
import { isWeakPoint } from './weak-point.ts'

const ORDER = Point.CURVE().n

/**
 * As `verifySignature` of the root entry, without Node and about ten times slower.
 *
 * The equation is that of RFC 8032, section 5.1.7, without the cofactor, as OpenSSL has it: the
 * library's own function multiplies by it, and would believe a few signatures that Node does not.
 *
 * @throws `ERR_IDENTITY_DID` where `did` is no Ed25519 `did:key`.
 */
export function verifySignature(did: string, bytes: Uint8Array, signature: Uint8Array): boolean {
  const publicKey = publicKeyOfDid(did)
  const r = signature.subarray(0, 32)
  if (signature.length !== 64 || isWeakPoint(publicKey) || isWeakPoint(r)) return false
  const s = toNumber(signature.subarray(32))
  if (s >= ORDER) return false
  let key: Point
  try {
    key = Point.fromBytes(publicKey)
  } catch {
    return false
  }
  const hash = sha512.create().update(r).update(publicKey).update(bytes)
  const k = toNumber(hash.digest()) % ORDER
  const expected = Point.BASE.multiply(s, false).subtract(key.multiply(k, false)).toBytes()
  return expected.every((byte, place) => byte === r[place])
}

/** Little-endian, as all numbers in RFC 8032. */
function toNumber(bytes: Uint8Array): bigint {
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
  return BigInt(`0x${digits.toReversed().join('')}`)
}
