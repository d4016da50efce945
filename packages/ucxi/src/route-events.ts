import type { ServerResponse } from 'node:http'
import type { Change } from '@bzzz/context-store'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Handler, ServerContext } from './context.ts'
import { UcxiError } from './errors.ts'
import { eventText } from './event-text.ts'
import { queryOf } from './request.ts'
import type { SubscribeOptions, Subscription } from './ucxi.ts'

/** After how many milliseconds a client is to come back when the stream was cut. */
const RETRY_MS = 1000

/** Server-Sent Events: what changes, with ids to go on from. */
export function eventsRoute(context: ServerContext): Handler {
  return async (request, reply) => {
    const options = subscriptionOf(request)
    const headers = {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      // Nothing follows a stream on its connection.
      connection: 'close',
    }
    if (request.method === 'HEAD') return reply.headers(headers).send()
    const leave = context.admitSubscriber(context.clientOf(request))
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    const signal = AbortSignal.any([gone.signal, context.closing])
    try {
      const subscription = await context.ucxiOf(request).subscribe({ ...options, signal })
      const raw = begin(reply, headers)
      raw.write(`retry: ${RETRY_MS}\nid: ${subscription.position}\n\n`)
      const beat = setInterval(() => {
        // Who is still busy with what it was sent needs no sign of life.
        if (!raw.writableNeedDrain) raw.write(`: heartbeat\nid: ${subscription.position}\n\n`)
      }, context.limits.heartbeatMs)
      try {
        await pump(subscription, raw, signal)
      } finally {
        clearInterval(beat)
        raw.end()
      }
      return await reply
    } finally {
      leave()
    }
  }
}

/**
 * What a request wants to be told of. Where to go on from comes as a header, from clients that come
 * back, or in the query, from those that cannot set one.
 *
 * @throws `ERR_UCXI_REQUEST`.
 */
export function subscriptionOf(
  request: Pick<FastifyRequest, 'originalUrl' | 'headers'>,
): SubscribeOptions {
  const { pattern, last_event_id: first } = queryOf(request, 'subscribe')
  const header = request.headers['last-event-id']
  if (header !== undefined && !/^\d{1,15}$/.test(String(header))) {
    throw new UcxiError(
      'ERR_UCXI_REQUEST',
      'Expected the id of an event in Last-Event-ID, such as 42',
    )
  }
  const after = header === undefined ? first : Number(header)
  return {
    ...(pattern === undefined ? {} : { pattern }),
    ...(after === undefined ? {} : { after }),
  }
}

const frames = new WeakMap<Change, Buffer>()

/** One event as bytes: made once, however many read along. */
function frameOf(change: Change): Buffer {
  let frame = frames.get(change)
  if (!frame) {
    frame = Buffer.from(`id: ${change.sequence}\nevent: version\ndata: ${eventText(change)}\n\n`)
    frames.set(change, frame)
  }
  return frame
}

/** Sends no more than what the other end takes: the subscription waits, and keeps its place. */
async function pump(
  subscription: Subscription,
  raw: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  for await (const lot of subscription) {
    if (signal.aborted) return
    const [first] = lot
    const bytes =
      lot.length === 1 && first
        ? frameOf(first)
        : Buffer.concat(lot.map((change) => frameOf(change)))
    if (!raw.write(bytes)) await drained(raw, signal)
  }
}

async function drained(raw: ServerResponse, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resume) => {
    const done = (): void => {
      raw.off('drain', done)
      signal.removeEventListener('abort', done)
      resume()
    }
    raw.once('drain', done)
    signal.addEventListener('abort', done, { once: true })
  })
}

/** Takes the answer over from fastify, with the headers that were set before. */
function begin(reply: FastifyReply, headers: Readonly<Record<string, string>>): ServerResponse {
  const before = reply.getHeaders()
  reply.hijack()
  // It ends with its connection: chunks would be two more writes for each event.
  reply.raw.removeHeader('transfer-encoding')
  reply.raw.writeHead(200, { ...(before as Record<string, string>), ...headers })
  return reply.raw
}
