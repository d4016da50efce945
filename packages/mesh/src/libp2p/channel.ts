import type { Stream } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import type { Channel } from '../network-node.ts'

/** Whole messages over a libp2p stream. */
export function channelOf(stream: Stream, peer: string, maxMessageBytes: number): Channel {
  const messages = lpStream(stream, { maxDataLength: maxMessageBytes })
  return {
    peer,
    // A copy: libp2p hands out views of its own buffers.
    read: async (options) => Uint8Array.from((await messages.read(options)).subarray()),
    write: (message, options) => messages.write(message, options),
    close: () => stream.abort(new Error('closed')),
  }
}
