import type { Access } from '@bzzz/context-store'
import type { IncomingMessage } from 'node:http'
import { UcxiError } from './errors.ts'

/** What is known of who asks, before anything is done. */
export interface RequestFacts {
  /** The Bearer token, where there is one. Never to be logged. */
  readonly token?: string
  /** IP address of the other end. */
  readonly remoteAddress: string
}

/** What a request may do, and in whose name. */
export interface Grant extends Access {
  /** Who asks: a name that stays the same from request to request. */
  readonly principal: string
}

/** Says what a request may do; null where it may do nothing, because nobody knows who asks. */
export type Authorize = (facts: RequestFacts) => Grant | null | Promise<Grant | null>

// RFC 6750, 2.1; what follows it is no token, whatever it is.
const BEARER = /^Bearer +([\w\-.~+/]+=*) *$/i
const MAX_TOKEN = 4096
/** A browser's WebSocket cannot set headers: its token comes as a subprotocol, `bearer.…`. */
const SUBPROTOCOL = /(?:^|,) *bearer\.([\w\-.~]+) *(?:,|$)/

/** @throws `ERR_UCXI_UNAUTHORIZED`. */
export async function grantOf(authorize: Authorize, request: IncomingMessage): Promise<Grant> {
  const { authorization, 'sec-websocket-protocol': protocols } = request.headers
  const token =
    authorization === undefined
      ? SUBPROTOCOL.exec(protocols ?? '')?.[1]
      : BEARER.exec(authorization)?.[1]
  if ((authorization !== undefined && token === undefined) || (token?.length ?? 0) > MAX_TOKEN) {
    throw new UcxiError(
      'ERR_UCXI_UNAUTHORIZED',
      'Expected the header Authorization: Bearer <token>',
    )
  }
  const remoteAddress = request.socket.remoteAddress ?? ''
  const grant = await authorize({ remoteAddress, ...(token === undefined ? {} : { token }) })
  if (grant) return grant
  throw new UcxiError(
    'ERR_UCXI_UNAUTHORIZED',
    token === undefined
      ? 'Expected the header Authorization: Bearer <token>, got none'
      : 'This token is not known here, or no longer: get a new one',
  )
}

/** What a 401 says of how to do better (RFC 6750, 3). */
export function challenge(request: IncomingMessage): string {
  const given = request.headers.authorization !== undefined
  return given ? 'Bearer realm="ucxi", error="invalid_token"' : 'Bearer realm="ucxi"'
}
