import { createHash, hash } from 'node:crypto'

// CIDv1 in binary begins with its version, the codec `raw` (0x55), and the multihash sha2-256 (0x12) of
// 32 bytes (0x20). In multibase base32 these four bytes fill six characters and two bits of the seventh,
// after a `b`: that text never changes, and the two bits are zero.
const HEAD = 'bafkrei'
const HEAD_BITS = 2
const TEXT = /^bafkrei[a-z2-7]{52}$/
// RFC 4648 base32 in lower case, without padding.
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
/** The two characters of each ten bits. */
const PAIRS = Array.from(
  { length: 1024 },
  (_, bits) => `${ALPHABET[bits >> 5] ?? ''}${ALPHABET[bits & 31] ?? ''}`,
)

/** The content id of some bytes: CIDv1, codec `raw`, SHA2-256, in base32. */
export function contentIdOf(bytes: Uint8Array): string {
  // A digest as a text needs no memory outside of the heap, which takes longer to get than to fill.
  return textOf(hash('sha256', bytes, 'binary'))
}

/** {@link contentIdOf} for the bytes of a text in UTF-8. */
export function contentIdOfText(text: string): string {
  return textOf(hash('sha256', text, 'binary'))
}

/** {@link contentIdOf} for bytes that come in pieces. */
export function createContentHash(): { add(piece: Uint8Array): void; id(): string } {
  const sha256 = createHash('sha256')
  return {
    add: (piece) => {
      sha256.update(piece)
    },
    id: () => textOf(sha256.digest('binary')),
  }
}

/** True for the text of a content id as {@link contentIdOf} writes it. */
export function isContentId(text: string): boolean {
  return TEXT.test(text)
}

/**
 * Ids are made for every record and content: a general encoder would take a tenth of a write.
 *
 * @param digest a character for each byte.
 */
function textOf(digest: string): string {
  let text = HEAD
  let bits = HEAD_BITS
  let value = 0
  for (let place = 0; place < digest.length; place++) {
    value = ((value & 0x3ff) << 8) | digest.charCodeAt(place)
    bits += 8
    if (bits < 10) continue
    bits -= 10
    text += PAIRS[(value >> bits) & 0x3ff]
  }
  return text + PAIRS[(value << (10 - bits)) & 0x3ff]
}
