import type { Clock } from './clock.ts'
import { BotError, duration } from './errors.ts'
import { EventHeap } from './event-heap.ts'

/** A clock that stands still until it is told to go on, and then runs as fast as the machine can. */
export interface VirtualClock extends Clock {
  /** How many callbacks are scheduled. */
  readonly pending: number
  /** Lets so much time pass, and all happen that is due in it. What a callback throws comes out here. */
  advance(ms: number): Promise<void>
  /**
   * Lets time pass until a promise is settled, and gives what it gave.
   *
   * @throws `ERR_BOT_STALLED` where nothing is scheduled that could settle it.
   */
  until<T>(promise: Promise<T>): Promise<T>
}

export interface VirtualClockInit {
  /** What `now` says at first, in milliseconds. 0 if left out. */
  readonly startMs?: number
  /**
   * Waits until code that was just called back has nothing more to do at this moment: one turn of the
   * event loop if left out, in which all promises settle. Code that waits for files or sockets needs more.
   */
  readonly settle?: () => Promise<void>
}

/** Makes a clock for tests and simulations. */
export function createVirtualClock(init: VirtualClockInit = {}): VirtualClock {
  return new HeapClock(init)
}

class HeapClock implements VirtualClock {
  readonly #heap = new EventHeap()
  readonly #settle: () => Promise<void>
  #now: number

  constructor({ startMs = 0, settle = turn }: VirtualClockInit) {
    this.#now = startMs
    this.#settle = settle
  }

  now(): number {
    return this.#now
  }

  get pending(): number {
    return this.#heap.size
  }

  schedule(ms: number, run: () => void): () => void {
    const event = this.#heap.add(this.#now + Math.max(0, duration('ms', ms, -Infinity)), run)
    return () => this.#heap.cancel(event)
  }

  async advance(ms: number): Promise<void> {
    const end = this.#now + duration('ms', ms)
    await this.#settle()
    for (let next = this.#heap.peek(); next && next.at <= end; next = this.#heap.peek()) {
      this.#step()
      await this.#settle()
    }
    this.#now = Math.max(this.#now, end)
  }

  async until<T>(promise: Promise<T>): Promise<T> {
    const seen = { settled: false }
    const mark = (): void => {
      seen.settled = true
    }
    promise.then(mark, mark)
    await this.#settle()
    while (!seen.settled) {
      if (!this.#heap.peek()) {
        throw new BotError(
          'ERR_BOT_STALLED',
          `Nothing is scheduled after ${this.#now} ms that could settle what is waited for`,
        )
      }
      this.#step()
      await this.#settle()
    }
    return promise
  }

  #step(): void {
    const event = this.#heap.take()!
    this.#now = Math.max(this.#now, event.at)
    event.run()
  }
}

async function turn(): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve)
  })
}
