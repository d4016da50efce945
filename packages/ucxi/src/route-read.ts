import { StoreError, type StoredVersion } from '@bzzz/context-store'
import { OVERHEAD_BYTES } from '@bzzz/identity/contents'
import { TemporalError, type VersionEntry } from '@bzzz/temporal-nav'
import { keyOf, type Address } from '@bzzz/ucxl-address'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import { ENTRY_TYPE } from './body.ts'
import { evaluate } from './conditions.ts'
import type { Handler, ServerContext } from './context.ts'
import { toHttpDate } from './http-date.ts'
import { linksOfMemento, linksOfOriginal } from './memento.ts'
import { rangeOf } from './range.ts'
import { addressAt, addressOf, queryOf, timeOf } from './request.ts'
import { saidOf, type Said } from './said.ts'
import { send, sendPlain, sendText, vary } from './send.ts'
import type { Marked } from './trust.ts'
import type { OpenVersion, Ucxi } from './ucxi.ts'
import { entryOf } from './views.ts'

/** An entry is one JSON text in memory: past this, the bytes are to be read as bytes. */
const MAX_ENTRY_BYTES = 16 * 1024 * 1024
const FIXED = 'max-age=31536000, immutable'

/** GET and HEAD of an address. */
export function readRoute(context: ServerContext): Handler {
  return async (request, reply) => {
    const ucxi = context.ucxiOf(request)
    const base = context.baseOf(request)
    const query = queryOf(request, 'get')
    const address = addressAt(addressOf(request), query.at)
    const signal = context.signalOf(request)
    const validAt = query.valid_at === undefined ? undefined : timeOf(query.valid_at)
    const options = validAt === undefined ? { signal } : { signal, validAt }
    let opened: OpenVersion
    try {
      opened = await ucxi.open(address, options)
    } catch (error) {
      await explainGone(error, { ucxi, base, address, reply })
      throw error
    }
    const { version } = opened
    const original = address.temporal.kind === 'latest' && validAt === undefined
    const personal = context.grantOf(request) !== undefined || isEncrypted(version)
    const said = saidOf(version, base)
    const link = original
      ? said.link
      : await mementoLinks(ucxi, base, { key: version.record.key, entry: entryIn(version) })
    describe(reply.header('link', link), opened, { said, address, personal })
    if (!original) reply.header('memento-datetime', toHttpDate(Date.parse(version.record.time)))
    return wantsEntry(request)
      ? sendEntry({ ucxi, request, reply, opened })
      : sendBytes({ ucxi, request, reply, opened, said, signal })
  }
}

interface Exchange {
  readonly ucxi: Ucxi
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly opened: OpenVersion
}

function sendBytes({
  ucxi,
  request,
  reply,
  opened,
  said,
  signal,
}: Exchange & { readonly said: Said; readonly signal: AbortSignal }):
  | FastifyReply
  | Promise<FastifyReply> {
  const { version } = opened
  const { content, content_type: type } = version.record
  const size = plainSizeOf(version)
  const tag = content ?? ''
  if (isAnswered(request, reply, tag)) return reply
  reply.header('accept-ranges', 'bytes')
  // The id is that of the bytes as they are kept: of a ciphertext it says nothing of what is sent.
  if (!version.record.encryption) reply.header('repr-digest', said.digest)
  const contentType = type ?? 'application/octet-stream'
  const { etag } = said
  const range =
    request.headers.range === undefined ? undefined : rangeIn(request, reply, { etag, size })
  if (!range) {
    const open = () => opened.content ?? ucxi.read(version, { signal })
    return send(request, reply, { contentType, size, tag, open })
  }
  const { start, end } = range
  reply
    .code(206)
    .header('content-type', contentType)
    .header('etag', etag)
    .header('content-range', `bytes ${start}-${end - 1}/${size}`)
  if (request.method === 'HEAD') return reply.header('content-length', end - start).send()
  const source = ucxi.read(version, { start, end, signal })
  return source.then((bytes) => sendPlain(reply, bytes, end - start))
}

async function sendEntry({ ucxi, request, reply, opened }: Exchange): Promise<FastifyReply> {
  const { version } = opened
  if (isAnswered(request, reply, version.id)) return reply
  const { size } = version.record
  if (size > MAX_ENTRY_BYTES) {
    throw new StoreError(
      'ERR_STORE_CONTENT_TOO_LARGE',
      `Expected a content of at most ${MAX_ENTRY_BYTES} bytes for an entry, got ${size}: read it without the Accept header`,
    )
  }
  const source = opened.content ?? (await ucxi.read(version))
  const pieces: Uint8Array[] = []
  if (source instanceof Uint8Array) pieces.push(source)
  else for await (const piece of source) pieces.push(piece)
  const text = JSON.stringify(entryOf(version, Buffer.concat(pieces)))
  return sendText(request, reply, { contentType: ENTRY_TYPE, text, tag: version.id })
}

/** True where the conditions of the request leave nothing to send. @throws `ERR_STORE_CONFLICT`. */
function isAnswered(request: FastifyRequest, reply: FastifyReply, tag: string): boolean {
  const { headers } = request
  if (headers['if-match'] === undefined && headers['if-none-match'] === undefined) return false
  switch (evaluate(headers, tag)) {
    case 'not modified':
      reply.code(304).header('etag', `"${tag}"`).send()
      return true
    case 'failed':
      throw new StoreError(
        'ERR_STORE_CONFLICT',
        `Expected ${headers['if-match'] ?? ''}, it is "${tag}"`,
      )
    case 'send':
      return false
  }
}

function rangeIn(
  request: FastifyRequest,
  reply: FastifyReply,
  { etag, size }: { readonly etag: string; readonly size: number },
): ReturnType<typeof rangeOf> {
  try {
    return rangeOf(request.headers as Parameters<typeof rangeOf>[0], { etag, size })
  } catch (error) {
    reply.header('content-range', `bytes */${size}`)
    throw error
  }
}

interface Described {
  readonly said: Said
  readonly address: Address
  readonly personal: boolean
}

/** Says of a version what there is to say besides its bytes. */
function describe(
  reply: FastifyReply,
  { version, fresh }: OpenVersion,
  { said, address: { temporal }, personal }: Described,
): void {
  const fixed = temporal.kind === 'version' || temporal.kind === 'forward'
  vary(reply, personal ? 'accept, authorization' : 'accept')
  reply
    .header('cache-control', fixed ? `${personal ? 'private' : 'public'}, ${FIXED}` : 'no-cache')
    .header('content-location', said.location)
    .header('ucxl-address', said.address)
    .header('ucxl-recorded', version.record.time)
    // What another party wrote is never run as a page of this node.
    .header('content-security-policy', "sandbox; default-src 'none'")
  const trust = trustIn(version)
  if (trust !== undefined) reply.header('ucxl-trust', trust)
  if (!fresh) reply.header('warning', '110 - "The mesh could not be asked"')
}

/** How far the signer is known, on bytes too: a name by first use is never shown as a certified one. */
function trustIn({ trust }: StoredVersion & Marked): string | undefined {
  if (!trust) return undefined
  const since = trust.revoked_since === undefined ? '' : `; revoked-since=${trust.revoked_since}`
  return `${trust.status}; by=${trust.by}${since}`
}

function wantsEntry({ headers: { accept } }: FastifyRequest): boolean {
  if (accept === undefined || !accept.includes('json')) return false
  const headers = { accept: accept.slice(0, 1024) }
  // Plain JSON is what a context may hold itself: only the entry's own type asks for the entry.
  return (
    new Negotiator({ headers }).mediaTypes([ENTRY_TYPE, '*/*'])[0] === ENTRY_TYPE &&
    accept.includes(ENTRY_TYPE)
  )
}

function isEncrypted({ record }: StoredVersion): boolean {
  return record.encryption !== undefined
}

/** Bytes of the content as its readers see it: the ciphertext is longer by as much each time. */
function plainSizeOf({ record: { size, encryption } }: StoredVersion): number {
  return encryption ? size - OVERHEAD_BYTES : size
}

function entryIn({ record: { version, time, content } }: StoredVersion): VersionEntry {
  return { version, time: Date.parse(time), content }
}

async function mementoLinks(
  ucxi: Ucxi,
  base: string,
  { key, entry }: { readonly key: string; readonly entry: VersionEntry },
): Promise<string> {
  const around = await ucxi.around(key, entry.version)
  return linksOfMemento(base, { key, entry, around })
}

/** A deletion is a state of its context too: it says where the others are (RFC 7089, 4.5.2, 4.5.5). */
async function explainGone(
  error: unknown,
  {
    ucxi,
    base,
    address,
    reply,
  }: { ucxi: Ucxi; base: string; address: Address; reply: FastifyReply },
): Promise<void> {
  if (!TemporalError.is(error)) return
  const key = keyOf(address)
  if (error.code === 'ERR_TEMPORAL_OUT_OF_RANGE') reply.header('link', linksOfOriginal(base, key))
  if (!TemporalError.is(error, 'ERR_TEMPORAL_GONE')) return
  const { tombstone } = error.details
  if (address.temporal.kind === 'latest') {
    reply.header('link', linksOfOriginal(base, key))
    return
  }
  reply
    .header('memento-datetime', toHttpDate(tombstone.time))
    .header('link', await mementoLinks(ucxi, base, { key, entry: tombstone }))
}
