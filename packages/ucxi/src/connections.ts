import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** The connections of a server, and what is under way on each. */
export interface Connections {
  /** Counts a request in; it is counted out, and `ended` is called, however its answer ends. */
  begin(request: IncomingMessage, response: ServerResponse, ended: () => void): void
}

interface State {
  /** Requests under way. */
  count: number
  /** Bytes that the other end had taken when it was last looked at, where some were waiting. */
  taken: number | undefined
}

/**
 * Lets a server end: once it closes, a connection on which nothing is under way is cut, and any other
 * one when it was answered. Node's own leaves those that have not asked anything yet.
 *
 * A connection whose other end takes nothing of what it asked for is cut after `stallMs`, at most
 * half as long again. They are looked at from time to time: a timer for each costs every request.
 */
export function watchConnections(
  server: Server,
  { closing, stallMs }: { readonly closing: AbortSignal; readonly stallMs: number },
): Connections {
  const states = new Map<Socket, State>()
  server.on('connection', (socket: Socket) => {
    states.set(socket, { count: 0, taken: undefined })
    socket.once('close', () => states.delete(socket))
  })
  const sweep = setInterval(() => cutStalled(states), stallMs / 2).unref()
  closing.addEventListener('abort', () => {
    clearInterval(sweep)
    for (const [socket, { count }] of states) {
      // WebSockets say goodbye by themselves.
      if (count === 0 && !upgraded.has(socket)) socket.destroy()
    }
  })
  const upgraded = new WeakSet<Socket>()
  server.on('upgrade', ({ socket }: IncomingMessage) => upgraded.add(socket))
  return {
    begin: ({ socket }, response, ended) => {
      const state = states.get(socket)
      if (state) state.count++
      // It closes once: to listen no more than that would cost as much as the rest of this.
      response.on('close', () => {
        ended()
        if (!state) return
        state.count--
        if (closing.aborted && state.count === 0) socket.end()
      })
    },
  }
}

/** Cuts each connection that has taken nothing since the last time but one, though something waits. */
function cutStalled(states: ReadonlyMap<Socket, State>): void {
  for (const [socket, state] of states) {
    const taken = socket.bytesWritten - socket.writableLength
    if (socket.writableLength === 0) state.taken = undefined
    else if (state.taken === taken) socket.destroy()
    else state.taken = taken
  }
}
