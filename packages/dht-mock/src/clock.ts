import { EventQueue, type Scheduled } from './event-queue.ts'

/**
 * The simulated time of a network. It passes only while someone waits for a call, or while it is told to
 * ({@link run}), and then as fast as the machine can.
 */
export class Clock {
  readonly #queue = new EventQueue()
  readonly #turn: () => Promise<void>
  #now = 0
  #waiting = 0
  #driven = false
  #awake = false
  #codeMayRun = false

  /** @param turn waits until code that was just called has nothing more to do at this moment. */
  constructor(turn: () => Promise<void> = nextTurn) {
    this.#turn = turn
  }

  /** Milliseconds since the network was made. */
  get now(): number {
    return this.#now
  }

  /** Calls back in so many milliseconds. What is scheduled for the same time runs in that order. */
  in(ms: number, run: () => void): Scheduled {
    return this.#queue.add(this.#now + ms, run)
  }

  cancel(event: Scheduled): void {
    this.#queue.cancel(event)
  }

  /** Says that someone waits, so that time must pass, until {@link waited}. */
  wait(): void {
    this.#waiting++
    this.#codeMayRun = true
    this.#wake()
  }

  waited(): void {
    this.#waiting--
    this.#codeMayRun = true
  }

  /** Says that code outside of the simulation was called, and may go on for a while. */
  touch(): void {
    this.#codeMayRun = true
  }

  /** Lets time pass up to a moment, and everything happen that is due by then. */
  async run(until: number): Promise<void> {
    this.#driven = true
    try {
      for (;;) {
        if (this.#codeMayRun) await this.#settle()
        const next = this.#queue.peek()
        if (!next || next.at > until) break
        this.#step()
      }
      this.#now = Math.max(this.#now, until)
    } finally {
      this.#driven = false
      this.#wake()
    }
  }

  #wake(): void {
    if (this.#waiting === 0 || this.#awake || this.#driven) return
    this.#awake = true
    // Later, so that all calls that are made in one go are on their way before time passes.
    queueMicrotask(() => void this.#passWhileAwaited())
  }

  async #passWhileAwaited(): Promise<void> {
    try {
      while (this.#waiting > 0 && !this.#driven) {
        const next = this.#queue.peek()
        if (!next) break
        if (next.at > this.#now && this.#codeMayRun) await this.#settle()
        else this.#step()
      }
      this.#awake = false
    } catch (error) {
      // A callback of the user's threw: that is told, and who waits is not left waiting for it.
      this.#awake = false
      this.#wake()
      throw error
    }
  }

  #step(): void {
    const event = this.#queue.take()
    if (!event) return
    this.#now = event.at
    event.run()
  }

  /**
   * Time must not pass under code that was just called or answered: it gets a turn of the event loop,
   * in which all its promises settle. Runs of the simulation alone never wait.
   */
  async #settle(): Promise<void> {
    while (this.#codeMayRun) {
      this.#codeMayRun = false
      await this.#turn()
    }
  }
}

async function nextTurn(): Promise<void> {
  await new Promise<void>((resolve) => {
    // Browsers have no setImmediate.
    if (typeof setImmediate === 'function') setImmediate(resolve)
    else setTimeout(resolve, 0)
  })
}
