import type { ServerResponse } from 'node:http'
import { compilePattern } from '@bzzz/ucxl-address'
import type { FastifyReply } from 'fastify'
import { readPattern } from './addresses.ts'
import type { Call, Handlers, ServerContext } from './context.ts'
import { SlurpError } from './errors.ts'
import type { StoredDecision } from './storage.ts'
import { decisionOf, viewOf } from './views.ts'

/** After how many milliseconds a client is to come back when the stream was cut. */
const RETRY_MS = 1000
const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
  // Nothing follows a stream on its connection.
  connection: 'close',
} as const

/** Server-Sent Events: what is accepted, with ids to go on from. */
export function eventsRoutes(context: ServerContext): Handlers<'events'> {
  return {
    async events(call) {
      const { reply, signal } = call
      const isWanted = filterOf(call.query)
      const after = positionOf(call) ?? (await context.slurp.counts({ signal })).position
      const leave = context.subscribers.enter()
      try {
        const raw = begin(reply)
        let position = after
        raw.write(`retry: ${RETRY_MS}\nid: ${position}\n\n`)
        const beat = setInterval(() => {
          // Who is still busy with what it was sent needs no sign of life.
          if (!raw.writableNeedDrain) raw.write(`: heartbeat\nid: ${position}\n\n`)
        }, context.limits.heartbeatMs)
        try {
          for await (const lot of context.slurp.follow({ after, signal })) {
            const frames = lot.filter(isWanted).map(frameOf)
            // What was read, and is not in there, is not for this client.
            position = lot.at(-1)?.sequence ?? position
            if (frames.length > 0 && !raw.write(frames.join(''))) await drained(raw, signal)
            if (signal.aborted) break
          }
        } finally {
          clearInterval(beat)
          raw.end()
        }
        return undefined
      } finally {
        leave()
      }
    },
  }
}

type Query = Call<'events'>['query']

function filterOf({ pattern, type }: Query): (stored: StoredDecision) => boolean {
  const compiled = pattern === undefined ? undefined : compilePattern(readPattern(pattern))
  return (stored) =>
    (compiled?.testKey(stored.key) ?? true) &&
    (type?.includes(decisionOf(stored).decision_type) ?? true)
}

/** Where to go on: as a header, from clients that come back, or in the query. */
function positionOf({
  request,
  query,
}: Pick<Call<'events'>, 'request' | 'query'>): number | undefined {
  const header = request.headers['last-event-id']
  if (header === undefined) return query.last_event_id
  if (/^\d{1,15}$/.test(String(header))) return Number(header)
  throw new SlurpError(
    'ERR_SLURP_REQUEST',
    'Expected the id of an event in Last-Event-ID, such as 42',
  )
}

function frameOf(stored: StoredDecision): string {
  return `id: ${stored.sequence}\nevent: decision\ndata: ${JSON.stringify(viewOf(stored))}\n\n`
}

/** Takes the answer over from fastify, with the headers that were set before. */
function begin(reply: FastifyReply): ServerResponse {
  const before = reply.getHeaders() as Record<string, string>
  reply.hijack()
  reply.raw.writeHead(200, { ...before, ...HEADERS })
  return reply.raw
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
