import type { Clock } from '@bzzz/bot-framework'
import { AdnetError } from './errors.ts'

export type BreakerState = 'closed' | 'open' | 'half-open'

export interface BreakerInit {
  /** After how many failures in a row it opens. 5 if left out. */
  readonly failures?: number
  /** How long it then lets nothing through, in milliseconds. 10,000 if left out. */
  readonly openMs?: number
}

/**
 * Spares a network that does not answer. After some failures in a row calls fail at once for a while; then
 * one goes through, and what becomes of it decides.
 */
export class Breaker {
  readonly #clock: Clock
  readonly #failures: number
  readonly #openMs: number
  #inRow = 0
  #opensAgainAt: number | undefined
  #isProbing = false

  constructor(clock: Clock, { failures = 5, openMs = 10_000 }: BreakerInit) {
    this.#clock = clock
    this.#failures = failures
    this.#openMs = openMs
  }

  get state(): BreakerState {
    if (this.#opensAgainAt === undefined) return 'closed'
    return this.#clock.now() < this.#opensAgainAt ? 'open' : 'half-open'
  }

  /** @throws `ERR_ADNET_BREAKER` where nothing may go through. */
  enter(): void {
    const { state } = this
    if (state === 'closed') return
    if (state === 'open' || this.#isProbing) {
      throw new AdnetError(
        'ERR_ADNET_BREAKER',
        `The last ${this.#inRow} calls failed: none is made for a while`,
        { retryAfterMs: Math.max(0, (this.#opensAgainAt ?? 0) - this.#clock.now()) },
      )
    }
    this.#isProbing = true
  }

  succeeded(): void {
    this.#inRow = 0
    this.#opensAgainAt = undefined
    this.#isProbing = false
  }

  failed(): void {
    this.#inRow++
    if (this.#isProbing || this.#inRow >= this.#failures) {
      this.#opensAgainAt = this.#clock.now() + this.#openMs
    }
    this.#isProbing = false
  }

  /** It ended without a word on the network: its caller gave up. */
  left(): void {
    this.#isProbing = false
  }
}
