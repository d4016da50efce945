import { Histogram } from './histogram.ts'
import type { Observation } from './observation.ts'
import type { Bin, Figures, Latency } from './summary.ts'

const MOST_KINDS = 100
const OTHER = 'other'

/** Counts the operations of one behaviour, or of all. */
export class Tally {
  readonly latency = new Histogram()
  readonly #service = new Histogram()
  readonly #errors = new Map<string, number>()
  readonly #measures = new Map<string, number>()
  #failed = 0
  dropped = 0

  observe({ intendedAt, startedAt, endedAt, error, measures }: Observation): void {
    this.latency.record((endedAt - intendedAt) * 1_000)
    this.#service.record((endedAt - startedAt) * 1_000)
    if (error !== undefined) {
      this.#failed++
      addTo(this.#errors, error, 1)
    }
    if (measures) {
      for (const [name, value] of Object.entries(measures)) addTo(this.#measures, name, value)
    }
  }

  figures(seconds: number): Figures {
    const { count } = this.latency
    return {
      count,
      failed: this.#failed,
      errors: sorted(this.#errors),
      errorRate: count === 0 ? 0 : this.#failed / count,
      dropped: this.dropped,
      perSecond: seconds > 0 ? count / seconds : 0,
      latency: latencyOf(this.latency),
      service: latencyOf(this.#service),
      measures: sorted(this.#measures),
    }
  }
}

/** Adds to a count by name. Names come from outside: beyond the first hundred all are one. */
function addTo(counts: Map<string, number>, name: string, value: number): void {
  const key = counts.has(name) || counts.size < MOST_KINDS ? name : OTHER
  counts.set(key, (counts.get(key) ?? 0) + value)
}

/** The figures of a histogram of microseconds, in milliseconds. */
export function latencyOf(histogram: Histogram): Latency {
  const at = (percent: number): number => histogram.percentile(percent) / 1_000
  return {
    min: histogram.min / 1_000,
    mean: histogram.mean / 1_000,
    p50: at(50),
    p95: at(95),
    p99: at(99),
    p999: at(99.9),
    max: histogram.max / 1_000,
  }
}

/** How a histogram is spread, in bins that each are a fourth wider than the one before, the empty ones among them too. */
export function distributionOf(histogram: Histogram): Bin[] {
  const bins = new Map<number, number>()
  for (const { to, count } of histogram.buckets()) {
    const bin = Math.floor(Math.log(Math.max(1, to)) / Math.log(1.25))
    bins.set(bin, (bins.get(bin) ?? 0) + count)
  }
  const [first = 0] = bins.keys()
  const last = [...bins.keys()].at(-1) ?? -1
  return Array.from({ length: last - first + 1 }, (_, place) => {
    const bin = first + place
    return {
      from: 1.25 ** bin / 1_000,
      to: 1.25 ** (bin + 1) / 1_000,
      count: bins.get(bin) ?? 0,
    }
  })
}

function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
