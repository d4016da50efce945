import { createHash, hash } from 'node:crypto'

// CIDv1 in binary: version, codec `raw` (0x55), multihash sha2-256 (0x12) of 32 bytes (0x20).
const HEAD = [0x01, 0x55, 0x12, 0x20]
// RFC 4648 base32 in lower case, without padding; multibase marks it with a `b`.
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
// The head fills six characters and two bits of the seventh: that text never changes.
const TEXT = /^bafkrei[a-z2-7]{52}$/

/** The content id of some bytes: CIDv1, codec `raw`, SHA2-256, in base32. */
export function contentIdOf(bytes: Uint8Array): string {
  return textOf(hash('sha256', bytes, 'buffer'))
}

/** {@link contentIdOf} for bytes that come in pieces. */
export function createContentHash(): { add(piece: Uint8Array): void; id(): string } {
  const sha256 = createHash('sha256')
  return {
    add: (piece) => {
      sha256.update(piece)
    },
    id: () => textOf(sha256.digest()),
  }
}

/** True for the text of a content id as {@link contentIdOf} writes it. */
export function isContentId(text: string): boolean {
  return TEXT.test(text)
}

/** Ids are made for every record and content: a general encoder would take a tenth of a write. */
function textOf(digest: Uint8Array): string {
  let text = 'b'
  let bits = 0
  let value = 0
  const take = (byte: number): void => {
    value = ((value & 0x1f) << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET[(value >> (bits - 5)) & 0x1f]
  }
  for (const byte of HEAD) take(byte)
  for (const byte of digest) take(byte)
  return bits > 0 ? text + ALPHABET[(value << (5 - bits)) & 0x1f] : text
}
