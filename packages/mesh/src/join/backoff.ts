/** How long to wait before another attempt, in milliseconds. */
export interface BackoffOptions {
  /** Upper bound of the first wait. */
  readonly baseMs: number
  /** Upper bound of any wait. */
  readonly capMs: number
}

/**
 * Exponential backoff with full jitter: anything from 0 up to a bound that doubles with each failure.
 * Many that lost the same node at the same moment so come back one after the other.
 *
 * @param failures how many attempts in a row failed before this wait; 0 for none.
 * @param random from 0 up to but not including 1.
 */
export function backoffMs(failures: number, random: number, options: BackoffOptions): number {
  // Past 2^30 the bound is the cap for any base; and no exponent grows without end.
  const bound = Math.min(options.capMs, options.baseMs * 2 ** Math.min(failures, 30))
  return Math.floor(random * bound)
}
