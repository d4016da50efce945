import type { Connection, Stream } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import { MeshError } from '../errors.ts'
import type { Channel } from '../network-node.ts'

// What libp2p calls a message that is longer than it may be, or than can be said.
const TOO_LONG = new Set(['InvalidDataLengthError', 'InvalidDataLengthLengthError'])

/** Whole messages over a libp2p stream. */
export function channelOf(
  stream: Stream,
  connection: Connection,
  maxMessageBytes: number,
): Channel {
  const peer = connection.remotePeer.toString()
  const messages = lpStream(stream, { maxDataLength: maxMessageBytes })
  return {
    peer,
    read: async (options) => {
      try {
        // A copy, in one piece: libp2p hands out views of its own buffers.
        return (await messages.read(options)).slice()
      } catch (cause) {
        if (!(cause instanceof Error) || !TOO_LONG.has(cause.name)) throw cause
        throw new MeshError('ERR_MESH_PROTOCOL', `${peer} sent a message that is too long`, {
          cause,
        })
      }
    },
    write: (message, options) => messages.write(message, options),
    close: () => stream.abort(new Error('closed')),
    beside: async (options) =>
      channelOf(await connection.newStream(stream.protocol, options), connection, maxMessageBytes),
  }
}
