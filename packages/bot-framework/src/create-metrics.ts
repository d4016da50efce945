import { wholeNumber } from './errors.ts'
import type { EventLog } from './event-log.ts'
import type { Observation } from './observation.ts'
import type { Interval, Summary } from './summary.ts'
import { distributionOf, Tally } from './tally.ts'
import { Timeline } from './timeline.ts'

const MOST_BEHAVIORS = 200

/** What happened, counted as it happens. */
export interface Metrics {
  /** An operation ended. */
  observe(observation: Observation): void
  /** So many operations were meant to start and did not. */
  drop(behavior: string, count: number, at: number): void
  /** Something else that who reads the log should know: a phase, a fault, a verdict. */
  note(at: number, what: string, details?: Readonly<Record<string, unknown>>): void
  /** The figures so far. @param endedAt when the time ends, in milliseconds; the last observation if left out. */
  summary(endedAt?: number): Summary
  /** The newest interval in which something ended, which may not be over. */
  live(): Interval | undefined
}

export interface MetricsInit {
  /** When the time begins, in milliseconds, by the clock that observations have. */
  readonly startedAt: number
  /** Milliseconds of an interval. 1,000 if left out. */
  readonly intervalMs?: number
  /** How many intervals are kept; beyond that they become longer. 600 if left out, and 2 at least. */
  readonly intervals?: number
  /** Where all of it is written, one event a line. */
  readonly log?: EventLog
}

/** Makes metrics. @throws `ERR_BOT_OPTION`. */
export function createMetrics(init: MetricsInit): Metrics {
  return new Recorder(init)
}

class Recorder implements Metrics {
  readonly #startedAt: number
  readonly #log: EventLog | undefined
  readonly #total = new Tally()
  readonly #behaviors = new Map<string, Tally>()
  readonly #timeline: Timeline
  #endedAt: number

  constructor({ startedAt, intervalMs = 1_000, intervals = 600, log }: MetricsInit) {
    this.#startedAt = startedAt
    this.#endedAt = startedAt
    this.#log = log
    this.#timeline = new Timeline(
      startedAt,
      wholeNumber('intervalMs', intervalMs, 1),
      wholeNumber('intervals', intervals, 2),
    )
  }

  observe(observation: Observation): void {
    this.#log?.append({ type: 'operation', ...observation })
    const { endedAt, intendedAt, error } = observation
    this.#total.observe(observation)
    this.#tally(observation.behavior).observe(observation)
    this.#timeline.observe(endedAt, (endedAt - intendedAt) * 1_000, error !== undefined)
    if (endedAt > this.#endedAt) this.#endedAt = endedAt
  }

  drop(behavior: string, count: number, at: number): void {
    this.#log?.append({ type: 'dropped', behavior, count, at })
    this.#total.dropped += count
    this.#tally(behavior).dropped += count
  }

  note(at: number, what: string, details: Readonly<Record<string, unknown>> = {}): void {
    this.#log?.append({ type: 'note', at, what, details })
  }

  summary(endedAt = this.#endedAt): Summary {
    const seconds = Math.max(0, endedAt - this.#startedAt) / 1_000
    return {
      startedAt: this.#startedAt,
      endedAt,
      seconds,
      total: this.#total.figures(seconds),
      behaviors: Object.fromEntries(
        [...this.#behaviors]
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, tally]) => [name, tally.figures(seconds)]),
      ),
      intervals: this.#timeline.intervals(),
      distribution: distributionOf(this.#total.latency),
    }
  }

  live(): Interval | undefined {
    return this.#timeline.intervals().at(-1)
  }

  #tally(behavior: string): Tally {
    const isKnown = this.#behaviors.has(behavior) || this.#behaviors.size < MOST_BEHAVIORS
    const name = isKnown ? behavior : 'other'
    let tally = this.#behaviors.get(name)
    if (!tally) this.#behaviors.set(name, (tally = new Tally()))
    return tally
  }
}
