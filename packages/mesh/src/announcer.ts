import type { Timing } from './timing.ts'

// Changes within this time of the first one are put once.
const QUIET_MS = 100
const PARALLEL = 4
// One put costs all nodes together some 60 ms of processor time: after the first few, five in a second.
const BURST = 20
const PACE_MS = 200

/**
 * Runs a piece of work for each of several names: at most one at a time for a name, a few at a time
 * for all, and no faster than the others can bear. However often a name is asked for in quick
 * succession, or while its work runs, it is done once more.
 */
export class Announcer {
  readonly #work: (name: string) => Promise<void>
  readonly #timing: Pick<Timing, 'now' | 'schedule'>
  readonly #asked = new Set<string>()
  readonly #queue = new Set<string>()
  readonly #running = new Map<string, Promise<void>>()
  readonly #again = new Set<string>()
  #tokens = BURST
  #filledAt: number
  #cancelQuiet: (() => void) | undefined
  #cancelPace: (() => void) | undefined
  #open = true

  /** @param work must not reject. */
  constructor(work: (name: string) => Promise<void>, timing: Pick<Timing, 'now' | 'schedule'>) {
    this.#work = work
    this.#timing = timing
    this.#filledAt = timing.now()
  }

  request(name: string): void {
    if (!this.#open) return
    if (this.#running.has(name)) {
      this.#again.add(name)
      return
    }
    this.#asked.add(name)
    this.#cancelQuiet ??= this.#timing.schedule(() => this.#flush(), QUIET_MS)
  }

  /** Takes no more requests, and resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.#open = false
    this.#cancelQuiet?.()
    this.#cancelPace?.()
    this.#asked.clear()
    this.#queue.clear()
    this.#again.clear()
    await Promise.all(this.#running.values())
  }

  #flush(): void {
    this.#cancelQuiet = undefined
    for (const name of this.#asked) this.#queue.add(name)
    this.#asked.clear()
    this.#next()
  }

  #next(): void {
    if (!this.#open || this.#cancelPace) return
    for (const name of this.#queue) {
      if (this.#running.size >= PARALLEL) return
      if (!this.#takeToken()) {
        this.#cancelPace = this.#timing.schedule(() => {
          this.#cancelPace = undefined
          this.#next()
        }, PACE_MS)
        return
      }
      this.#queue.delete(name)
      this.#running.set(name, this.#run(name))
    }
  }

  async #run(name: string): Promise<void> {
    await this.#work(name)
    this.#running.delete(name)
    if (this.#again.delete(name)) this.request(name)
    this.#next()
  }

  #takeToken(): boolean {
    const now = this.#timing.now()
    const grown = Math.floor((now - this.#filledAt) / PACE_MS)
    // A clock that was set back fills nothing, and counts from its new place.
    if (grown > 0) this.#tokens = Math.min(BURST, this.#tokens + grown)
    if (grown !== 0) this.#filledAt = now
    if (this.#tokens === 0) return false
    this.#tokens--
    return true
  }
}
