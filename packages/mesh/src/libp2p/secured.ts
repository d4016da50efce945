import type { ConnectionEncrypter, MessageStream } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { yamux } from '@libp2p/yamux'
import { keepingKeys, type NoiseCiphers } from './noise-ciphers.ts'
import { eased, type NoiseConnection } from './noise-connection.ts'
import { corked, isCorkable } from './socket-writes.ts'

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

type Raw = MessageStream & { readonly socket?: object }

/** The same encrypter, without what costs more than the encryption itself. */
function tuned(make: Make): Make {
  return (components) => {
    const encrypter = make(components)
    const { crypto } = encrypter as { crypto?: NoiseCiphers }
    if (crypto) Object.assign(crypto, keepingKeys({ ...crypto }))
    const secure =
      (how: 'secureInbound' | 'secureOutbound'): ConnectionEncrypter['secureInbound'] =>
      async (raw: Raw, options) => {
        const { socket } = raw
        const hasSocket = isCorkable(socket)
        if (hasSocket) corked(raw, socket)
        const by = await encrypter[how](raw, options)
        eased(by.connection as NoiseConnection, hasSocket ? raw : undefined)
        return by
      }
    return Object.assign(Object.create(encrypter) as typeof encrypter, {
      secureInbound: secure('secureInbound'),
      secureOutbound: secure('secureOutbound'),
    })
  }
}
