import type { Interval, Summary } from './summary.ts'

type Point = readonly [at: number, perSecond: number]

/**
 * How often something happened in a second, over time: also where nothing ended, which intervals leave out. The newest
 * interval counts for as long as it went on; where that is less than half of it, it says nothing yet.
 */
export function ratesOver(
  { intervals, seconds }: Pick<Summary, 'intervals' | 'seconds'>,
  countOf: (interval: Interval) => number,
): Point[] {
  const points: Point[] = []
  let end = 0
  // Two points are enough for all of a pause: a line between them.
  const pause = (until: number, length: number): void => {
    const last = until - length
    if (last >= end - 1e-9) points.push([end, 0])
    if (last > end + 1e-9) points.push([last, 0])
  }
  for (const interval of intervals) {
    const { at, seconds: length } = interval
    pause(at, length)
    end = at + length
    const over = Math.min(length, seconds - at)
    const isOnly = intervals.length === 1 && over > 0
    if (over >= length / 2 || isOnly) points.push([at, countOf(interval) / over])
  }
  const length = intervals.at(-1)?.seconds
  if (length !== undefined) pause(Math.floor(seconds / length + 1e-9) * length, length)
  return points
}
