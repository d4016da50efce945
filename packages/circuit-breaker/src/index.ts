/**
 * A circuit breaker: after some failures in a row a service is left alone for a while; then one attempt is made
 * to see. It goes by the clock that it is given, and knows no timers.
 *
 * ```ts
 * const breaker = createBreaker<Response>({
 *   ...DEFAULT_CIRCUIT,
 *   now: Date.now,
 *   isOutage: ({ status }) => status >= 500,
 * })
 * const response = await breaker.run(async () => fetch(url))
 * ```
 *
 * @packageDocumentation
 */
export { createBreaker, DEFAULT_CIRCUIT } from './breaker.ts'
export { BreakerError } from './errors.ts'
export type { Breaker, BreakerInit, BreakerState, Circuit } from './breaker.ts'
