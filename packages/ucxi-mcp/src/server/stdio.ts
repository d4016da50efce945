import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import type { Readable, Writable } from 'node:stream'
import { createServer, type DoorInit } from './create-server.ts'
import { createHub } from './hub.ts'

export interface StdioInit extends DoorInit {
  readonly input: Readable
  readonly output: Writable
  /** Told of what goes wrong beside a call: for a log. */
  readonly onError?: (error: unknown) => void
}

/** A door over stdio. */
export interface StdioDoor {
  /** Resolves when the client has gone, or the door was closed. */
  readonly closed: Promise<void>
  close(): Promise<void>
}

/** Bytes of one message, at most. */
const MAX_MESSAGE = 32 * 1024 * 1024

/** Serves one client over two streams. The memory stays the caller's to close. */
export function serveOverStdio(init: StdioInit): StdioDoor {
  const { memory, input, output, onError = () => {} } = init
  const hub = createHub(memory, onError)
  // Each answer that waits for room waits by itself: many at once are no leak.
  output.setMaxListeners(0)
  const closed = Promise.withResolvers<void>()
  const transport = new StdioServerTransport(input, output, { maxBufferSize: MAX_MESSAGE })
  const handle = serveStdio(
    (context) => {
      const server = createServer(init, context)
      hub.join(server, context.era)
      return server
    },
    { transport, onerror: onError },
  )
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    closing ??= (async () => {
      await handle.close()
      await hub.close()
      closed.resolve()
    })()
    await closing
  }
  input.once('close', () => void close())
  input.once('end', () => void close())
  return { closed: closed.promise, close }
}
