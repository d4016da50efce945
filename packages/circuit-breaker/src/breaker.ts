import { BreakerError } from './errors.ts'

/** When to leave a failing service alone. */
export interface Circuit {
  /** After how many failures in a row. */
  readonly failures: number
  /** For how long, in milliseconds; then one attempt is made to see. */
  readonly waitMs: number
}

/** After five failures in a row, for half a minute. */
export const DEFAULT_CIRCUIT: Circuit = { failures: 5, waitMs: 30_000 }

/** How a breaker stands. */
export interface BreakerState {
  /** `closed`: attempts are made; `open`: none is; `half-open`: one is, to see. */
  readonly state: 'closed' | 'open' | 'half-open'
  /** Until when none is made, in milliseconds by the clock of the breaker. Only while it is open. */
  readonly until?: number
}

export interface BreakerInit<Outcome> extends Circuit {
  /** Milliseconds; it may be set back. */
  readonly now: () => number
  /** True for an outcome that says the service is not well. */
  readonly isOutage: (outcome: Outcome) => boolean
  /** @param until as `now` says it */
  readonly onOpen?: (until: number) => void
  readonly onClose?: () => void
}

/** A circuit breaker around attempts to reach something outside this process. */
export interface Breaker<Outcome> {
  /** How long no attempt may be made, in milliseconds; 0: one may. */
  waitMs(): number
  state(): BreakerState
  /**
   * Makes an attempt. What it throws says nothing about the service, and counts for nothing: its caller may
   * have given up.
   *
   * @throws `ERR_BREAKER_OPEN` where none may be made, or one is under way to see; what the attempt throws.
   */
  run<Own extends Outcome>(attempt: () => Promise<Own>): Promise<Own>
}

/** Makes a breaker that goes by the clock it is given. */
export function createBreaker<Outcome>(init: BreakerInit<Outcome>): Breaker<Outcome> {
  return new CountingBreaker(init)
}

class CountingBreaker<Outcome> implements Breaker<Outcome> {
  readonly #init: BreakerInit<Outcome>
  #inRow = 0
  #until: number | undefined
  #isProbing = false
  /** How often it has opened and closed: what was begun before that is no news. */
  #turns = 0

  constructor(init: BreakerInit<Outcome>) {
    this.#init = init
  }

  waitMs(): number {
    if (this.#until === undefined) return 0
    const { now, waitMs } = this.#init
    const left = this.#until - now()
    // A clock that was set back must not make a wait longer than it was to be.
    return left > waitMs ? 0 : Math.max(0, left)
  }

  state(): BreakerState {
    if (this.#until === undefined) return { state: 'closed' }
    return this.waitMs() > 0 ? { state: 'open', until: this.#until } : { state: 'half-open' }
  }

  async run<Own extends Outcome>(attempt: () => Promise<Own>): Promise<Own> {
    if (this.#until === undefined) return this.#count(this.#turns, await attempt())
    const waitMs = this.waitMs()
    if (waitMs > 0 || this.#isProbing) throw new BreakerError(waitMs)
    this.#isProbing = true
    try {
      return this.#count(this.#turns, await attempt())
    } finally {
      this.#isProbing = false
    }
  }

  #count<Own extends Outcome>(turn: number, outcome: Own): Own {
    if (turn !== this.#turns) return outcome
    if (!this.#init.isOutage(outcome)) {
      this.#inRow = 0
      if (this.#until !== undefined) this.#close()
    } else if (++this.#inRow >= this.#init.failures) this.#open()
    return outcome
  }

  #open(): void {
    const { now, waitMs, onOpen } = this.#init
    this.#turns++
    this.#until = now() + waitMs
    onOpen?.(this.#until)
  }

  #close(): void {
    this.#turns++
    this.#until = undefined
    this.#init.onClose?.()
  }
}
