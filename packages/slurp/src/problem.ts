import type { Problem } from './schemas.ts'
import { STATUS, TITLES, type AnswerCode } from './status.ts'

export const PROBLEM_TYPE = 'application/problem+json'

/** What is told of an error (RFC 9457). Of one that nobody foresaw, nothing but that it happened. */
export function problemOf(error: unknown): Problem {
  const code = codeOf(error)
  const status = STATUS[code]
  return {
    type: 'about:blank',
    title: TITLES[status] ?? '',
    status,
    code,
    detail: detailOf(error, code),
  }
}

function codeOf(error: unknown): AnswerCode {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return Object.hasOwn(STATUS, code) ? (code as AnswerCode) : 'ERR_SLURP_INTERNAL'
}

function detailOf(error: unknown, code: AnswerCode): string {
  // These speak of files and sockets of this machine.
  if (code === 'ERR_SLURP_INTERNAL')
    return 'Something went wrong that was not foreseen; it was logged'
  if (/^ERR_SLURP_(?:FILE|BUSY|CLOSED)$/.test(code)) return 'The storage failed; it was logged'
  return error instanceof Error ? error.message : ''
}
