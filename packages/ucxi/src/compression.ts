import { Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream'
import { promisify } from 'node:util'
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib'
import type { ContentSource } from '@bzzz/context-store'
import Negotiator from 'negotiator'

export type Coding = 'br' | 'gzip'

// Below this, what is saved is less than what it costs.
const MIN_BYTES = 1024
const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }
/** Texts. What else there is, is compressed already, or is not known to gain. */
const COMPRESSIBLE =
  /^(?:text\/(?!event-stream)|(?:application|image)\/(?:[\w.-]+\+)?(?:json|xml|javascript|wasm|link-format|x-ndjson|yaml|svg)\b)/i

export function isCompressible(contentType: string | null): boolean {
  return COMPRESSIBLE.test(contentType ?? '')
}

/** How to encode what is sent; undefined for as it is. */
export function codingOf(
  acceptEncoding: string | undefined,
  { contentType, size }: { readonly contentType: string | null; readonly size: number },
): Coding | undefined {
  if (acceptEncoding === undefined || size < MIN_BYTES || !isCompressible(contentType)) {
    return undefined
  }
  const headers = { 'accept-encoding': acceptEncoding.slice(0, 256) }
  const accepted = new Negotiator({ headers }).encodings(['br', 'gzip', 'identity'])
  if (accepted[0] === 'identity') return undefined
  return accepted.includes('br') ? 'br' : accepted.includes('gzip') ? 'gzip' : undefined
}

export async function compress(source: ContentSource, coding: Coding): Promise<Buffer | Readable> {
  if (source instanceof Uint8Array) {
    return coding === 'br' ? promisify(brotliCompress)(source, QUALITY) : promisify(gzip)(source)
  }
  const coder: Transform = coding === 'br' ? createBrotliCompress(QUALITY) : createGzip()
  // The error, if there is one, comes out of the coder.
  pipeline(Readable.from(source, { objectMode: false }), coder, () => undefined)
  return coder
}
