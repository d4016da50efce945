import type { z } from 'zod'
import type { AccessLevel } from './authorize.ts'
import type { AnswerCode } from './status.ts'

/** One operation over HTTP: what goes in, what comes out, and what can go wrong. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** `/decisions/:start`: fastify's way to write a parameter. */
  readonly path: string
  readonly summary: string
  /** `open`: without asking who it is. */
  readonly wants: AccessLevel | 'open'
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  /** Media types and what they hold; JSON of a schema is the usual one. */
  readonly output: z.ZodType | readonly string[]
  /** Statuses of success, the usual one first. */
  readonly success?: readonly number[]
  /** Every code that it can fail with, beside the common ones. */
  readonly codes?: readonly AnswerCode[]
  /** Takes long: only some at once. */
  readonly heavy?: boolean
}

/** What any request can meet. */
export const COMMON: readonly AnswerCode[] = [
  'ERR_SLURP_BUSY',
  'ERR_SLURP_CLOSED',
  'ERR_SLURP_FILE',
  'ERR_SLURP_HEADERS',
  'ERR_SLURP_HOST',
  'ERR_SLURP_INTERNAL',
  'ERR_SLURP_REQUEST',
  'ERR_SLURP_TIMEOUT',
  'ERR_SLURP_TOO_MANY',
]
export const ADDRESS: readonly AnswerCode[] = [
  'ERR_ADDRESS_AUTHORITY',
  'ERR_ADDRESS_LENGTH',
  'ERR_ADDRESS_NAME',
  'ERR_ADDRESS_PATH',
  'ERR_ADDRESS_SCHEME',
  'ERR_ADDRESS_TEMPORAL',
  'ERR_SLURP_QUERY',
]
export const FIND: readonly AnswerCode[] = [...ADDRESS, 'ERR_SLURP_UNKNOWN']
export const CHAIN: readonly AnswerCode[] = [...ADDRESS, 'ERR_CHAIN_LIMIT', 'ERR_CHAIN_START']
export const DELIVER: readonly AnswerCode[] = [
  'ERR_DECISION_INVALID',
  'ERR_DECISION_SIZE',
  'ERR_RECORD_INVALID',
  'ERR_RECORD_SIGNATURE',
  'ERR_SLURP_AGENT',
  'ERR_SLURP_AHEAD',
  'ERR_SLURP_CONFLICT',
  'ERR_SLURP_CONTENT',
  'ERR_SLURP_DELIVERY',
  'ERR_SLURP_DROPPED',
  'ERR_SLURP_FULL',
  'ERR_SLURP_SIGNATURE',
  'ERR_SLURP_WRITER',
]
export const BODY: readonly AnswerCode[] = ['ERR_SLURP_MEDIA_TYPE', 'ERR_SLURP_TOO_LARGE']
