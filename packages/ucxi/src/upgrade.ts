import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { challenge } from './authorize.ts'
import type { ServerContext } from './context.ts'
import { UcxiError } from './errors.ts'
import { createEventSockets, type SocketCall } from './event-socket.ts'
import { assertNamed } from './origin.ts'
import { problemOf } from './problem.ts'
import { refuse } from './refuse.ts'
import { subscriptionOf } from './route-events.ts'

/** WebSockets, on the path of the event stream and under the same rules. */
export function serveSockets(app: FastifyInstance, context: ServerContext): void {
  const sockets = createEventSockets()
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Whoever goes away before he was let in is not missed.
    socket.on('error', () => socket.destroy())
    open(request, socket).then(
      (call) => sockets.accept(request, socket, head, call),
      (error: unknown) => refuse(socket, error, headersFor(error, request)),
    )
  })

  async function open(raw: IncomingMessage, socket: Duplex): Promise<SocketCall> {
    assertNamed(raw, context.names)
    const { url: originalUrl = '', headers } = raw
    if (
      !/^\/ucxi\/events(?:\?|$)/.test(originalUrl) ||
      !/^websocket$/i.test(headers.upgrade ?? '')
    ) {
      throw new UcxiError(
        'ERR_UCXI_REQUEST',
        'Expected a WebSocket on /ucxi/events, or no Upgrade header',
      )
    }
    await context.authorize(raw)
    const options = subscriptionOf({ originalUrl, headers })
    const leave = context.admitSubscriber(context.clientOf({ raw }))
    const gone = new AbortController()
    const end = (): void => {
      gone.abort()
      leave()
    }
    if (socket.destroyed) end()
    else socket.once('close', end)
    const { closing, limits } = context
    const signal = AbortSignal.any([gone.signal, closing])
    const subscription = await context.ucxiOf({ raw }).subscribe({ ...options, signal })
    return { subscription, signal, limits, closing }
  }
}

function headersFor(error: unknown, request: IncomingMessage): Record<string, string> {
  return problemOf(error).status === 401 ? { 'WWW-Authenticate': challenge(request) } : {}
}
