import { blake2s } from '@noble/hashes/blake2.js'
import { bech32 } from '@scure/base'
import { IdentityError } from './errors.ts'
import { requirePublicKey } from './public-key.ts'

/** The two chains on which a key has an address: Alpha (`ax1…`) and Delta (`dx1…`). */
export type Chain = 'ax' | 'dx'

/** What an address on a chain says. */
export interface ChainAddress {
  readonly chain: Chain
  /** BLAKE2s-256 of the Ed25519 public key, 32 bytes. The caller owns them. */
  readonly hash: Uint8Array
}

// Two letters, `1`, 52 characters for 32 bytes, and a checksum of 6 (BIP-173): no other number of bytes
// makes a text of this length.
const ADDRESS_CHARACTERS = 61

/**
 * The Alpha chain address of a public key: Bech32 (BIP-173) with the prefix `ax` over the whole
 * BLAKE2s-256 hash (RFC 7693) of its 32 bytes. @throws `ERR_IDENTITY_KEY`.
 */
export function axAddressOf(publicKey: Uint8Array): string {
  return bech32.encodeFromBytes('ax', hashOf(publicKey))
}

/** The Delta chain address of a public key: as {@link axAddressOf}, with the prefix `dx`. */
export function dxAddressOf(publicKey: Uint8Array): string {
  return bech32.encodeFromBytes('dx', hashOf(publicKey))
}

/**
 * Reads an `ax1…` or `dx1…` address; all of it in upper case is the same address (BIP-173).
 *
 * @throws `ERR_IDENTITY_ADDRESS` for a wrong prefix, length, character, case or checksum.
 */
export function parseChainAddress(text: string): ChainAddress {
  if (text.length === ADDRESS_CHARACTERS) {
    const decoded = bech32.decodeUnsafe(text)
    const bytes = decoded && bech32.fromWordsUnsafe(decoded.words)
    const chain = decoded?.prefix.toLowerCase()
    if (bytes && (chain === 'ax' || chain === 'dx')) {
      return Object.freeze({ chain, hash: Uint8Array.from(bytes) })
    }
  }
  throw new IdentityError(
    'ERR_IDENTITY_ADDRESS',
    `Expected an address such as ax1… or dx1… with ${ADDRESS_CHARACTERS} characters and a valid checksum, got ${JSON.stringify(text.slice(0, 80))}`,
  )
}

/** True for what {@link parseChainAddress} reads. */
export function isChainAddress(text: string): boolean {
  try {
    parseChainAddress(text)
    return true
  } catch {
    return false
  }
}

function hashOf(publicKey: Uint8Array): Uint8Array {
  return blake2s(requirePublicKey(publicKey))
}
