/** How long to wait between attempts. */
export interface Backoff {
  /** The longest wait after the first failure, in milliseconds; it doubles with each one. */
  readonly firstMs: number
  /** The longest wait after any failure, in milliseconds. */
  readonly maxMs: number
}

// Chance may say zero, again and again: that must not become a busy loop.
const LEAST_MS = 20

/**
 * The wait after so many failures: exponential with full jitter, so that clients whose service comes
 * back do not come back all at once.
 *
 * @param random gives a number from 0 to below 1
 */
export function backoffMs(
  failures: number,
  { firstMs, maxMs }: Backoff,
  random: () => number,
): number {
  // Beyond 2^40 every first wait is past every limit; 2 ** 1100 would be infinite.
  const longest = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 40))
  return Math.max(LEAST_MS, Math.round(random() * longest))
}
