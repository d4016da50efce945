import type { MessageStream } from '@libp2p/interface'
import { release } from '../parts.ts'
import type { Bytes } from './noise-ciphers.ts'

/** What is used of a connection that Noise encrypts; libp2p promises none of these names. */
export interface NoiseConnection {
  readonly decoder?: {
    lengthDecoder?: (bytes: { readonly byteLength: number }) => number
    readonly buffer?: { readonly byteLength: number }
  }
  readonly handshake?: { readonly decrypt?: (message: Bytes) => Bytes }
  decrypt?(message: Bytes): Bytes
}

// The length of a message of Noise stands before it in two bytes.
const LENGTH_BYTES = 2
const MAX_LENGTH = 65_535

/**
 * Takes from a connection what it does beside decrypting.
 *
 * @param raw the connection below it, where what comes from that is nobody else's.
 */
export function eased(connection: NoiseConnection, raw: MessageStream | undefined): void {
  quiet(connection)
  uncopied(connection)
  if (raw) releasing(connection, raw)
}

/**
 * Has a connection wait for the length of a message as for the message itself. By itself it makes an
 * error, with its trace, to find out after each message that there is no other one yet.
 */
function quiet({ decoder }: NoiseConnection): void {
  const decode = decoder?.lengthDecoder
  if (!decode) return
  // More than there can be: it is asked again when more has come.
  decoder.lengthDecoder = (bytes) => (bytes.byteLength < LENGTH_BYTES ? MAX_LENGTH : decode(bytes))
}

/**
 * Has a connection decrypt each message as it is. By itself it first makes a copy of one that came in
 * several pieces, for a cipher that writes over it, which that for long messages does not.
 */
function uncopied(connection: NoiseConnection): void {
  const decrypt = connection.handshake?.decrypt
  if (connection.decrypt && decrypt) connection.decrypt = (message) => decrypt(message)
}

/** Gives the memory back in which encrypted bytes came, as soon as all of them are decrypted. */
function releasing({ decoder }: NoiseConnection, raw: MessageStream): void {
  const waiting = decoder?.buffer
  if (!waiting) return
  const came: Uint8Array[] = []
  let bytes = 0
  // Called after the encrypted connection, which listened before.
  raw.addEventListener('message', ({ data }) => {
    for (const piece of data instanceof Uint8Array ? [data] : data) {
      came.push(piece)
      bytes += piece.byteLength
    }
    // What is not decrypted yet is the end of what came.
    for (
      let [first] = came;
      first && bytes - first.byteLength >= waiting.byteLength;
      [first] = came
    ) {
      bytes -= first.byteLength
      came.shift()
      release(first)
    }
  })
}
