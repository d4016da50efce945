const brand = Symbol.for('@bzzz/circuit-breaker/error')

/** No attempt is made: the service failed a moment ago. */
export class BreakerError extends Error {
  override readonly name = 'BreakerError'
  readonly code = 'ERR_BREAKER_OPEN'
  /** After how long one may be made, in milliseconds; 0 while one is under way to see. */
  readonly waitMs: number
  readonly [brand] = true

  constructor(waitMs: number) {
    const when = waitMs > 0 ? `for ${waitMs} ms` : 'until the one that is under way has ended'
    super(`The circuit breaker is open: no attempt is made ${when}`)
    this.waitMs = waitMs
  }

  /** Whether something is one of these, also of another copy of this package. */
  static is(error: unknown): error is BreakerError {
    return error instanceof Error && brand in error
  }
}
