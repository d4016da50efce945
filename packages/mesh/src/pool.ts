/** Lets so much work run at once; the rest waits for its turn, those who came first first. */
export class Pool {
  readonly #size: number
  readonly #waiting = new Set<() => void>()
  #running = 0

  constructor(size: number) {
    this.#size = size
  }

  /** @throws the signal's reason where it aborts before there was a turn; what the work throws. */
  async run<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    signal.throwIfAborted()
    if (this.#running >= this.#size) await this.#turn(signal)
    else this.#running++
    try {
      return await work()
    } finally {
      const [next] = this.#waiting
      // Handed over, so that nobody who has just come goes before those who wait.
      if (next) next()
      else this.#running--
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const begin = (): void => {
      this.#waiting.delete(begin)
      resolve()
    }
    const onAbort = (): void => {
      if (this.#waiting.delete(begin)) reject(signal.reason as Error)
    }
    this.#waiting.add(begin)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }
}
