import type { IncomingMessage } from 'node:http'
import { StoreError, type ContentSource } from '@bzzz/context-store'
import { assertBytes, checked, promised } from './digest.ts'
import { UcxiError } from './errors.ts'
import { parseJson } from './json-body.ts'
import type { Limits } from './limits.ts'

/** Up to this many bytes, of a length that is told, a body is read whole: that is faster. */
const WHOLE_BYTES = 256 * 1024
export const ENTRY_TYPE = 'application/vnd.ucxl.entry+json'

/**
 * The bytes that a request carries, whole or in pieces as they come. They are held to the bounds, and
 * to the digest that the request promises.
 *
 * @throws `ERR_STORE_CONTENT_TOO_LARGE`, `ERR_UCXI_TIMEOUT`, `ERR_UCXI_MEDIA_TYPE` (encoded),
 *   `ERR_STORE_CONTENT_MISMATCH`.
 */
export async function contentOf(request: IncomingMessage, limits: Limits): Promise<ContentSource> {
  assertPlain(request)
  const length = Number(request.headers['content-length'] ?? Number.NaN)
  const max = limits.bodyBytes
  if (length > max) throw tooLarge(max, length)
  const digest = promised(request.headers)
  if (length <= WHOLE_BYTES) {
    const bytes = await whole(request, limits.stallMs, length)
    if (digest !== undefined) assertBytes(bytes, digest)
    return bytes
  }
  const source = pieces(request, { max, stallMs: limits.stallMs })
  return digest === undefined ? source : checked(source, digest)
}

/** The JSON that a request carries. @throws `ERR_UCXI_MEDIA_TYPE`, `ERR_UCXI_TOO_LARGE`, `ERR_UCXI_REQUEST`. */
export async function jsonOf(request: IncomingMessage, limits: Limits): Promise<unknown> {
  assertPlain(request)
  const type = request.headers['content-type'] ?? ''
  if (!/^application\/(?:[\w.-]+\+)?json *(?:;|$)/i.test(type)) {
    throw new UcxiError('ERR_UCXI_MEDIA_TYPE', 'Expected the header Content-Type: application/json')
  }
  const found: Uint8Array[] = []
  try {
    const bounds = { max: limits.jsonBytes, stallMs: limits.stallMs }
    for await (const piece of pieces(request, bounds)) found.push(piece)
  } catch (cause) {
    if (!(cause instanceof StoreError)) throw cause
    throw new UcxiError(
      'ERR_UCXI_TOO_LARGE',
      `Expected at most ${limits.jsonBytes} bytes of JSON`,
      {
        cause,
      },
    )
  }
  return parseJson(Buffer.concat(found).toString('utf8'), limits.jsonDepth)
}

/** What is encoded could be a thousand times as large as it comes: it is not decoded here. */
function assertPlain({ headers }: IncomingMessage): void {
  const coding = headers['content-encoding'] ?? 'identity'
  if (coding.toLowerCase() === 'identity') return
  throw new UcxiError(
    'ERR_UCXI_MEDIA_TYPE',
    `Expected a body as it is, without the Content-Encoding ${JSON.stringify(coding.slice(0, 40))}`,
  )
}

async function whole(request: IncomingMessage, stallMs: number, length: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const found: Buffer[] = []
  const stalled = setTimeout(() => reject(timeout(stallMs)), stallMs)
  request
    .on('data', (piece: Buffer) => {
      found.push(piece)
      stalled.refresh()
    })
    .once('end', () => resolve(found.length === 1 && found[0] ? found[0] : Buffer.concat(found)))
    .once('close', () => {
      // Before the end: the other side is gone.
      if (!request.readableEnded) reject(cutOff(undefined))
    })
  try {
    const bytes = await promise
    if (bytes.length === length) return bytes
    throw cutOff(undefined)
  } finally {
    clearTimeout(stalled)
  }
}

/** Pieces as they come, and never the socket's end: an error can still be answered. */
async function* pieces(
  request: IncomingMessage,
  { max, stallMs }: { readonly max: number; readonly stallMs: number },
): AsyncGenerator<Uint8Array> {
  const iterator = request.iterator({ destroyOnReturn: false })
  const stalled = Promise.withResolvers<never>()
  stalled.promise.catch(() => undefined)
  const timer = setTimeout(() => stalled.reject(timeout(stallMs)), stallMs)
  let size = 0
  try {
    for (;;) {
      const next = iterator.next()
      next.catch(() => undefined)
      // The race is over pieces of 64 KiB, not of bytes: what it costs does not count.
      const { done, value } = await Promise.race([next, stalled.promise])
      if (done) break
      timer.refresh()
      const piece = value as Uint8Array
      size += piece.length
      if (size > max) throw tooLarge(max, size)
      yield piece
      timer.refresh()
    }
  } catch (error) {
    throw error instanceof UcxiError || error instanceof StoreError ? error : cutOff(error)
  } finally {
    clearTimeout(timer)
  }
}

function tooLarge(max: number, size: number): StoreError {
  return new StoreError('ERR_STORE_CONTENT_TOO_LARGE', `Expected at most ${max} bytes, got ${size}`)
}

function timeout(stallMs: number): UcxiError {
  return new UcxiError(
    'ERR_UCXI_TIMEOUT',
    `Expected more of the body within ${stallMs} milliseconds, got nothing`,
  )
}

function cutOff(cause: unknown): UcxiError {
  return new UcxiError('ERR_UCXI_REQUEST', 'Expected the whole body, but it ended before', {
    cause,
  })
}
