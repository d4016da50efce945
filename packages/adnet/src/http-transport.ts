import type { Pool } from 'undici'
import { AdnetError } from './errors.ts'
import type { Transport } from './transport.ts'

export interface HttpTransportInit {
  /** Where the network is, with what comes before the path of every route: `http://127.0.0.1:3030/v2`. */
  readonly url: string | URL
  /** How many connections there are at once. 64 if left out. */
  readonly connections?: number
}

export interface HttpTransport {
  readonly transport: Transport
  /** Closes all connections; what is under way on them fails. */
  close(): void
}

/** The way to a network over HTTP, on connections that stay open. @throws `ERR_ADNET_OPTION`. */
export function httpTransport({ url, connections = 64 }: HttpTransportInit): HttpTransport {
  const base = URL.canParse(String(url)) ? new URL(url) : undefined
  if (!base || !/^https?:$/.test(base.protocol)) {
    throw new AdnetError('ERR_ADNET_OPTION', `Expected an http or https URL, got ${String(url)}`)
  }
  const { origin } = base
  let loading: Promise<Pool> | undefined
  // Loaded with the first request: it takes longer than all else that a program has to start.
  const load = async (): Promise<Pool> => {
    const { Pool } = await import('undici')
    // Deadlines are those of calls, and a stream may be silent for long.
    return new Pool(origin, { connections, headersTimeout: 0, bodyTimeout: 0 })
  }
  const root = base.pathname.replace(/\/$/, '')
  const failureOf = (cause: unknown, signal: AbortSignal): Error =>
    signal.aborted
      ? (signal.reason as Error)
      : new AdnetError(
          'ERR_ADNET_UNREACHABLE',
          `${origin} cannot be reached: ${(cause as Error).message}`,
          { cause },
        )
  async function* partsOf(body: AsyncIterable<Uint8Array>, signal: AbortSignal) {
    try {
      yield* body
    } catch (error) {
      throw failureOf(error, signal)
    }
  }
  return {
    transport: async ({ method, path: below, headers: given, body: sent = null, signal }) => {
      try {
        const pool = await (loading ??= load())
        const path = root + below
        const answer = await pool.request({ method, path, headers: given, body: sent, signal })
        const headers: Record<string, string | undefined> = {}
        for (const [name, value] of Object.entries(answer.headers)) {
          headers[name] = Array.isArray(value) ? value.join(', ') : value
        }
        return { status: answer.statusCode, headers, body: partsOf(answer.body, signal) }
      } catch (error) {
        throw failureOf(error, signal)
      }
    },
    close: () => void loading?.then(async (pool) => pool.destroy()),
  }
}

/** Whether it is certain that a request never came to the network. */
export function wasNeverSent(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: unknown } }
  return [
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'UND_ERR_CONNECT_TIMEOUT',
  ].includes(String(cause?.code))
}
