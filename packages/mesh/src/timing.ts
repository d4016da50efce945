import type { Schedule } from '@bzzz/context-store'

/** Where a node's time and chance come from: a test gives its own. */
export interface Timing {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** A number from 0 up to but not including 1. */
  readonly random: () => number
  /** Calls back once after so many milliseconds; what it gives takes that back. */
  readonly schedule: Schedule
}

/** The system's timer. It keeps no process alive. */
export const systemSchedule: Schedule = (run, milliseconds) => {
  const timer = setTimeout(run, milliseconds).unref()
  return () => clearTimeout(timer)
}

/** What the caller gave, and the system's where it gave nothing. */
export function timingOf(given: Partial<Timing>): Timing {
  return {
    now: given.now ?? Date.now,
    random: given.random ?? Math.random,
    schedule: given.schedule ?? systemSchedule,
  }
}
