import type { Summary, Verdict } from '@bzzz/bot-framework/metrics'

/** How a run stands: all that a view shows, as plain data. */
export interface Snapshot {
  readonly scenario: string
  readonly seed: string | number
  readonly isRealTime: boolean
  readonly phases: readonly { readonly name: string; readonly seconds: number }[]
  /** The place of the phase that goes on; -1 while bots get ready, the number of phases while it is judged. */
  readonly phase: number
  /** Seconds since the phase began. */
  readonly phaseSeconds: number
  /** Seconds since the run began, by its own clock. */
  readonly atSeconds: number
  readonly summary: Summary
  /** Bots by state; those that run are `acting` while they do, and `idle`. */
  readonly bots: Readonly<Record<string, number>>
  /** What is wrong with the target now. */
  readonly faults: Readonly<Record<string, unknown>>
  /** Whether each threshold holds by now. */
  readonly thresholds: readonly Verdict[]
  /** Why it ends before its time, where it does. */
  readonly endedBy?: string
}

/** The rates of the newest whole intervals, the last one last; 0 where nothing ended. */
export function ratesOf({ summary, atSeconds }: Snapshot, most: number): number[] {
  const { intervals } = summary
  const length = intervals.at(-1)?.seconds ?? 1
  const end = Math.floor(atSeconds / length + 1e-9)
  const rates = new Map(intervals.map(({ at, perSecond }) => [Math.round(at / length), perSecond]))
  const count = Math.max(0, Math.min(most, end))
  return Array.from({ length: count }, (_, place) => rates.get(end - count + place) ?? 0)
}

/** What happens now: in the newest whole interval, or since the beginning before there is one. */
export function nowOf(snapshot: Snapshot) {
  const { summary, atSeconds } = snapshot
  const { intervals } = summary
  const newest = intervals.at(-1)
  if (!newest) return { perSecond: 0, latency: undefined }
  const isWhole = newest.at + newest.seconds <= atSeconds + 1e-9
  const whole = isWhole ? newest : intervals.at(-2)
  const isRecent = whole && whole.at + 2 * whole.seconds > atSeconds
  if (isRecent) return { perSecond: whole.perSecond, latency: whole.latency }
  if (isWhole) return { perSecond: 0, latency: undefined }
  const seconds = Math.max(0.001, atSeconds - newest.at)
  return {
    perSecond: newest.count / Math.max(seconds, newest.seconds / 4),
    latency: newest.latency,
  }
}
