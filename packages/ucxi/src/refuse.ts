import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { UcxiError } from './errors.ts'
import { problemOf } from './problem.ts'

export const PROBLEM_TYPE = 'application/problem+json'

/** Answers on a bare socket, for what is no request yet or no longer, and ends it. */
export function refuse(
  socket: Duplex,
  error: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const problem = problemOf(error)
  const body = JSON.stringify(problem)
  const lines = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}

/** What Node's HTTP parser and its clock refuse, as an error of ours; undefined where nobody is left to tell. */
export function fromParser(error: NodeJS.ErrnoException): UcxiError | undefined {
  switch (error.code) {
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ETIMEDOUT':
      return undefined
    case 'HPE_HEADER_OVERFLOW':
      return new UcxiError('ERR_UCXI_HEADERS', 'Expected shorter headers, of at most 16 KiB in all')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new UcxiError('ERR_UCXI_TIMEOUT', 'Expected the whole request sooner')
    case undefined:
    default:
      return new UcxiError('ERR_UCXI_REQUEST', 'Expected a request in HTTP/1.1, which this is not')
  }
}
