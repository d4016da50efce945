import type { MessageStream } from '@libp2p/interface'
import { isReleasable, release } from '../parts.ts'

/** What is used of a socket of `node:net`. */
interface Corkable {
  cork(): void
  uncork(): void
  write(bytes: Uint8Array, done?: (error?: Error | null) => void): boolean
}

export function isCorkable(socket: Partial<Corkable> | undefined): socket is Corkable {
  return [socket?.cork, socket?.uncork, socket?.write].every((part) => typeof part === 'function')
}

/**
 * Has all that a connection sends in one turn of the event loop leave in one piece, and gives its memory
 * back when it has left. By itself libp2p hands each length and each frame to the socket alone: four
 * writes for a message, each of which is a packet that wakes the other side. What is sent must be made
 * for it, as what is encrypted is.
 */
export function corked(connection: MessageStream, socket: Corkable): void {
  const send = connection.send.bind(connection)
  const write = socket.write.bind(socket)
  let isCorked = false
  const uncork = (): void => {
    isCorked = false
    socket.uncork()
  }
  socket.write = (bytes) =>
    isReleasable(bytes) ? write(bytes, (error) => error || release(bytes)) : write(bytes)
  connection.send = (data) => {
    if (!isCorked) {
      isCorked = true
      socket.cork()
      // After all that is done in this turn: what answers the same message goes with it.
      queueMicrotask(() => process.nextTick(uncork))
    }
    return send(data)
  }
}
