import type { IncomingMessage } from 'node:http'
import { SlurpError } from './errors.ts'

/** Under which names a server answers, and to pages of which origins. */
export interface Names {
  /** Hosts beside those of loopback: `slurp.example`, or with a port `slurp.example:8090`. */
  readonly hosts: readonly string[]
  /** Origins whose pages may ask, beside the server's own: `https://portal.example`. */
  readonly origins: readonly string[]
}

/**
 * A page of the open web must not reach this service by a name that leads to it (DNS rebinding), nor
 * from another origin.
 *
 * @throws SlurpError `ERR_SLURP_HOST`.
 */
export function assertNamed(
  { headers: { host = '', origin } }: IncomingMessage,
  { hosts, origins }: Names,
): void {
  const bare = host.replace(/:\d{1,5}$/, '')
  const isNamed = isLoopback(bare) || hosts.includes(host) || hosts.includes(bare)
  const isOurs = origin === undefined || origins.includes(origin) || hostOf(origin) === host
  if (isNamed && isOurs) return
  throw new SlurpError(
    'ERR_SLURP_HOST',
    'Expected a request to localhost, 127.0.0.1 or a host that this service was told of, and from no other origin',
  )
}

export function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(host)
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : ''
}
