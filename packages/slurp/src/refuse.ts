import type { Duplex } from 'node:stream'
import { SlurpError } from './errors.ts'
import { PROBLEM_TYPE, problemOf } from './problem.ts'

/** Answers what is no request yet, or no longer, on its bare socket, and ends that. */
export function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  const known = fromParser(error)
  if (!known || !socket.writable) {
    socket.destroy()
    return
  }
  const problem = problemOf(known)
  const body = JSON.stringify(problem)
  const lines = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}

/** What Node's HTTP parser and its clock refuse; undefined where nobody is left to tell. */
function fromParser({ code }: NodeJS.ErrnoException): SlurpError | undefined {
  switch (code) {
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ETIMEDOUT':
      return undefined
    case 'HPE_HEADER_OVERFLOW':
      return new SlurpError(
        'ERR_SLURP_HEADERS',
        'Expected shorter headers, of at most 16 KiB in all',
      )
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new SlurpError('ERR_SLURP_TIMEOUT', 'Expected the whole request sooner')
    case undefined:
    default:
      return new SlurpError(
        'ERR_SLURP_REQUEST',
        'Expected a request in HTTP/1.1, which this is not',
      )
  }
}
