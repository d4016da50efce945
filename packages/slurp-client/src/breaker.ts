import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleWhenResult } from 'cockatiel'
import type { IBackoff } from 'cockatiel'

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
  /** Until when none is made, in milliseconds since 1970. Only while it is open. */
  readonly until?: number
}

export interface BreakerInit<Outcome> extends Circuit {
  readonly now: () => number
  /** True for an outcome that says the service is not well. */
  readonly isOutage: (outcome: Outcome) => boolean
  /** @param until milliseconds since 1970 */
  readonly onOpen?: (until: number) => void
  readonly onClose?: () => void
}

/** A circuit breaker around attempts to reach something outside this process. */
export interface Breaker<Outcome> {
  /** How long no attempt may be made, in milliseconds; 0: one may. */
  waitMs(): number
  state(): BreakerState
  /** @throws where it is open, or an attempt is under way to see; what the attempt throws counts for nothing. */
  run<Own extends Outcome>(attempt: () => Promise<Own>): Promise<Own>
}

/** Makes a breaker that goes by the clock it is given. */
export function createBreaker<Outcome>(init: BreakerInit<Outcome>): Breaker<Outcome> {
  const { failures, waitMs, now, isOutage } = init
  let until = 0
  // A clock that was set back must not make a wait longer than it was to be.
  const left = (): number => {
    const milliseconds = until - now()
    return milliseconds > waitMs ? 0 : Math.max(0, milliseconds)
  }
  // The library's own clock is the system's. It asks for the length of the wait each time, so that
  // a length which changes with our clock makes that the one it goes by.
  const wait: IBackoff<unknown> = {
    get duration() {
      return left() > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
    },
    next: begin,
  }
  function begin(): IBackoff<unknown> {
    until = now() + waitMs
    return wait
  }
  const policy = circuitBreaker(
    handleWhenResult((outcome) => isOutage(outcome as Outcome)),
    { breaker: new ConsecutiveBreaker(failures), halfOpenAfter: { next: begin } },
  )
  policy.onBreak(() => init.onOpen?.(until))
  policy.onReset(() => {
    until = 0
    init.onClose?.()
  })
  return {
    waitMs: left,
    state: () => {
      if (policy.state === CircuitState.Closed) return { state: 'closed' }
      return left() > 0 ? { state: 'open', until } : { state: 'half-open' }
    },
    run: async (attempt) => policy.execute(attempt),
  }
}
