/** How long something took, in milliseconds; all 0 where there was nothing. */
export interface Latency {
  readonly min: number
  readonly mean: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

/** Operations of one behaviour, or of all. */
export interface Figures {
  readonly count: number
  readonly failed: number
  /** Failures by kind. */
  readonly errors: Readonly<Record<string, number>>
  /** The share of operations that failed, from 0 to 1. */
  readonly errorRate: number
  /** Operations that were meant to start and did not, since there was nobody to do them. */
  readonly dropped: number
  /** Operations per second, over the whole time. */
  readonly perSecond: number
  /** From when they were meant to start. */
  readonly latency: Latency
  /** From when they started: how the target looks to who does not count the wait. */
  readonly service: Latency
  /** Sums of what behaviours measured, by name. */
  readonly measures: Readonly<Record<string, number>>
}

/** A stretch of time. */
export interface Interval {
  /** Seconds from the start to its beginning. */
  readonly at: number
  readonly seconds: number
  readonly count: number
  readonly failed: number
  readonly perSecond: number
  readonly latency: Latency
}

/** So many operations that took from, and up to, so many milliseconds. */
export interface Bin {
  readonly from: number
  readonly to: number
  readonly count: number
}

/** All that was recorded, as figures. Plain data: `JSON.stringify` gives the JSON report. */
export interface Summary {
  /** Milliseconds, by the clock that observations have. */
  readonly startedAt: number
  readonly endedAt: number
  readonly seconds: number
  readonly total: Figures
  readonly behaviors: Readonly<Record<string, Figures>>
  readonly intervals: readonly Interval[]
  /** How latencies are spread: bins side by side, from the first to the last in which there is something. */
  readonly distribution: readonly Bin[]
}
