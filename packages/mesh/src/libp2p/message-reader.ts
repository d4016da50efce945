import type { Stream } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'
import { MeshError } from '../errors.ts'
import type { Parts } from '../parts.ts'

/** What has come and was not read, in bytes: who sends more before it is answered is cut off. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024
// A longer length is more than any message.
const MAX_LENGTH_BYTES = 7
// Of one message. Who sends it byte by byte must not have each looked at alone, again and again.
const MAX_PIECES = 64

/**
 * Reads whole messages from a libp2p stream, each with its length before it as an unsigned varint. It is
 * the counterpart of libp2p's `lpStream`, which waits for each byte of a length by itself.
 */
export class MessageReader {
  readonly #unread = new Uint8ArrayList()
  readonly #peer: string
  readonly #max: number
  /** The length of the message that comes next, where it is known. */
  #length: number | undefined
  #waiting: PromiseWithResolvers<Parts> | undefined
  #ended: Error | undefined

  /** @param max bytes of a message. */
  constructor(stream: Stream, { peer, max }: { readonly peer: string; readonly max: number }) {
    this.#peer = peer
    this.#max = max
    stream.addEventListener('message', ({ data }) => {
      this.#unread.append(data)
      this.#serve()
      if (this.#unread.byteLength <= MAX_UNREAD_BYTES) return
      const error = new Error(`${peer} sends on and on without being answered`)
      this.#unread.consume(this.#unread.byteLength)
      this.#end(error)
      stream.abort(error)
    })
    const over = (): void => this.#end(new Error(`The stream of ${peer} has ended`))
    stream.addEventListener('remoteCloseWrite', over)
    stream.addEventListener('close', ({ error }) => (error ? this.#end(error) : over()))
  }

  /**
   * The next message; one call at a time.
   *
   * @throws `ERR_MESH_PROTOCOL` where it is too long; the signal's reason; else what ended the stream.
   */
  async next(signal: AbortSignal | undefined): Promise<Parts> {
    signal?.throwIfAborted()
    const message = this.#take()
    if (message) return message
    if (this.#ended) throw this.#ended
    const waiting = Promise.withResolvers<Parts>()
    this.#waiting = waiting
    if (!signal) return waiting.promise
    const onAbort = (): void => {
      this.#waiting = undefined
      waiting.reject(signal.reason as Error)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    return waiting.promise.finally(() => signal.removeEventListener('abort', onAbort))
  }

  #serve(): void {
    const waiting = this.#waiting
    if (!waiting) return
    try {
      const message = this.#take()
      if (!message) return
      this.#waiting = undefined
      waiting.resolve(message)
    } catch (error) {
      this.#end(error as Error)
    }
  }

  #end(error: Error): void {
    this.#ended ??= error
    this.#waiting?.reject(this.#ended)
    this.#waiting = undefined
  }

  /** The first message of what has come, if it is whole. */
  #take(): Parts | undefined {
    const length = (this.#length ??= this.#readLength())
    if (length === undefined || this.#unread.byteLength < length) return undefined
    this.#length = undefined
    const message = this.#unread.sublist(0, length)
    this.#unread.consume(length)
    const pieces = [...message]
    return pieces.length > MAX_PIECES ? message.slice() : pieces
  }

  /** Seven bits a byte, and the eighth where it goes on. */
  #readLength(): number | undefined {
    const { byteLength } = this.#unread
    let length = 0
    for (let place = 0; place < Math.min(byteLength, MAX_LENGTH_BYTES); place++) {
      const byte = this.#unread.get(place)
      length += (byte & 0x7f) * 2 ** (7 * place)
      if (byte >= 0x80) continue
      if (length > this.#max) break
      this.#unread.consume(place + 1)
      return length
    }
    if (length <= this.#max && byteLength < MAX_LENGTH_BYTES) return undefined
    throw new MeshError('ERR_MESH_PROTOCOL', `${this.#peer} sent a message that is too long`)
  }
}

/** The length of a message, as it stands before it. */
export function lengthPrefix(length: number): Uint8Array {
  const bytes: number[] = []
  let rest = length
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
  bytes.push(rest)
  return Uint8Array.from(bytes)
}
