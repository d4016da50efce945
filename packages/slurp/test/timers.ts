import type { Schedule } from '../src/index.ts'

/** Timers that run when a test says so. */
export interface Timers {
  readonly schedule: Schedule
  /** How long each is to wait that has not run yet, in milliseconds. */
  readonly due: () => readonly number[]
  /** Runs all that wait so long. */
  readonly run: (milliseconds: number) => void
}

export function createTimers(): Timers {
  const timers = new Set<{ readonly run: () => void; readonly milliseconds: number }>()
  return {
    schedule: (run, milliseconds) => {
      const timer = { run, milliseconds }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    due: () => Array.from(timers, ({ milliseconds }) => milliseconds).toSorted((a, b) => a - b),
    run: (milliseconds) => {
      for (const timer of timers) {
        if (timer.milliseconds !== milliseconds) continue
        timers.delete(timer)
        timer.run()
      }
    },
  }
}
