import type { FastifyReply, FastifyRequest } from 'fastify'

// For pages of origins that the server was told of. Nobody else is told anything.

const EXPOSED = [
  'accept-query',
  'content-location',
  'content-range',
  'etag',
  'idempotency-replayed',
  'link',
  'location',
  'memento-datetime',
  'repr-digest',
  'retry-after',
  'ucxl-address',
  'ucxl-recorded',
  'www-authenticate',
].join(', ')
const ACCEPTED = [
  'accept',
  'accept-datetime',
  'authorization',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'if-range',
  'last-event-id',
  'range',
  'repr-digest',
].join(', ')
const MAX_AGE_SECONDS = 600

export function allowOrigin(
  { headers: { origin } }: FastifyRequest,
  reply: FastifyReply,
  origins: readonly string[],
): void {
  if (origins.length === 0) return
  reply.header('vary', 'origin')
  if (origin === undefined || !origins.includes(origin)) return
  reply
    .header('access-control-allow-origin', origin)
    .header('access-control-expose-headers', EXPOSED)
}

/** What an OPTIONS request is told, beside `Allow`. */
export function preflight(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  methods: readonly string[],
): void {
  if (headers['access-control-request-method'] === undefined) return
  if (reply.getHeader('access-control-allow-origin') === undefined) return
  reply
    .header('access-control-allow-methods', methods.join(', '))
    .header('access-control-allow-headers', ACCEPTED)
    .header('access-control-max-age', String(MAX_AGE_SECONDS))
}
