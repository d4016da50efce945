import { TemporalError } from './errors.ts'
import { assertTime, toInstant } from './instant.ts'

/** How far ahead of the reader's clock a version's time may be: five minutes, in milliseconds. */
export const MAX_AHEAD_MS = 300_000

/**
 * The time of the next version on a timeline: the writer's clock, but at least a millisecond after
 * the version before, so that times strictly increase though clocks jump.
 *
 * @param clockMs what the writer's clock says (for an importer: the time of the origin)
 * @param previousMs the time of the newest version; `undefined` on an empty timeline
 * @throws TemporalError `ERR_TEMPORAL_INVALID` where one is not in whole milliseconds
 */
export function nextTime(clockMs: number, previousMs: number | undefined): number {
  assertTime(clockMs)
  if (previousMs === undefined) return clockMs
  assertTime(previousMs + 1)
  return Math.max(clockMs, previousMs + 1)
}

/** Whether a version's time is more than {@link MAX_AHEAD_MS} ahead of the reader's clock. */
export function isAhead(time: number, now: number): boolean {
  return time - now > MAX_AHEAD_MS
}

/**
 * Refuses a version whose time is too far in the reader's future.
 *
 * @param time the version's time, in milliseconds
 * @param now what the reader's clock says, in milliseconds
 * @throws TemporalError `ERR_TEMPORAL_AHEAD`, with both in `details`; `ERR_TEMPORAL_INVALID` where
 *   one is not in whole milliseconds
 */
export function assertNotAhead(time: number, now: number): void {
  assertTime(time)
  assertTime(now)
  if (!isAhead(time, now)) return
  throw new TemporalError('ERR_TEMPORAL_AHEAD', {
    message: `Expected a time at most ${MAX_AHEAD_MS / 60_000} minutes ahead of ${toInstant(now)}, got ${toInstant(time)}: check the writer's clock and this one.`,
    details: { time, now },
  })
}
