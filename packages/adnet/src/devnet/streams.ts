import { z } from 'zod'
import { STREAMS } from '../routes-delta.ts'
import type { StreamEvent, StreamName } from '../subscribe.ts'
import { PARAMS } from '../values.ts'

const MOST_WAITING = 1_000
const MOST_LISTENERS = 1_000

/** Events to who listens. Who reads too slowly is let go. */
export class Streams {
  readonly #listeners = new Map<string, Set<Listener>>()
  #count = 0

  emit<N extends StreamName>(name: N, key: string, event: StreamEvent<N>): void {
    const listeners = this.#listeners.get(`${name} ${key}`)
    if (!listeners) return
    const data = JSON.stringify(z.encode(STREAMS[name].event as z.ZodType, event))
    const bytes = new TextEncoder().encode(`event: ${name}\ndata: ${data}\n\n`)
    for (const listener of listeners) listener.give(bytes)
  }

  /** The stream of a path; what is wrong, as text; undefined where no stream has that path. */
  open(path: string, signal: AbortSignal): AsyncIterable<Uint8Array> | string | undefined {
    for (const [name, { path: pattern }] of Object.entries(STREAMS)) {
      const [, start, param] = /^(.*\/):([a-z]+)$/.exec(pattern)!
      if (!path.startsWith(start!)) continue
      const key = path.slice(start!.length)
      if (!PARAMS[param as keyof typeof PARAMS].safeParse(key).success)
        return `${param} cannot be ${key}`
      return this.#count >= MOST_LISTENERS
        ? 'Too many listen'
        : this.#listen(`${name} ${key}`, signal)
    }
    return undefined
  }

  /** Ends all streams. */
  close(): void {
    for (const listeners of this.#listeners.values())
      for (const listener of listeners) listener.end()
  }

  async *#listen(topic: string, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const listener = new Listener()
    const listeners = this.#listeners.get(topic) ?? new Set()
    this.#listeners.set(topic, listeners.add(listener))
    this.#count++
    const stop = (): void => listener.end()
    signal.addEventListener('abort', stop, { once: true })
    try {
      if (!signal.aborted) yield new TextEncoder().encode(': listening\n\n')
      yield* listener
    } finally {
      signal.removeEventListener('abort', stop)
      listeners.delete(listener)
      this.#count--
      if (listeners.size === 0) this.#listeners.delete(topic)
    }
  }
}

class Listener {
  readonly #waiting: Uint8Array[] = []
  #wake: () => void = () => {}
  #isOver = false

  give(bytes: Uint8Array): void {
    if (this.#waiting.length >= MOST_WAITING) this.#isOver = true
    else this.#waiting.push(bytes)
    this.#wake()
  }

  end(): void {
    this.#isOver = true
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const next = this.#waiting.shift()
      if (next) yield next
      else if (this.#isOver) return
      else {
        const { promise, resolve } = Promise.withResolvers<void>()
        this.#wake = resolve
        await promise
      }
    }
  }
}
