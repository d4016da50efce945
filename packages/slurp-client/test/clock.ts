import type { Schedule } from '@bzzz/context-store'

/** A clock that stands still but when a test moves it, and timers that go by it. */
export interface Clock {
  readonly now: () => number
  readonly schedule: Schedule
  /** Moves it to a moment, and runs on the way what was to run by then. */
  readonly advanceTo: (time: number) => void
  readonly advance: (milliseconds: number) => void
  /** When the next timer is due; undefined where there is none. */
  readonly next: () => number | undefined
}

export const START = Date.UTC(2025, 7, 1)

export function createClock(start = START): Clock {
  const timers = new Set<{ readonly at: number; readonly run: () => void }>()
  let time = start
  const earliest = () => [...timers].toSorted((one, other) => one.at - other.at)[0]
  const clock: Clock = {
    now: () => time,
    schedule: (run, milliseconds) => {
      const entry = { at: time + milliseconds, run }
      timers.add(entry)
      return () => timers.delete(entry)
    },
    advanceTo: (to) => {
      for (let timer = earliest(); timer && timer.at <= to; timer = earliest()) {
        timers.delete(timer)
        time = Math.max(time, timer.at)
        timer.run()
      }
      time = Math.max(time, to)
    },
    advance: (milliseconds) => clock.advanceTo(time + milliseconds),
    next: () => earliest()?.at,
  }
  return clock
}

/** Lets all that is under way in this process come to its next wait. */
export async function settle(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
}
