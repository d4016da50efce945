import { AdnetError, type AdnetErrorCode } from './errors.ts'
import type { TransportResponse } from './transport.ts'

const MOST_BYTES = 8 << 20
const MOST_MESSAGE = 500

const CODES: Readonly<Record<number, AdnetErrorCode>> = {
  401: 'ERR_ADNET_UNAUTHORIZED',
  403: 'ERR_ADNET_UNAUTHORIZED',
  404: 'ERR_ADNET_NOT_FOUND',
  409: 'ERR_ADNET_CONFLICT',
  429: 'ERR_ADNET_RATE_LIMITED',
}

/** The whole text of an answer. @throws `ERR_ADNET_TOO_LARGE` beyond 8 MiB. */
export async function textOf(response: TransportResponse): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body) {
    bytes += part.length
    if (bytes > MOST_BYTES) {
      throw new AdnetError(
        'ERR_ADNET_TOO_LARGE',
        `Expected at most ${MOST_BYTES} bytes, got more`,
        {
          status: response.status,
        },
      )
    }
    parts.push(part)
  }
  return parts.length === 1 ? Buffer.from(parts[0]!).toString() : Buffer.concat(parts).toString()
}

/**
 * The error that an answer stands for. Networks say it in two ways: with a status and JSON, or with 500 and
 * a plain text for everything.
 */
export function refusalOf(response: TransportResponse, text: string): AdnetError {
  const { status, headers } = response
  const seconds = Number(headers['retry-after'])
  const code = CODES[status] ?? (status >= 500 ? 'ERR_ADNET_UNAVAILABLE' : 'ERR_ADNET_REFUSED')
  const isAsked = headers['retry-after'] !== undefined && seconds >= 0
  return new AdnetError(code, messageOf(text) || `The network answered ${status}`, {
    status,
    ...(isAsked && { retryAfterMs: seconds * 1_000 }),
  })
}

function messageOf(text: string): string {
  try {
    const { message, chain } = JSON.parse(text) as { message?: unknown; chain?: unknown }
    const causes: unknown[] = Array.isArray(chain) ? chain : []
    return [message, ...causes]
      .filter((part) => typeof part === 'string')
      .join(': ')
      .slice(0, MOST_MESSAGE)
  } catch {
    return text.slice(0, MOST_MESSAGE)
  }
}
