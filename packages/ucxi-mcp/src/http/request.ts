import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Authorize, Grant } from '@bzzz/ucxi'

/** A request that is not served. */
export interface Refused {
  readonly status: number
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
  /** JSON-RPC's code, where it is not the general one. */
  readonly code?: number
}

export function answer(
  response: ServerResponse,
  { status, message, headers, code }: Refused,
): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    ...headers,
  })
  response.end(
    JSON.stringify({ jsonrpc: '2.0', error: { code: code ?? -32_000, message }, id: null }),
  )
}

const EVERYBODY: Grant = { principal: '', may: () => true }
const BEARER = /^Bearer +([\w\-.~+/]{1,4096}=*) *$/i

/** Who asks. Where there is nothing to know them by, it is everybody. */
export async function grantFor(
  { headers, socket }: IncomingMessage,
  authorize: Authorize | undefined,
): Promise<Grant | Refused> {
  if (!authorize) return EVERYBODY
  const token = BEARER.exec(headers.authorization ?? '')?.[1]
  const facts = { remoteAddress: socket.remoteAddress ?? '', ...(token !== undefined && { token }) }
  const grant = await authorize(facts)
  if (grant) return grant
  const problem = token === undefined ? '' : ', error="invalid_token"'
  return {
    status: 401,
    message: 'Expected the header Authorization: Bearer with a token that is known here',
    headers: { 'www-authenticate': `Bearer realm="bzzz-mcp"${problem}` },
  }
}

/** The body as JSON; undefined where there is none. */
export async function bodyIn(
  request: IncomingMessage,
  maxBytes: number,
): Promise<{ readonly json: unknown } | Refused> {
  if (request.method !== 'POST') return { json: undefined }
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return tooLarge(maxBytes)
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > maxBytes) return tooLarge(maxBytes)
    pieces.push(piece)
  }
  try {
    return { json: JSON.parse(Buffer.concat(pieces).toString('utf8')) as unknown }
  } catch {
    return { status: 400, code: -32_700, message: 'Parse error: expected JSON' }
  }
}

function tooLarge(maxBytes: number): Refused {
  const message = `Expected at most ${maxBytes} bytes`
  // What is left of the body is not read.
  return { status: 413, message, headers: { connection: 'close' } }
}
