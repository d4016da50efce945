import type { Channel } from '../../src/network-node.ts'
import { wholeOf, type Parts } from '../../src/parts.ts'
import type { End } from './connection.ts'

/** A stream of messages over a connection, as one of its sides has it. */
export class Stream implements Channel {
  readonly peer: string
  readonly #end: End
  readonly #messages: Uint8Array[] = []
  readonly #readers: PromiseWithResolvers<Uint8Array>[] = []
  readonly #onEnd = (): void => this.finish()
  #other: Stream | undefined
  #isOpen = true
  #isOver = false

  private constructor(end: End) {
    this.#end = end
    this.peer = end.peer
    end.onEnd(this.#onEnd)
  }

  /** Opens a stream; the other side is served by its node as soon as it hears of it. */
  static open(end: End): Stream {
    const own = new Stream(end)
    end.send(0, (there) => {
      const theirs = new Stream(there)
      own.#other = theirs
      theirs.#other = own
      there.node.serve(theirs)
    })
    return own
  }

  async read({ signal }: { readonly signal?: AbortSignal } = {}): Promise<Uint8Array> {
    signal?.throwIfAborted()
    const message = this.#messages.shift()
    if (message) return message
    if (this.#isOver) throw new Error('The stream has ended')
    const reader = Promise.withResolvers<Uint8Array>()
    this.#readers.push(reader)
    return reader.promise
  }

  async write(message: Parts): Promise<void> {
    if (!this.#isOpen) throw new Error('The stream has ended')
    // A copy: who sends may use its bytes again.
    const bytes = this.#end.node.onMessage(new Uint8Array(wholeOf(message)))
    this.#end.send(bytes.length, () => this.#other?.take(bytes))
  }

  close(): void {
    if (!this.#isOpen) return
    this.#end.send(0, () => this.#other?.finish())
    this.finish()
  }

  private take(message: Uint8Array): void {
    if (this.#isOver) return
    const reader = this.#readers.shift()
    if (reader) reader.resolve(message)
    else this.#messages.push(message)
  }

  private finish(): void {
    this.#isOpen = false
    this.#isOver = true
    this.#end.offEnd(this.#onEnd)
    for (const reader of this.#readers.splice(0)) reader.reject(new Error('The stream has ended'))
  }
}
