import { circuitBreaker, ConsecutiveBreaker, handleWhenResult, type IBackoff } from 'cockatiel'
import type { DeliveryOutcome } from './delivery.ts'

/** When to leave a failing service alone. */
export interface Circuit {
  /** After how many failures in a row. */
  readonly failures: number
  /** For how long, in milliseconds; then one attempt is made to see. */
  readonly waitMs: number
}

export interface BreakerInit extends Circuit {
  readonly now: () => number
  /** @param until milliseconds since 1970 */
  readonly onOpen: (until: number) => void
  readonly onClose: () => void
}

/** A circuit breaker around attempts to deliver. */
export interface Breaker {
  /** How long no attempt may be made, in milliseconds; 0: one may. */
  waitMs(): number
  run(attempt: () => Promise<DeliveryOutcome>): Promise<DeliveryOutcome>
}

/** An outcome that says the service is not well. */
function isOutage(outcome: unknown): boolean {
  const { outcome: kind, patience = false } = outcome as DeliveryOutcome & { patience?: boolean }
  return kind === 'failed' && !patience
}

export function createBreaker({ failures, waitMs, now, onOpen, onClose }: BreakerInit): Breaker {
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
  const policy = circuitBreaker(handleWhenResult(isOutage), {
    breaker: new ConsecutiveBreaker(failures),
    halfOpenAfter: { next: begin },
  })
  policy.onBreak(() => onOpen(until))
  policy.onReset(() => {
    until = 0
    onClose()
  })
  return {
    waitMs: left,
    run: async (attempt) => policy.execute(attempt),
  }
}
