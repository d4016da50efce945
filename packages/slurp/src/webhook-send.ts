import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { request as requestHttp, type ClientRequest, type RequestOptions } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import { callbackify } from 'node:util'
import { assertTarget, isPrivateAddress, privateTarget } from './webhook-target.ts'

/** A message on its way. */
export interface WebhookRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly signal: AbortSignal
}

/** What the receiver answered. */
export interface WebhookResponse {
  /** HTTP status. */
  readonly status: number
  /** `Retry-After`, where it was given. */
  readonly retryAfter?: string
}

/** Sends a message by POST; rejects where there is no answer. Redirects are answers. */
export type WebhookSend = (request: WebhookRequest) => Promise<WebhookResponse>

// Nothing in an answer is of use but its head.
const MAX_ANSWER = 64 * 1024

/**
 * Sends over HTTP. The address that a name leads to is looked at in the same look-up that is
 * connected to, so that it cannot be another one a moment later.
 */
export function createSend(init: {
  readonly allowPrivate: boolean
  /** Finds the addresses of a name; that of the system if left out. */
  readonly resolve?: ResolveAll
}): WebhookSend {
  const { allowPrivate, resolve: find = resolveAll } = init
  const guarded = guardedBy(find)
  return async ({ url, headers, body, signal }) => {
    const target = assertTarget(url, allowPrivate)
    const options: RequestOptions = {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      signal,
      // A connection of its own: one that was kept could lead where it may not any more.
      agent: false,
      ...(allowPrivate ? {} : { lookup: guarded }),
    }
    return new Promise((resolve, reject) => {
      const send = target.protocol === 'https:' ? requestHttps : requestHttp
      const request: ClientRequest = send(target, options, (answer) => {
        let size = 0
        answer.on('data', (piece: Buffer) => {
          size += piece.length
          if (size > MAX_ANSWER) answer.destroy()
        })
        const { statusCode: status = 0, headers: given } = answer
        const retryAfter = given['retry-after']
        answer.on('close', () => resolve({ status, ...(retryAfter ? { retryAfter } : {}) }))
        answer.on('error', () => undefined)
      })
      request.on('error', reject)
      request.end(body)
    })
  }
}

/** All addresses of a name. */
export type ResolveAll = (name: string) => Promise<readonly LookupAddress[]>

const resolveAll: ResolveAll = async (name) => lookup(name, { all: true })

/** A look-up that fails where one of the addresses is not for everybody. */
function guardedBy(find: ResolveAll): LookupFunction {
  const resolve = callbackify(find)
  return (host, options, done) => {
    resolve(host, (error, addresses) => {
      const [first] = error ? [] : addresses
      if (error) done(error, [])
      else if (!first || addresses.some(({ address }) => isPrivateAddress(address))) {
        done(privateTarget(host), [])
      } else if (options.all) done(null, [...addresses])
      else done(null, first.address, first.family)
    })
  }
}
