import { sha256 } from './sha256.ts'

const DIGITS = new TextEncoder().encode('abcdefghijklmnopqrstuvwxyz234567')
// CIDv1, codec raw (0x55), sha2-256 (0x12) of 32 bytes.
const HEAD = [0x01, 0x55, 0x12, 0x20]

/** The content id of some bytes: CIDv1, codec raw, sha2-256, in base32. */
export function contentIdOf(bytes: Uint8Array): string {
  return `b${base32([...HEAD, ...sha256(bytes)])}`
}

/** RFC 4648, in lower case, without padding. */
function base32(bytes: readonly number[]): string {
  const digits: number[] = []
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) digits.push(DIGITS[(held >>> (bits - 5)) & 31] as number)
    held &= 31
  }
  if (bits > 0) digits.push(DIGITS[(held << (5 - bits)) & 31] as number)
  return String.fromCharCode(...digits)
}
