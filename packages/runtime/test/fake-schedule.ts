import type { Schedule } from '@bzzz/context-store'

/** Timers that go off when they are told. */
export function fakeSchedule() {
  const timers = new Set<{ readonly at: number; readonly run: () => void }>()
  let now = 0
  const schedule: Schedule = (run, ms) => {
    const timer = { at: now + ms, run }
    timers.add(timer)
    return () => void timers.delete(timer)
  }
  return {
    schedule,
    advance(ms: number): void {
      now += ms
      for (const timer of [...timers].toSorted((one, other) => one.at - other.at)) {
        if (timer.at > now || !timers.delete(timer)) continue
        timer.run()
      }
    },
  }
}
