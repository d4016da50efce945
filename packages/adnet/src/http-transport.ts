import { Agent, request as ask, type IncomingMessage } from 'node:http'
import { Agent as SecureAgent, request as askSecurely } from 'node:https'
import { AdnetError } from './errors.ts'
import type { Transport, TransportRequest, TransportResponse } from './transport.ts'

export interface HttpTransportInit {
  /** Where the network is, with what comes before the path of every route: `http://127.0.0.1:3030/v2`. */
  readonly url: string | URL
  /** How many connections there are at once. 64 if left out. */
  readonly connections?: number
}

export interface HttpTransport {
  readonly transport: Transport
  /** Closes connections that wait for a next request. */
  close(): void
}

/** The way to a network over HTTP, on connections that stay open. @throws `ERR_ADNET_OPTION`. */
export function httpTransport({ url, connections = 64 }: HttpTransportInit): HttpTransport {
  const base = URL.canParse(String(url)) ? new URL(url) : undefined
  if (!base || !/^https?:$/.test(base.protocol)) {
    throw new AdnetError('ERR_ADNET_OPTION', `Expected an http or https URL, got ${String(url)}`)
  }
  const secure = base.protocol === 'https:'
  const options = { keepAlive: true, maxSockets: connections }
  const agent = secure ? new SecureAgent(options) : new Agent(options)
  const root = base.pathname.replace(/\/$/, '')
  const { hostname, port } = base
  const send = async (request: TransportRequest): Promise<TransportResponse> =>
    new Promise((resolve, reject) => {
      const { method, path, headers, body, signal } = request
      const outgoing = (secure ? askSecurely : ask)(
        {
          agent,
          hostname: hostname.replace(/^\[|\]$/g, ''),
          port,
          method,
          path: root + path,
          headers:
            body === undefined
              ? headers
              : { ...headers, 'content-length': Buffer.byteLength(body) },
          signal,
        },
        (incoming) => resolve(answerOf(incoming)),
      )
      outgoing.on('error', (error) =>
        reject(signal.aborted ? (signal.reason as Error) : unreachable(base, error)),
      )
      outgoing.end(body)
    })
  return { transport: send, close: () => agent.destroy() }
}

function answerOf(incoming: IncomingMessage): TransportResponse {
  const headers: Record<string, string | undefined> = {}
  for (const [name, value] of Object.entries(incoming.headers)) {
    headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return { status: incoming.statusCode ?? 0, headers, body: incoming }
}

function unreachable(base: URL, cause: Error): AdnetError {
  return new AdnetError(
    'ERR_ADNET_UNREACHABLE',
    `${base.origin} cannot be reached: ${cause.message}`,
    { cause },
  )
}

/** Whether it is certain that a request never came to the network. */
export function wasNeverSent(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: unknown } }
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(
    String(cause?.code),
  )
}
