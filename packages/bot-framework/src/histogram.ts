import { wholeNumber } from './errors.ts'

// Three significant digits: 2,048 counters for the first values, one each, and 1,024 for each doubling.
const HALF_BITS = 10
const HALF = 1 << HALF_BITS

/** The highest value that a histogram can be told to tell apart. */
export const MOST_HIGHEST = 2 ** 31 - 1

/** So many values, from the first to the last, both included. */
export interface Bucket {
  readonly from: number
  readonly to: number
  readonly count: number
}

/**
 * Counts values with three significant digits, as an HDR histogram does: any percentile is within 0.1 % of
 * the value, in constant memory, and histograms can be added. Values are whole numbers, 0 or more.
 */
export class Histogram {
  /** The highest value that is told apart from higher ones. */
  readonly highest: number
  #counts = new Float64Array(2 * HALF)
  #count = 0
  #clamped = 0
  #sum = 0
  #min = Number.POSITIVE_INFINITY
  #max = 0

  /** @param highest 60,000,000 if left out: a minute, in microseconds. @throws `ERR_BOT_OPTION`. */
  constructor(highest = 60_000_000) {
    this.highest = Math.min(wholeNumber('highest', highest, 2), MOST_HIGHEST)
  }

  /** How many values were recorded. */
  get count(): number {
    return this.#count
  }

  /** How many were above the highest, and were recorded as that. */
  get clamped(): number {
    return this.#clamped
  }

  /** 0 where there is none, as all of these. */
  get min(): number {
    return this.#count === 0 ? 0 : this.#min
  }

  get max(): number {
    return this.#max
  }

  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count
  }

  /** Records a value, so many times. Fractions are rounded; what is below 0 is 0. */
  record(value: number, times = 1): void {
    let whole = Math.max(0, Math.round(value))
    if (!(whole <= this.highest)) {
      whole = this.highest
      this.#clamped += times
    }
    const index = indexOf(whole)
    if (index >= this.#counts.length) this.#grow(index)
    this.#counts[index]! += times
    this.#count += times
    this.#sum += whole * times
    if (whole < this.#min) this.#min = whole
    if (whole > this.#max) this.#max = whole
  }

  /**
   * Records a value, and those that were not measured since it kept the next ones waiting: where one is
   * expected in each interval, `value - interval`, `value - 2 * interval` and so on down to the interval.
   */
  recordCorrected(value: number, interval: number): void {
    this.record(value)
    wholeNumber('interval', interval, 1)
    for (let missed = value - interval; missed >= interval; missed -= interval) this.record(missed)
  }

  /**
   * The value that so many per cent are at or below, to three digits: the highest that its counter stands
   * for, and never above the maximum. 0 where there is none.
   */
  percentile(percent: number): number {
    if (this.#count === 0) return 0
    const share = Math.min(100, Math.max(0, percent)) / 100
    // Without the margin, 99.9 % of 1,000 would be the value number 1,000 and not 999.
    let rest = Math.max(1, Math.ceil(share * this.#count - 1e-9 * this.#count))
    const counts = this.#counts
    for (let index = 0; index < counts.length; index++) {
      rest -= counts[index]!
      if (rest <= 0) return Math.min(lastOf(index), this.#max)
    }
    return this.#max
  }

  /** Adds what another one counted. What it counted above the highest of this one is clamped here too. */
  add(other: Histogram): void {
    if (other.#count === 0) return
    if (other.#max > this.highest) {
      for (const { to, count } of other.buckets()) this.record(Math.min(to, other.#max), count)
    } else {
      const counts = other.counters()
      if (counts.length > this.#counts.length) this.#grow(counts.length - 1)
      for (let index = 0; index < counts.length; index++) this.#counts[index]! += counts[index]!
      this.#count += other.#count
      this.#sum += other.#sum
      this.#min = Math.min(this.#min, other.#min)
      this.#max = Math.max(this.#max, other.#max)
    }
    this.#clamped += other.#clamped
  }

  /** What was counted, from the lowest values on, without what is empty. */
  *buckets(): Generator<Bucket, void, undefined> {
    for (let index = 0; index < this.#counts.length; index++) {
      const count = this.#counts[index]!
      if (count > 0) yield { from: firstOf(index), to: lastOf(index), count }
    }
  }

  /** The counters, up to the last that counted something; for the codec. */
  counters(): Float64Array {
    return this.#counts.subarray(0, this.#count === 0 ? 0 : indexOf(this.#max) + 1)
  }

  reset(): void {
    this.#counts.fill(0)
    this.#count = 0
    this.#clamped = 0
    this.#sum = 0
    this.#min = Number.POSITIVE_INFINITY
    this.#max = 0
  }

  #grow(index: number): void {
    const grown = new Float64Array(((index >> HALF_BITS) + 1) << HALF_BITS)
    grown.set(this.#counts)
    this.#counts = grown
  }
}

function indexOf(value: number): number {
  const doublings = Math.max(0, 31 - HALF_BITS - Math.clz32(value))
  return (doublings << HALF_BITS) + (value >>> doublings)
}

/** The lowest value that a counter stands for. */
export function firstOf(index: number): number {
  const doublings = Math.max(0, (index >> HALF_BITS) - 1)
  return (index - (doublings << HALF_BITS)) * 2 ** doublings
}

/** The highest value that a counter stands for. */
export function lastOf(index: number): number {
  return firstOf(index + 1) - 1
}
