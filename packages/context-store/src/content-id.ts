import { hash } from 'node:crypto'
import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'

// Multicodec numbers: the bytes as they are (`raw`), hashed with SHA2-256.
const RAW = 0x55
const SHA2_256 = 0x12
// CIDv1, raw, sha2-256 in base32: always 59 characters with this head.
const TEXT = /^bafkrei[a-z2-7]{52}$/

/** The content id of some bytes: CIDv1, codec `raw`, SHA2-256, in base32. */
export function contentIdOf(bytes: Uint8Array): string {
  const digest = hash('sha256', bytes, 'buffer')
  return CID.createV1(RAW, createDigest(SHA2_256, digest)).toString()
}

/** True for the text of a content id as {@link contentIdOf} writes it. */
export function isContentId(text: string): boolean {
  return TEXT.test(text)
}
