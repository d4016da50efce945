import { sleep, type Clock, type Random } from '@bzzz/bot-framework'
import { AdnetError } from '../errors.ts'

/** What is wrong with a devnet. Rates are shares of requests, from 0 to 1. */
export interface Faults {
  /** Milliseconds before each answer: fixed, or anything between two bounds. */
  latencyMs?: number | readonly [least: number, most: number]
  /** Answers of 503. */
  unavailableRate?: number
  /** Requests that are never answered. */
  silentRate?: number
  /** Connections that break before there is an answer. */
  brokenRate?: number
  /** Answers that are no JSON. */
  garbledRate?: number
  /** The oracle does not follow the market any more. */
  isOracleStuck?: boolean
  /** No blocks are made. */
  isHalted?: boolean
  /** Nothing is checked: signatures, nonces and who may do what. Every attack must succeed on it. */
  acceptsEverything?: boolean
  /** Whatever changes something is refused: everything legitimate must fail on it. */
  refusesEverything?: boolean
}

/** Draws which faults a request meets. */
export class FaultDice {
  readonly faults: Faults
  readonly #clock: Clock
  readonly #random: Random

  constructor(faults: Faults, clock: Clock, random: Random) {
    this.faults = faults
    this.#clock = clock
    this.#random = random
  }

  /** Waits, breaks or stays silent. @returns what the answer is to be instead, if anything. */
  async before(signal: AbortSignal): Promise<'unavailable' | 'garbled' | undefined> {
    const { latencyMs, silentRate, brokenRate, unavailableRate, garbledRate } = this.faults
    if (latencyMs !== undefined) {
      const [least, most] = typeof latencyMs === 'number' ? [latencyMs, latencyMs] : latencyMs
      await sleep(this.#clock, least + this.#random.next() * (most - least), { signal })
    }
    if (this.#hits(silentRate)) await silence(signal)
    if (this.#hits(brokenRate)) {
      throw new AdnetError('ERR_ADNET_UNREACHABLE', 'The connection broke')
    }
    if (this.#hits(unavailableRate)) return 'unavailable'
    return this.#hits(garbledRate) ? 'garbled' : undefined
  }

  // Nothing is drawn for a fault that is off: to switch one on does not shift the others.
  #hits(rate = 0): boolean {
    return rate > 0 && this.#random.next() < rate
  }
}

async function silence(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(signal.reason as Error)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}
