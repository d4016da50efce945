import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Grant } from './authorize.ts'
import type { IdempotencyKeys } from './idempotency.ts'
import type { Limits } from './limits.ts'
import type { Names } from './origin.ts'
import type { Ucxi } from './ucxi.ts'

/** A request of fastify, or a bare one. */
interface HasRaw {
  readonly raw: IncomingMessage
}

/** What all routes of one server share. */
export interface ServerContext {
  readonly limits: Limits
  readonly names: Names
  readonly idempotency: IdempotencyKeys
  /** Writes have to say on what they build. */
  readonly requireConditions: boolean
  /** Aborted when the server closes: for streams that would not end by themselves. */
  readonly closing: AbortSignal
  /** The operations, as far as this request may use them. */
  ucxiOf(request: HasRaw): Ucxi
  /** Undefined where nobody is asked for a token. */
  grantOf(request: HasRaw): Grant | undefined
  /** Who asks, for bounds: a principal, or an IP address. */
  clientOf(request: HasRaw): string
  /** Finds out what a request may do, where that matters. @throws `ERR_UCXI_UNAUTHORIZED`. */
  authorize(raw: IncomingMessage): Promise<void>
  /** `http://127.0.0.1:8080`: what links begin with. */
  baseOf(request: HasRaw): string
  /** Aborted when nobody is left to take the answer. */
  signalOf(request: HasRaw): AbortSignal
  /** Counts an event stream in. @throws `ERR_UCXI_BUSY`, `ERR_UCXI_TOO_MANY`. @returns what counts it out. */
  admitSubscriber(client: string): () => void
}

/** A handler of fastify. */
export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
