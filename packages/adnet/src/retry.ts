import { AdnetError } from './errors.ts'
import { wasNeverSent } from './http-transport.ts'

export interface RetryInit {
  /** How often a call is made at most. 3 if left out; 1 for never again. */
  readonly attempts?: number
  /** The longest wait before the second attempt, in milliseconds; it doubles each time. 100 if left out. */
  readonly baseMs?: number
  /** The longest wait before any. 5,000 if left out. */
  readonly mostMs?: number
}

/**
 * Whether a call may be made again. One that changes nothing: when the network did not answer, or said that
 * it cannot now. One that changes something: only when it is certain that nothing was changed.
 */
export function mayRetry(error: unknown, isSafe: boolean): boolean {
  if (!AdnetError.is(error)) return false
  switch (error.code) {
    case 'ERR_ADNET_RATE_LIMITED':
      return true
    case 'ERR_ADNET_UNAVAILABLE':
      // 503 says that it was not done. 500 is what some say for everything, also for what will never work.
      return error.status === 503 || (isSafe && error.status !== 500)
    case 'ERR_ADNET_UNREACHABLE':
      return isSafe || wasNeverSent(error)
    case 'ERR_ADNET_BREAKER':
    case 'ERR_ADNET_COMMAND':
    case 'ERR_ADNET_CONFLICT':
    case 'ERR_ADNET_INPUT':
    case 'ERR_ADNET_NOT_FOUND':
    case 'ERR_ADNET_OPTION':
    case 'ERR_ADNET_REFUSED':
    case 'ERR_ADNET_RESPONSE':
    case 'ERR_ADNET_TIMEOUT':
    case 'ERR_ADNET_TOO_LARGE':
    case 'ERR_ADNET_UNAUTHORIZED':
      return false
    default:
      return error.code satisfies never
  }
}

/** Whether an error says that the network is not well. */
export function isOutage(error: unknown): boolean {
  return (
    AdnetError.is(error, 'ERR_ADNET_UNAVAILABLE') ||
    AdnetError.is(error, 'ERR_ADNET_UNREACHABLE') ||
    AdnetError.is(error, 'ERR_ADNET_TIMEOUT')
  )
}

/** How long to wait before an attempt, counted from 1 for the second: as asked, and at random below a bound. */
export function waitOf(
  attempt: number,
  error: unknown,
  init: RetryInit,
  random: () => number,
): number {
  const { baseMs = 100, mostMs = 5_000 } = init
  const asked = AdnetError.is(error) ? (error.retryAfterMs ?? 0) : 0
  return asked + random() * Math.min(mostMs, baseMs * 2 ** (attempt - 1))
}
