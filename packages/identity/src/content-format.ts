import { createCipheriv, createDecipheriv, hash, type KeyObject } from 'node:crypto'
import { IdentityError } from './errors.ts'

/*
 * An encrypted content, byte by byte:
 *
 *   8   89 42 5a 5a 5a 45 01 0a: a byte that is no text, `BZZZE`, the version of the format, a line feed
 *   32  id of the content key: SHA-256 of `bzzz content key v1`, a zero byte, and the key
 *   12  nonce, random
 *   n   ciphertext, as long as the content (AES-256-GCM, NIST SP 800-38D)
 *   16  tag
 *
 * The additional data are the first 40 bytes and the key of the context in UTF-8: a content that is
 * moved to another address, or put under another key's id, does not open.
 */
const MAGIC = Uint8Array.of(0x89, 0x42, 0x5a, 0x5a, 0x5a, 0x45, 0x01, 0x0a)
const ID_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEAD_BYTES = MAGIC.length + ID_BYTES
const BODY_AT = HEAD_BYTES + NONCE_BYTES

/** Bytes that an encrypted content has more than the content itself. */
export const OVERHEAD_BYTES = BODY_AT + TAG_BYTES

/** AES-256-GCM under a content key, in the format above. */
export const METHOD = 'aes-256-gcm'

/** A content key at hand. */
export interface ContentKey {
  /** Base64url of its 32 bytes of id. */
  readonly id: string
  /** The first 40 bytes of everything that is encrypted under it. */
  readonly head: Uint8Array
  readonly key: KeyObject
}

/** Commits to the key: two keys do not have one id, and a wrong key is known by it. */
export function contentKeyId(key: Uint8Array): string {
  const whole = Buffer.concat([Buffer.from('bzzz content key v1\0'), key])
  const id = hash('sha256', whole, 'base64url')
  whole.fill(0)
  return id
}

export function headOf(id: string): Uint8Array {
  return Buffer.concat([MAGIC, Buffer.from(id, 'base64url')])
}

/** True where the bytes begin as an encrypted content does. */
export function isSealed(bytes: Uint8Array): boolean {
  return bytes.length >= MAGIC.length && MAGIC.every((byte, place) => byte === bytes[place])
}

/** The id of the key that the bytes say they are under; undefined where they are too short. */
export function sealedUnder(bytes: Uint8Array): string | undefined {
  if (bytes.length < OVERHEAD_BYTES) return undefined
  return Buffer.from(bytes.subarray(MAGIC.length, HEAD_BYTES)).toString('base64url')
}

export function encrypt(
  { key, head }: ContentKey,
  contextKey: string,
  nonce: Uint8Array,
  bytes: Uint8Array,
): Uint8Array {
  const cipher = createCipheriv(METHOD, key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(additionalData(head, contextKey))
  const body = cipher.update(bytes)
  cipher.final()
  return Buffer.concat([head, nonce, body, cipher.getAuthTag()])
}

/** @throws `ERR_IDENTITY_CONTENT` where the tag does not hold. */
export function decrypt(
  { key, head }: ContentKey,
  contextKey: string,
  bytes: Uint8Array,
): Uint8Array {
  const nonce = bytes.subarray(HEAD_BYTES, BODY_AT)
  const decipher = createDecipheriv(METHOD, key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(additionalData(head, contextKey))
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES))
  const body = decipher.update(bytes.subarray(BODY_AT, bytes.length - TAG_BYTES))
  try {
    decipher.final()
  } catch {
    body.fill(0)
    throw new IdentityError(
      'ERR_IDENTITY_CONTENT',
      `The encrypted content does not belong to ${contextKey}, or was changed`,
    )
  }
  return body
}

function additionalData(head: Uint8Array, contextKey: string): Uint8Array {
  return Buffer.concat([head, Buffer.from(contextKey)])
}
