import { createServer, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Break } from '../breaks.ts'

/** A server before a node. */
export interface Front {
  readonly url: string
  close(): Promise<void>
}

/**
 * A node that is broken on purpose: a front that refuses all, or one that calls every refusal a success,
 * has all the time there is, and takes whatever comes.
 */
export async function startFront(nodeUrl: string, broken: Break): Promise<Front> {
  const accepts = broken === 'accepts-everything'
  const server = createServer(
    { headersTimeout: 0, requestTimeout: 0, keepAliveTimeout: 0, maxHeaderSize: 1024 * 1024 },
    (incoming, outgoing) => {
      if (!accepts) {
        incoming.resume()
        outgoing.writeHead(403).end()
        return
      }
      passOn(incoming, nodeUrl).then(
        ({ status, headers, body }) => outgoing.writeHead(status, headers).end(body),
        () => outgoing.writeHead(200).end(),
      )
    },
  )
  server.on('clientError', (_, socket) => {
    socket.end(`HTTP/1.1 ${accepts ? 200 : 403} \r\nContent-Length: 0\r\n\r\n`)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((closed) => server.close(() => closed()))
    },
  }
}

/** Asks the node, whole: nobody is hurried. */
async function passOn(incoming: IncomingMessage, nodeUrl: string) {
  const { method = 'GET', url = '/', headers } = incoming
  const sent = await buffer(incoming)
  const { hostname, port, host } = new URL(nodeUrl)
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const { 'transfer-encoding': _, ...rest } = headers
    const given = { ...rest, host, 'content-length': sent.length }
    request({ hostname, port, method, path: url, headers: given, agent: false }, resolve)
      .on('error', reject)
      .end(sent)
  })
  const body = await buffer(answer)
  const { statusCode = 500, headers: found } = answer
  const { 'transfer-encoding': __, connection: ___, ...kept } = found
  return { status: statusCode >= 400 ? 200 : statusCode, headers: kept, body }
}
