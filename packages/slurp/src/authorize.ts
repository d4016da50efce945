import type { IncomingMessage } from 'node:http'
import { SlurpError } from './errors.ts'

/**
 * What a request wants: to read; to deliver decisions; or to administer: what is held, and webhooks.
 */
export type AccessLevel = 'read' | 'deliver' | 'administer'

/** What is known of who asks, before anything is done. */
export interface RequestFacts {
  /** The Bearer token, where there is one. Never to be logged. */
  readonly token?: string
  /** IP address of the other end. */
  readonly remoteAddress: string
  readonly wants: AccessLevel
}

/** What is said of a request: `unknown` where nobody knows who asks (401), `denied` where they may not (403). */
export type Verdict = 'allowed' | 'unknown' | 'denied'

export type Authorize = (facts: RequestFacts) => Verdict | Promise<Verdict>

// RFC 6750, 2.1; what follows it is no token, whatever it is.
const BEARER = /^Bearer +([\w\-.~+/]+=*) *$/i
const MAX_TOKEN = 4096

/** @throws SlurpError `ERR_SLURP_UNAUTHORIZED`, `ERR_SLURP_FORBIDDEN`. */
export async function assertAllowed(
  authorize: Authorize,
  { headers: { authorization }, socket }: IncomingMessage,
  wants: AccessLevel,
): Promise<void> {
  const token = BEARER.exec(authorization ?? '')?.[1]
  if ((authorization !== undefined && token === undefined) || (token?.length ?? 0) > MAX_TOKEN) {
    throw new SlurpError(
      'ERR_SLURP_UNAUTHORIZED',
      'Expected the header Authorization: Bearer <token>',
    )
  }
  const facts = { remoteAddress: socket.remoteAddress ?? '', wants }
  const verdict = await authorize(token === undefined ? facts : { ...facts, token })
  switch (verdict) {
    case 'allowed':
      return
    case 'denied':
      throw new SlurpError('ERR_SLURP_FORBIDDEN', `Who asks may not ${wants} here`)
    case 'unknown':
      throw new SlurpError(
        'ERR_SLURP_UNAUTHORIZED',
        token === undefined
          ? 'Expected the header Authorization: Bearer <token>, got none'
          : 'This token is not known here, or no longer: get a new one',
      )
  }
}
