import { Readable } from 'node:stream'
import type { ContentSource } from '@bzzz/context-store'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { codingOf, compress, isCompressible, type Coding } from './compression.ts'

/** What is sent as the body of an answer, whose other headers stand already. */
export interface Body {
  readonly contentType: string
  /** Bytes, before any coding. */
  readonly size: number
  /** The ETag without quotes; absent for what has none. */
  readonly tag?: string
  /** Called where the bytes are sent: not for HEAD. */
  readonly open: () => ContentSource | Promise<ContentSource>
}

/** Sends a body, compressed where the client takes that and it gains. */
export function send(
  request: FastifyRequest,
  reply: FastifyReply,
  { contentType, size, tag, open }: Body,
): FastifyReply | Promise<FastifyReply> {
  const coding = codingOf(request.headers['accept-encoding'], { contentType, size })
  reply.header('content-type', contentType)
  if (isCompressible(contentType)) vary(reply, 'accept-encoding')
  if (tag !== undefined) reply.header('etag', coding ? `"${tag}-${coding}"` : `"${tag}"`)
  if (coding) {
    reply.header('content-encoding', coding)
    reply.removeHeader('repr-digest')
  }
  if (request.method === 'HEAD') {
    if (!coding) reply.header('content-length', size)
    return reply.send()
  }
  const source = open()
  // What is at hand waits for nothing: most answers are such.
  if (!coding && source instanceof Uint8Array) return sendPlain(reply, source, size)
  return sendOpened(reply, { source, size, coding })
}

async function sendOpened(
  reply: FastifyReply,
  { source, size, coding }: Opened,
): Promise<FastifyReply> {
  const opened = await source
  if (coding) return reply.send(await compress(opened, coding))
  return sendPlain(reply, opened, size)
}

interface Opened {
  readonly source: ContentSource | Promise<ContentSource>
  readonly size: number
  readonly coding: Coding | undefined
}

/** Sends bytes as they are. */
export function sendPlain(reply: FastifyReply, source: ContentSource, size: number): FastifyReply {
  if (source instanceof Uint8Array) {
    return reply.send(Buffer.from(source.buffer, source.byteOffset, source.byteLength))
  }
  reply.header('content-length', size)
  return reply.send(Readable.from(source, { objectMode: false }))
}

/** Sends JSON, or another text. */
export async function sendText(
  request: FastifyRequest,
  reply: FastifyReply,
  { contentType, text, tag }: { contentType: string; text: string; tag?: string },
): Promise<FastifyReply> {
  const bytes = Buffer.from(text)
  const body = { contentType, size: bytes.length, open: () => bytes }
  return send(request, reply, tag === undefined ? body : { ...body, tag })
}

export async function sendJson(
  request: FastifyRequest,
  reply: FastifyReply,
  value: unknown,
): Promise<FastifyReply> {
  return sendText(request, reply, {
    contentType: 'application/json; charset=utf-8',
    text: JSON.stringify(value),
  })
}

/** Adds to what the answer depends on: that of origins stands there before a route is reached. */
export function vary(reply: FastifyReply, field: string): void {
  const before = reply.getHeader('vary')
  reply.header('vary', before === undefined ? field : `${String(before)}, ${field}`)
}
