import { base58btc } from 'multiformats/bases/base58'
import { IdentityError } from './errors.ts'

/** Bytes of an Ed25519 public key (RFC 8032). */
const PUBLIC_KEY_BYTES = 32

// Multicodec `ed25519-pub` (0xed) as a varint, in front of the key: did:key method, section 3.1.
const DID_PREFIX = Uint8Array.of(0xed, 0x01)
// Identity multihash of 36 bytes that hold the protobuf PublicKey { Type: Ed25519, Data: 32 bytes }:
// libp2p peer-id specification, "Ed25519 keys are inlined".
const PEER_ID_PREFIX = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20)

/** The `did:key:z6Mk…` of a public key. @throws `ERR_IDENTITY_KEY` where it has not 32 bytes. */
export function didOf(publicKey: Uint8Array): string {
  return `did:key:${base58btc.encode(prefixed(DID_PREFIX, publicKey))}`
}

/** The libp2p peer id (`12D3Koo…`). @throws `ERR_IDENTITY_KEY` where the key has not 32 bytes. */
export function peerIdOf(publicKey: Uint8Array): string {
  // A peer id is written in base58btc without the multibase letter.
  return base58btc.encode(prefixed(PEER_ID_PREFIX, publicKey)).slice(1)
}

/**
 * The public key that a `did:key` names.
 *
 * @throws `ERR_IDENTITY_DID` for anything that is not exactly one Ed25519 `did:key`.
 */
export function publicKeyOfDid(did: string): Uint8Array {
  // Both prefix and key have a fixed size, so every Ed25519 did:key has 56 characters.
  if (did.length === 56 && did.startsWith('did:key:z6Mk')) {
    const bytes = decodeBase58(did.slice('did:key:'.length))
    if (bytes?.length === 34 && bytes[0] === DID_PREFIX[0] && bytes[1] === DID_PREFIX[1]) {
      return bytes.subarray(DID_PREFIX.length)
    }
  }
  throw new IdentityError(
    'ERR_IDENTITY_DID',
    `Expected an Ed25519 did:key such as did:key:z6Mk…, got ${JSON.stringify(did.slice(0, 64))}`,
  )
}

function decodeBase58(text: string): Uint8Array | undefined {
  try {
    return base58btc.decode(text)
  } catch {
    return undefined
  }
}

function prefixed(prefix: Uint8Array, publicKey: Uint8Array): Uint8Array {
  requirePublicKey(publicKey)
  const bytes = new Uint8Array(prefix.length + publicKey.length)
  bytes.set(prefix)
  bytes.set(publicKey, prefix.length)
  return bytes
}

/** The same bytes. @throws `ERR_IDENTITY_KEY` where they are not 32. */
export function requirePublicKey(publicKey: Uint8Array): Uint8Array {
  if (publicKey.length === PUBLIC_KEY_BYTES) return publicKey
  throw new IdentityError(
    'ERR_IDENTITY_KEY',
    `Expected an Ed25519 public key of ${PUBLIC_KEY_BYTES} bytes, got ${publicKey.length}`,
  )
}
