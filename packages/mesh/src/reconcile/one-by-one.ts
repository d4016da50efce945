import type { Schedule } from '@bzzz/context-store'

// Who waits longer than this goes on beside the one under way, which may be slow on purpose.
const WAIT_MS = 1000

/**
 * Does what is of one name one after the other: a second node that has the same is asked only when what
 * the first one gave is here.
 */
export class OneByOne {
  readonly #running = new Map<string, Promise<void>>()
  readonly #schedule: Schedule

  constructor(schedule: Schedule) {
    this.#schedule = schedule
  }

  async run<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#running.get(name)
    if (before) await this.#settledSoon(before)
    const done = Promise.withResolvers<void>()
    this.#running.set(name, done.promise)
    try {
      return await work()
    } finally {
      done.resolve()
      if (this.#running.get(name) === done.promise) this.#running.delete(name)
    }
  }

  /** True where something of that name is under way. */
  isRunning(name: string): boolean {
    return this.#running.has(name)
  }

  /** Does what is of several names at once: who comes for one of them waits for all. */
  async runAll<Result>(names: readonly string[], work: () => Promise<Result>): Promise<Result> {
    const done = Promise.withResolvers<void>()
    for (const name of names) this.#running.set(name, done.promise)
    try {
      return await work()
    } finally {
      done.resolve()
      for (const name of names)
        if (this.#running.get(name) === done.promise) this.#running.delete(name)
    }
  }

  async #settledSoon(running: Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const cancel = this.#schedule(resolve, WAIT_MS)
    await Promise.race([running, promise])
    cancel()
  }
}
