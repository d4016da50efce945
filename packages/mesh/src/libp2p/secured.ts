import type { ConnectionEncrypter, MessageStream, SecuredConnection } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { yamux } from '@libp2p/yamux'

// Bytes that one message of Noise can hold besides its tag, and those that yamux puts before a frame's.
const NOISE_BYTES = 65_535 - 16
const YAMUX_HEADER_BYTES = 12
/**
 * A frame of yamux fills messages of Noise to the last byte. With the default of 64 KiB each has a second
 * one for its last 29 bytes; and each frame is answered with an update of the window, so that a chunk of a
 * content had better be one.
 */
const FRAME_BYTES = 5 * NOISE_BYTES - YAMUX_HEADER_BYTES

type Make = ReturnType<typeof noise>

/** How connections are encrypted, and shared by streams: Noise and yamux, both as others speak them. */
export function secured(): {
  connectionEncrypters: Make[]
  streamMuxers: ReturnType<typeof yamux>[]
} {
  return {
    connectionEncrypters: [tuned(noise())],
    streamMuxers: [yamux({ maxMessageSize: FRAME_BYTES })],
  }
}

type Secure = Parameters<ConnectionEncrypter['secureInbound']>

/** The same encrypter, without what costs more than the encryption itself; see `corked` and `quiet`. */
function tuned(make: Make): Make {
  return (components) => {
    const encrypter = make(components)
    return Object.assign(Object.create(encrypter) as typeof encrypter, {
      secureInbound: async (...[connection, options]: Secure) =>
        quiet(await encrypter.secureInbound(corked(connection), options)),
      secureOutbound: async (...[connection, options]: Secure) =>
        quiet(await encrypter.secureOutbound(corked(connection), options)),
    })
  }
}

interface Corkable {
  cork(): void
  uncork(): void
}

/**
 * Has all that a connection sends in one turn of the event loop leave in one piece. By itself libp2p hands
 * each length and each frame to the socket alone: four writes for a message, each of which is a packet
 * that wakes the other side. A connection without a socket stays as it is.
 */
function corked(
  connection: MessageStream & { readonly socket?: Partial<Corkable> },
): MessageStream {
  const { socket } = connection
  if (!isCorkable(socket)) return connection
  const send = connection.send.bind(connection)
  let isCorked = false
  const uncork = (): void => {
    isCorked = false
    socket.uncork()
  }
  connection.send = (data) => {
    if (!isCorked) {
      isCorked = true
      socket.cork()
      // After all that is done in this turn: what answers the same message goes with it.
      queueMicrotask(() => process.nextTick(uncork))
    }
    return send(data)
  }
  return connection
}

function isCorkable(socket: Partial<Corkable> | undefined): socket is Corkable {
  return typeof socket?.cork === 'function' && typeof socket.uncork === 'function'
}

// The length of a message of Noise stands before it in two bytes.
const LENGTH_BYTES = 2
const MAX_LENGTH = 65_535

type LengthDecoder = (bytes: { readonly byteLength: number }) => number

/**
 * Has a connection wait for the length of a message as for the message itself. By itself it makes an
 * error, with its trace, to find out after each message that there is no other one yet.
 */
function quiet<Extension>(by: SecuredConnection<Extension>): SecuredConnection<Extension> {
  const { decoder } = by.connection as { decoder?: { lengthDecoder?: LengthDecoder } }
  const decode = decoder?.lengthDecoder
  if (decode) {
    // More than there can be: it is asked again when more has come.
    decoder.lengthDecoder = (bytes) =>
      bytes.byteLength < LENGTH_BYTES ? MAX_LENGTH : decode(bytes)
  }
  return by
}
