import { Histogram } from './histogram.ts'
import { decodeHistogram, encodeHistogram } from './histogram-codec.ts'
import type { Interval } from './summary.ts'
import { latencyOf } from './tally.ts'

interface Closed {
  readonly index: number
  readonly failed: number
  /** Encoded: ten minutes of histograms would be 80 MB otherwise. */
  readonly histogram: string
  readonly interval: Interval
}

/**
 * How latencies and rates went over time. When there are too many intervals, each two become one of twice
 * the length, so that a run may take as long as it likes.
 */
export class Timeline {
  readonly #startedAt: number
  readonly #most: number
  readonly #current = new Histogram()
  #closed: Closed[] = []
  #intervalMs: number
  #index = 0
  #failed = 0

  constructor(startedAt: number, intervalMs: number, most: number) {
    this.#startedAt = startedAt
    this.#intervalMs = intervalMs
    this.#most = most
  }

  /** What ended before the newest interval began is counted in that. */
  observe(endedAt: number, latencyUs: number, failed: boolean): void {
    const index = Math.floor((endedAt - this.#startedAt) / this.#intervalMs)
    if (index > this.#index) this.#turn(index)
    this.#current.record(latencyUs)
    if (failed) this.#failed++
  }

  /** All intervals in which something ended; the newest one may not be over. */
  intervals(): Interval[] {
    const closed = this.#closed.map(({ interval }) => interval)
    return this.#current.count === 0 ? closed : [...closed, this.#close().interval]
  }

  #turn(index: number): void {
    if (this.#current.count > 0) this.#closed.push(this.#close())
    this.#current.reset()
    this.#failed = 0
    this.#index = index
    while (this.#closed.length >= this.#most) this.#halve()
  }

  #halve(): void {
    this.#intervalMs *= 2
    this.#index = Math.floor(this.#index / 2)
    const pairs = Map.groupBy(this.#closed, ({ index }) => Math.floor(index / 2))
    this.#closed = [...pairs].map(([index, pair]) => {
      const histogram = new Histogram()
      for (const part of pair) histogram.add(decodeHistogram(part.histogram))
      const failed = pair.reduce((sum, part) => sum + part.failed, 0)
      return this.#made(index, failed, histogram)
    })
    // The one that goes on may have become the second half of the last.
    const last = this.#closed.at(-1)
    if (last?.index === this.#index) {
      this.#closed.pop()
      this.#current.add(decodeHistogram(last.histogram))
      this.#failed += last.failed
    }
  }

  #close(): Closed {
    return this.#made(this.#index, this.#failed, this.#current)
  }

  #made(index: number, failed: number, histogram: Histogram): Closed {
    const seconds = this.#intervalMs / 1_000
    const interval: Interval = {
      at: index * seconds,
      seconds,
      count: histogram.count,
      failed,
      perSecond: histogram.count / seconds,
      latency: latencyOf(histogram),
    }
    return { index, failed, histogram: encodeHistogram(histogram), interval }
  }
}
