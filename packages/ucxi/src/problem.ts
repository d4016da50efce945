import { TemporalError, toInstant, type VersionEntry } from '@bzzz/temporal-nav'
import type { OperationErrorCode } from './codes.ts'
import type { Problem } from './schemas.ts'
import { STATUS, TITLES } from './status.ts'

/** What is told of an error. Of one that nobody foresaw, nothing but that it happened. */
export function problemOf(error: unknown): Problem {
  const code = codeOf(error)
  const status = STATUS[code]
  const problem = {
    type: 'about:blank',
    title: TITLES[status] ?? '',
    status,
    code,
    detail: detailOf(error, code),
  } as const
  if (TemporalError.is(error, 'ERR_TEMPORAL_OUT_OF_RANGE')) {
    const { first, last } = error.details
    return { ...problem, exists: { first: place(first), last: place(last) } }
  }
  if (TemporalError.is(error, 'ERR_TEMPORAL_GONE') && error.details.lastAlive) {
    return { ...problem, last_alive: place(error.details.lastAlive) }
  }
  return problem
}

function codeOf(error: unknown): OperationErrorCode {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return Object.hasOwn(STATUS, code) ? (code as OperationErrorCode) : 'ERR_UCXI_INTERNAL'
}

function detailOf(error: unknown, code: OperationErrorCode): string {
  // These speak of files and sockets of this machine.
  if (code === 'ERR_UCXI_INTERNAL')
    return 'Something went wrong that was not foreseen; it was logged'
  if (/^ERR_STORE_(?:FILE|DAMAGED|BUSY)$/.test(code))
    return "The node's storage failed; it was logged"
  return error instanceof Error ? error.message : ''
}

function place({ version, time }: VersionEntry): { version: number; time: string } {
  return { version, time: toInstant(time) }
}
