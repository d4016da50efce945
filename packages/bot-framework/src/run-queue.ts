/** Something that runs when it is its turn. */
export interface Runnable {
  start(): Promise<void>
}

/** So many runs at once; the others wait in the order in which they came, up to a number. */
export class RunQueue {
  readonly #concurrency: number
  readonly #capacity: number
  // A set keeps the order, and one that is cancelled is taken out of the middle at once.
  readonly #waiting = new Set<Runnable>()
  readonly #idle: (() => void)[] = []
  #running = 0

  constructor(concurrency: number, capacity: number) {
    this.#concurrency = concurrency
    this.#capacity = capacity
  }

  get running(): number {
    return this.#running
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** False where there is no room for it. */
  add(runnable: Runnable): boolean {
    if (this.#running < this.#concurrency) {
      this.#start(runnable)
      return true
    }
    if (this.#waiting.size >= this.#capacity) return false
    this.#waiting.add(runnable)
    return true
  }

  /** Takes one out that waits. */
  remove(runnable: Runnable): boolean {
    return this.#waiting.delete(runnable)
  }

  /** Takes all out that wait. @returns how many these were. */
  clear(): number {
    const count = this.#waiting.size
    this.#waiting.clear()
    return count
  }

  /** Settled as soon as nothing goes on. */
  async idle(): Promise<void> {
    if (this.#running === 0) return
    await new Promise<void>((resolve) => {
      this.#idle.push(resolve)
    })
  }

  #start(runnable: Runnable): void {
    this.#running++
    void runnable.start().finally(() => {
      this.#running--
      const [next] = this.#waiting
      if (next) {
        this.#waiting.delete(next)
        this.#start(next)
      } else if (this.#running === 0) {
        for (const resolve of this.#idle.splice(0)) resolve()
      }
    })
  }
}
