import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Change } from '@bzzz/context-store'
import { WebSocketServer, type WebSocket } from 'ws'
import { UcxiError } from './errors.ts'
import { eventText } from './event-text.ts'
import type { Limits } from './limits.ts'
import { refuse } from './refuse.ts'
import type { Subscription } from './ucxi.ts'

/** What is needed to serve one WebSocket, once it was let in. */
export interface SocketCall {
  readonly subscription: Subscription
  readonly limits: Limits
  /** Aborted when the server closes, or the other end is gone. */
  readonly signal: AbortSignal
  /** Aborted when the server closes. */
  readonly closing: AbortSignal
}

// Going away (RFC 6455, 7.4.1).
const AWAY = 1001
// For the other end to say goodbye as well.
const CLOSE_MS = 1000

/** The events of a subscription as WebSocket messages: the fields of Server-Sent Events in JSON. */
export function createEventSockets(): {
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, call: SocketCall): void
} {
  const server = new WebSocketServer({
    noServer: true,
    // Nothing is expected from the other end.
    maxPayload: 1024,
    perMessageDeflate: false,
    // Never the one with the token in it.
    handleProtocols: (protocols) => (protocols.has('ucxi') ? 'ucxi' : false),
  })
  server.on('wsClientError', (cause: Error, socket: Duplex) => {
    refuse(socket, new UcxiError('ERR_UCXI_REQUEST', `No WebSocket: ${cause.message}`, { cause }))
  })
  return {
    accept: (request, socket, head, call) => {
      server.handleUpgrade(request, socket, head, (opened) => {
        void serve(opened, call)
      })
    },
  }
}

async function serve(socket: WebSocket, call: SocketCall): Promise<void> {
  const { subscription, signal } = call
  // An error is followed by `close`, and that by the end of the signal.
  socket.on('error', () => undefined)
  const life = keepAlive(socket, subscription, call.limits)
  try {
    socket.send(position(subscription), ignore)
    for await (const lot of subscription) {
      if (signal.aborted) break
      for (const change of lot) await send(socket, change, call.limits)
    }
  } catch {
    // The log could not be read: whoever comes back begins where this ended.
  } finally {
    clearInterval(life)
    if (call.closing.aborted) {
      socket.close(AWAY, 'the server closes')
      setTimeout(() => socket.terminate(), CLOSE_MS).unref()
    } else socket.terminate()
  }
}

/** Waits where more than the bound is unread: the subscription keeps its place in the meantime. */
async function send(socket: WebSocket, change: Change, { socketBytes }: Limits): Promise<void> {
  const text = `{"id":${change.sequence},"event":"version","data":${eventText(change)}}`
  if (socket.bufferedAmount + text.length <= socketBytes) {
    socket.send(text, ignore)
    return
  }
  await new Promise<void>((resume) => {
    socket.send(text, () => resume())
  })
}

function keepAlive(
  socket: WebSocket,
  subscription: Subscription,
  { heartbeatMs }: Limits,
): ReturnType<typeof setInterval> {
  let alive = true
  socket.on('pong', () => {
    alive = true
  })
  return setInterval(() => {
    // Who does not even answer a ping does not read either.
    if (!alive) {
      socket.terminate()
      return
    }
    alive = false
    socket.ping(ignore)
    if (socket.bufferedAmount === 0) socket.send(position(subscription), ignore)
  }, heartbeatMs)
}

/** How far the reader is: to go on from there, whether or not anything was for it. */
function position({ position: id }: Subscription): string {
  return `{"id":${id},"event":"position"}`
}

// What could not be sent because the other end is gone needs nothing more.
function ignore(): void {}
