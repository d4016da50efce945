import { column, span, type Line } from '@bzzz/runtime/terminal'
import { count, rate, time } from './figures.ts'
import type { Snapshot } from './snapshot.ts'

// The tables of a panel: a heading and a row for each, or nothing at all. What one looks for comes first.

const CELL = 9

export function behaviorRows({ summary }: Snapshot, width: number): Line[] {
  const entries = Object.entries(summary.behaviors).filter(([, each]) => each.count > 0)
  if (entries.length === 0) return []
  const wide = width >= 60
  const cells = wide ? ['count', 'rate', 'p95', 'errors'] : ['count', 'p95', 'errors']
  const room = Math.max(8, Math.min(28, width - cells.length * CELL))
  const heading = column('behaviour', room) + rowOf(cells)
  const rows = entries
    .toSorted(([, a], [, b]) => b.count - a.count)
    .map(([name, each]): Line => {
      const middle = wide ? [rate(each.perSecond)] : []
      const shown = [count(each.count), ...middle, time(each.latency.p95)]
      const tone = each.failed > 0 ? 'bad' : 'plain'
      return [
        span(column(name, room) + rowOf(shown)),
        span(column(count(each.failed), CELL, 'right'), tone),
      ]
    })
  return [[span(heading, 'dim')], ...rows]
}

export function errorRows({ summary }: Snapshot): Line[] {
  const entries = Object.entries(summary.total.errors).toSorted(([, a], [, b]) => b - a)
  if (entries.length === 0) return []
  return [
    [span('errors by kind', 'dim')],
    ...entries.map(([kind, times]): Line => [
      span(column(count(times), CELL, 'right'), 'bad'),
      span(`  ${kind}`),
    ]),
  ]
}

/** Those that do not hold come first. */
export function thresholdRows({ thresholds }: Snapshot): Line[] {
  if (thresholds.length === 0) return []
  const rows = thresholds
    .toSorted((a, b) => Number(a.ok) - Number(b.ok))
    .map(({ name, ok, detail }): Line => [
      span(ok ? '  ✓ ' : '  ✗ ', ok ? 'good' : 'bad'),
      span(`${name}: ${detail}`),
    ])
  return [[span('thresholds', 'dim')], ...rows]
}

function rowOf(cells: readonly string[]): string {
  return cells.map((cell) => column(cell, CELL, 'right')).join('')
}
