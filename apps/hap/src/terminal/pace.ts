import type { Schedule } from '@bzzz/context-store'

/** Lets something that is asked for often happen at most so often: at once, then after a rest. */
export class Pace {
  readonly #schedule: Schedule
  readonly #ms: number
  readonly #act: () => void
  #rest: (() => void) | undefined
  #isWanted = false

  /** @param ms milliseconds between two times, at least. */
  constructor(schedule: Schedule, ms: number, act: () => void) {
    this.#schedule = schedule
    this.#ms = ms
    this.#act = act
  }

  ask(): void {
    if (this.#rest) {
      this.#isWanted = true
      return
    }
    this.#isWanted = false
    this.#rest = this.#schedule(() => {
      this.#rest = undefined
      if (this.#isWanted) this.ask()
    }, this.#ms)
    this.#act()
  }

  /** Forgets what was asked for. */
  stop(): void {
    this.#rest?.()
  }
}
