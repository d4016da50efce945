import { once } from 'node:events'
import type { Connection, Stream } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'
import type { Channel } from '../network-node.ts'
import { lengthOf, piecesOf } from '../parts.ts'
import { lengthPrefix, MessageReader } from './message-reader.ts'

/** Whole messages over a libp2p stream. */
export function channelOf(
  stream: Stream,
  connection: Connection,
  maxMessageBytes: number,
): Channel {
  const peer = connection.remotePeer.toString()
  const reader = new MessageReader(stream, { peer, max: maxMessageBytes })
  return {
    peer,
    read: async (options) => reader.next(options?.signal),
    write: async (message, options) => {
      const prefix = lengthPrefix(lengthOf(message))
      const canSendMore = stream.send(new Uint8ArrayList(prefix, ...piecesOf(message)))
      if (!canSendMore) await drained(stream, options?.signal)
    },
    close: () => stream.abort(new Error('closed')),
    beside: async (options) =>
      channelOf(await connection.newStream(stream.protocol, options), connection, maxMessageBytes),
  }
}

/**
 * Waits until a stream can take more. Its own `onDrain` waits only the first time.
 *
 * @throws where it is closed before.
 */
async function drained(stream: Stream, signal: AbortSignal | undefined): Promise<void> {
  const over = new AbortController()
  const onClose = (): void => over.abort()
  stream.addEventListener('close', onClose)
  try {
    const either = signal ? AbortSignal.any([signal, over.signal]) : over.signal
    await once(stream, 'drain', { signal: either })
  } finally {
    stream.removeEventListener('close', onClose)
  }
}
