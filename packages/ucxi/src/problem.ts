import { TemporalError, toInstant, type VersionEntry } from '@bzzz/temporal-nav'
import { STATUS, type OperationErrorCode } from './status.ts'

/** Problem details (RFC 9457), with the stable code of the package that raised the error. */
export interface Problem {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly code: string
  /** What was asked, and what would be right. */
  readonly detail: string
  /** The versions there are, where one outside of them was asked for. */
  readonly exists?: {
    readonly first: { readonly version: number; readonly time: string }
    readonly last: { readonly version: number; readonly time: string }
  }
  /** The last version before a deletion, where there is one. */
  readonly last_alive?: { readonly version: number; readonly time: string }
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** What is told of an error. Of one that nobody foresaw, nothing but that it happened. */
export function problemOf(error: unknown): Problem {
  const code = codeOf(error)
  const status = STATUS[code]
  const detail = detailOf(error, code)
  const problem = {
    type: 'about:blank',
    title: TITLES[status] ?? '',
    status,
    code,
    detail,
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
  if (code === 'ERR_STORE_FILE') return "The node's storage failed; it was logged"
  return error instanceof Error ? error.message : ''
}

function place({ version, time }: VersionEntry): { version: number; time: string } {
  return { version, time: toInstant(time) }
}
