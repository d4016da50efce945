import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Transport } from '../transport.ts'

const MOST_BODY = 1 << 20

/** A port on which a network answers. */
export interface Port {
  readonly url: string
  close(): Promise<void>
}

/** Answers over HTTP what a transport answers. On loopback, and on a free port unless it is told one. */
export async function serve(transport: Transport, port = 0): Promise<Port> {
  const server = createServer((request, response) => {
    void respond(transport, request, response)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${address.port}/v2/devnet`,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function respond(
  transport: Transport,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  try {
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    )
    const body = await textOf(request)
    const method = request.method === 'POST' ? 'POST' : 'GET'
    const path = request.url ?? '/'
    const answer = await transport({
      method,
      path,
      headers: { 'x-forwarded-for': request.socket.remoteAddress ?? '', ...headers },
      body,
      signal: gone.signal,
    })
    response.writeHead(answer.status, definedOf(answer.headers))
    for await (const part of answer.body) {
      if (!response.write(part)) await once(response, 'drain', { signal: gone.signal })
    }
    response.end()
  } catch {
    // A fault that breaks connections, a body that is too long, or who asked has gone.
    response.destroy()
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > MOST_BODY) throw new RangeError('The body is too long')
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}

function definedOf(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  )
}
