import type { Connection, Stream } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import { Uint8ArrayList } from 'uint8arraylist'
import { MeshError } from '../errors.ts'
import type { Channel } from '../network-node.ts'

// What libp2p calls a message that is longer than it may be, or than can be said.
const TOO_LONG = new Set(['InvalidDataLengthError', 'InvalidDataLengthLengthError'])

// Made once: libp2p asks after each byte, and what it throws by itself costs more than the message.
const INCOMPLETE = new RangeError('The length goes on')
// A longer one is more than any message: libp2p refuses it by the number of its bytes.
const MAX_LENGTH_BYTES = 7

/** The length of a message, an unsigned varint: seven bits a byte, and the eighth where it goes on. */
function readLength(bytes: Bytes): number {
  let length = 0
  for (let place = 0; place < Math.min(bytes.byteLength, MAX_LENGTH_BYTES); place++) {
    const byte = bytes.get(place)
    length += (byte & 0x7f) * 2 ** (7 * place)
    if (byte < 0x80) return length
  }
  if (bytes.byteLength < MAX_LENGTH_BYTES) throw INCOMPLETE
  return Number.MAX_SAFE_INTEGER
}

// Of one message. Who sends it byte by byte must not have each looked at alone, again and again.
const MAX_PIECES = 64

interface Bytes {
  readonly byteLength: number
  get(place: number): number
}

/** Whole messages over a libp2p stream. */
export function channelOf(
  stream: Stream,
  connection: Connection,
  maxMessageBytes: number,
): Channel {
  const peer = connection.remotePeer.toString()
  const messages = lpStream(stream, { maxDataLength: maxMessageBytes, lengthDecoder: readLength })
  return {
    peer,
    read: async (options) => {
      try {
        const message = await messages.read(options)
        const pieces = [...message]
        return pieces.length > MAX_PIECES ? message.slice() : pieces
      } catch (cause) {
        if (!(cause instanceof Error) || !TOO_LONG.has(cause.name)) throw cause
        throw new MeshError('ERR_MESH_PROTOCOL', `${peer} sent a message that is too long`, {
          cause,
        })
      }
    },
    write: (message, options) =>
      messages.write(
        message instanceof Uint8Array ? message : new Uint8ArrayList(...message),
        options,
      ),
    close: () => stream.abort(new Error('closed')),
    beside: async (options) =>
      channelOf(await connection.newStream(stream.protocol, options), connection, maxMessageBytes),
  }
}
