import type { IncomingMessage } from 'node:http'
import { UcxiError } from './errors.ts'

/** Under which names a server answers, and to pages of which origins. */
export interface Names {
  /** Hosts beside those of loopback: `node.example`, or with a port `node.example:8080`. */
  readonly hosts: readonly string[]
  /** Origins whose pages may ask, beside the server's own: `https://portal.example`. */
  readonly origins: readonly string[]
}

/**
 * A page of the open web must not reach this node by a name that leads to it (DNS rebinding), nor
 * from another origin.
 *
 * @throws `ERR_UCXI_HOST`.
 */
export function assertNamed(request: IncomingMessage, { hosts, origins }: Names): void {
  const { host = '', origin } = request.headers
  if (
    isNamed(host, hosts) &&
    (origin === undefined || origins.includes(origin) || hostOf(origin) === host)
  ) {
    return
  }
  throw new UcxiError(
    'ERR_UCXI_HOST',
    'Expected a request to localhost, 127.0.0.1 or a host that this node was told of, and from no other origin',
  )
}

function isNamed(host: string, hosts: readonly string[]): boolean {
  const bare = host.replace(/:\d{1,5}$/, '')
  return isLoopback(bare) || (hosts.length > 0 && (hosts.includes(host) || hosts.includes(bare)))
}

export function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(host)
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : ''
}
