import { createHash, hash } from 'node:crypto'
import { StoreError } from '@bzzz/context-store'

/** What each letter of base32 stands for. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
const BASE32 = new Uint8Array(128)
for (let value = 0; value < ALPHABET.length; value++) BASE32[ALPHABET.charCodeAt(value)] = value
/** In a content id: a letter for base32, and four bytes that say CIDv1, raw, sha2-256, 32 bytes. */
const HEAD_BYTES = 4

/** The SHA-256 that a content id is made of, as a `Repr-Digest` field has it (RFC 9530). */
export function digestOf(contentId: string): string {
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + 32)
  let bits = 0
  let value = 0
  let length = 0
  for (let place = 1; place < contentId.length; place++) {
    value = ((value << 5) | (BASE32[contentId.charCodeAt(place)] ?? 0)) & 0xfff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes[length++] = value >>> bits
    }
  }
  return `sha-256=:${bytes.toString('base64', HEAD_BYTES, length)}:`
}

/** The digest that a request promises its bytes to have; undefined where it names none that is known. */
export function promised(headers: NodeJS.Dict<string | string[]>): string | undefined {
  const { 'repr-digest': whole, 'content-digest': sent } = headers
  if (whole === undefined && sent === undefined) return undefined
  return /(?:^|[\s,])sha-256=:([A-Za-z0-9+/]{43}=):/.exec(`${String(whole)},${String(sent)}`)?.[1]
}

/**
 * Passes bytes on, and ends in an error where they are not those that were promised: nothing is kept.
 *
 * @throws `ERR_STORE_CONTENT_MISMATCH`.
 */
export async function* checked(
  source: AsyncIterable<Uint8Array>,
  digest: string,
): AsyncGenerator<Uint8Array> {
  const sum = createHash('sha256')
  for await (const piece of source) {
    sum.update(piece)
    yield piece
  }
  assertDigest(sum.digest('base64'), digest)
}

/** As {@link checked}, for bytes that are all here. */
export function assertBytes(bytes: Uint8Array, digest: string): void {
  assertDigest(hash('sha256', bytes, 'base64'), digest)
}

function assertDigest(actual: string, digest: string): void {
  if (actual === digest) return
  throw new StoreError(
    'ERR_STORE_CONTENT_MISMATCH',
    `Expected bytes with the SHA-256 ${digest}, got ${actual}: they were changed on the way`,
  )
}
