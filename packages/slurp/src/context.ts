import type { Identity } from '@bzzz/identity'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Counter } from './counter.ts'
import type { Limits } from './limits.ts'
import type { Input, OperationName } from './operations.ts'
import type { Slurp } from './slurp.ts'

/** What all routes of one server share. */
export interface ServerContext {
  readonly slurp: Slurp
  readonly limits: Limits
  readonly now: () => number
  /** Who signs envelopes; undefined where nobody does. */
  readonly signer: Identity | undefined
  readonly subscribers: Counter
  /** Aborted when the server closes: for streams that would not end by themselves. */
  readonly closing: AbortSignal
}

/** A request whose parts were read, and where its answer goes. */
export interface Call<Name extends OperationName> {
  readonly params: Input<Name, 'params'>
  readonly query: Input<Name, 'query'>
  readonly body: Input<Name, 'body'>
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  /** Aborted when nobody is left to take the answer. */
  readonly signal: AbortSignal
}

/** Answers one operation: gives what is sent. */
export type Handler<Name extends OperationName> = (call: Call<Name>) => Promise<unknown>
export type Handlers<Names extends OperationName = OperationName> = {
  readonly [Name in Names]: Handler<Name>
}
