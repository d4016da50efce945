import { measure } from 'mitata'

/** One row of a package's table: what was measured, and what stood beside it in the same run. */
export interface Figure {
  /** What a user does, in words. */
  readonly what: string
  /** The figure itself, in `unit`. */
  readonly value: number
  readonly unit: string
  /** What the figure is read against, timed in the same run. */
  readonly reference?: { readonly what: string; readonly value: number }
  /** How subject and reference compare; above 1 is better than the reference. */
  readonly ratio?: number
  /** The goal for the ratio (or for the value, where there is no reference), as text. */
  readonly goal?: string
  readonly met?: boolean
}

/** What a `bench/*.bench.ts` exports by default. */
export interface Bench {
  readonly package: string
  run(): Promise<Figure[]>
}

export interface Comparison {
  readonly what: string
  readonly subject: () => unknown
  readonly reference: { readonly what: string; readonly run: () => unknown }
  /** The least ratio of the subject's speed to the reference's. */
  readonly atLeast: number
  /** How many operations one call of either side does; 1 if left out. */
  readonly operations?: number
}

const ROUNDS = 5
const MIN_CPU_NS = 150e6

/**
 * Times both sides in turns, so that what else the machine does meets both alike, and compares the
 * medians of their rounds.
 */
export async function compare(comparison: Comparison): Promise<Figure> {
  const { what, subject, reference, atLeast, operations = 1 } = comparison
  const subjectNs: number[] = []
  const referenceNs: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    subjectNs.push(await nanoseconds(subject))
    referenceNs.push(await nanoseconds(reference.run))
  }
  const perSecond = (ns: number[]): number => (1e9 / median(ns)) * operations
  const value = perSecond(subjectNs)
  const referenceValue = perSecond(referenceNs)
  const ratio = value / referenceValue
  return {
    what,
    value,
    unit: 'ops/s',
    reference: { what: reference.what, value: referenceValue },
    ratio,
    goal: `>= ${Number(atLeast.toPrecision(3))} x`,
    met: ratio >= atLeast,
  }
}

async function nanoseconds(run: () => unknown): Promise<number> {
  const stats = await measure(run, { min_cpu_time: MIN_CPU_NS })
  return stats.p50
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
