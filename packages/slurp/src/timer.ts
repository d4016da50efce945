import type { Schedule } from './webhook-runner.ts'

/** The system's timer. Nobody has to wait for it before the process ends. */
export const later: Schedule = (run, milliseconds) => {
  const timer = setTimeout(run, milliseconds)
  timer.unref()
  return () => clearTimeout(timer)
}
