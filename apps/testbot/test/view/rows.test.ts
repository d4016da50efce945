import { createMetrics } from '@bzzz/bot-framework/metrics'
import { plainOf, widthOf } from '@bzzz/runtime/terminal'
import { describe, expect, test } from 'vitest'
import * as figures from '../../src/view/figures.ts'
import { progressLine } from '../../src/view/plain.ts'
import { rowsOf, shareOut } from '../../src/view/rows.ts'
import { nowOf, ratesOf, type Snapshot } from '../../src/view/snapshot.ts'

/** So many operations, one for each time and behaviour. */
function summaryOf(
  operations: readonly { at: number; took?: number; behavior?: string; error?: string }[],
  endedAt: number,
) {
  const metrics = createMetrics({ startedAt: 0 })
  for (const { at, took = 10, behavior = 'look', error } of operations) {
    const base = { behavior, bot: 'a', intendedAt: at - took, startedAt: at - took, endedAt: at }
    metrics.observe(error === undefined ? base : { ...base, error })
  }
  return metrics.summary(endedAt)
}

function snapshotOf(rest: Partial<Snapshot> = {}): Snapshot {
  return {
    scenario: 'daily-users',
    seed: 7,
    isRealTime: true,
    phases: [
      { name: 'ramp', seconds: 10 },
      { name: 'hold', seconds: 30 },
    ],
    phase: 1,
    phaseSeconds: 15,
    atSeconds: 25,
    summary: summaryOf([], 25_000),
    bots: { idle: 17, acting: 3 },
    faults: {},
    thresholds: [],
    ...rest,
  }
}

const second = (from: number, count: number, took = 10) =>
  Array.from({ length: count }, (_, number) => ({ at: from * 1_000 + number, took }))
const busy = snapshotOf({
  summary: summaryOf(
    [
      ...second(22, 10),
      ...second(23, 20),
      ...second(24, 40, 20),
      { at: 24_900, behavior: 'transfer', took: 100, error: 'ERR_ADNET_TIMEOUT' },
      { at: 24_901, behavior: 'transfer', took: 100, error: 'ERR_ADNET_TIMEOUT' },
      { at: 24_902, behavior: 'transfer', took: 100, error: 'other' },
    ],
    25_000,
  ),
  faults: { latencyMs: [5, 50], unavailableRate: 0.05 },
  thresholds: [
    { name: 'count at least 50', ok: true, detail: '73' },
    { name: 'errorRate at most 0.01', ok: false, detail: '0.041' },
  ],
})
const textOf = (snapshot: Snapshot, width = 80, height = 24): string[] =>
  rowsOf(snapshot, { width, height }).map(plainOf)

describe('a panel', () => {
  test('says where the run is, how fast it goes, and whether it will pass', () => {
    const text = textOf(busy).join('\n')
    expect(text.split('\n')[0]).toMatch(/^daily-users {2}seed 7 +25 s of 40 s$/)
    expect(text).toContain(`phase     hold (2 of 2) ${'█'.repeat(15)}${'░'.repeat(15)} 15 s left`)
    expect(text).toMatch(/rate now {2}43\/s +▁+▃▄█\n/)
    expect(text).toContain('done      73 (2.9/s)  failed 3 (4.1 %)  not started 0')
    expect(text).toMatch(/now +20\.0 ms +100 ms +100 ms +100 ms\n/)
    expect(text).toMatch(/in all +20\.0 ms +20\.0 ms +100 ms +100 ms\n/)
    expect(text).toContain('bots      idle 17, acting 3')
    expect(text).toContain('faults    latencyMs 5-50, unavailableRate 0.05')
    expect(text).toMatch(/look +70 +2\.8\/s +20\.0 ms +0\n/)
    expect(text).toMatch(/transfer +3 +0\.1\/s +100 ms +3\n/)
    expect(text).toMatch(/2 {2}ERR_ADNET_TIMEOUT\n +1 {2}other\n/)
    // What does not hold is what one looks for.
    expect(text).toMatch(/✗ errorRate at most 0.01: 0.041\n {2}✓ count at least 50: 73\n/)
    expect(text.split('\n').at(-1)).toContain('Ctrl-C ends the run')
  })

  test('says so before the first phase, while it is judged, and why it ends early', () => {
    expect(textOf(snapshotOf({ phase: -1 }))[1]).toBe('phase     bots get ready')
    expect(textOf(snapshotOf({ phase: 2 }))[1]).toBe('phase     it is judged')
    const ending = textOf(snapshotOf({ endedBy: 'it was interrupted' }))
    expect([ending[1], ending.at(-1)]).toEqual([
      'ending    it was interrupted',
      'It is judged and reported; Ctrl-C once more gives that up.',
    ])
    expect(textOf(snapshotOf({ isRealTime: false }))[0]).toContain('simulated 25 s of 40 s')
  })

  const many = snapshotOf({
    seed: 'a seed of many words that goes on and on',
    phases: [{ name: '阶段 \u001b[2J 🇩🇪 very long indeed, and longer', seconds: 10 }],
    phase: 0,
    summary: summaryOf(
      Array.from({ length: 40 }, (_, place) => ({
        at: 24_000 + place,
        behavior: `behaviour-${place}`,
        error: `\u001b]0;owned\u0007 ${place}`,
      })),
      25_000,
    ),
    thresholds: Array.from({ length: 40 }, (_, place) => ({
      name: `p99 of behaviour-${place} at most 3`,
      ok: place > 0,
      detail: '10',
    })),
  })

  test.each([
    [80, 24],
    [80, 10],
    [40, 24],
    [17, 12],
    [200, 60],
    [80, 3],
    [1, 1],
  ])('fits into %d columns and %d rows, whatever names are', (width, height) => {
    for (const snapshot of [busy, many, snapshotOf()]) {
      const rows = textOf(snapshot, width, height)
      expect(rows.length).toBeLessThanOrEqual(height)
      for (const row of rows) {
        expect(widthOf(row)).toBeLessThanOrEqual(width)
        // oxlint-disable-next-line no-control-regex
        expect(row).not.toMatch(/[\u0000-\u001f\u007f]/)
      }
    }
  })

  test('says how much there is no room for, and shows each table a part', () => {
    const rows = textOf(many)
    expect(rows).toHaveLength(24)
    expect(rows.filter((row) => row.startsWith('  … and '))).toHaveLength(3)
    expect(rows.join('\n')).toMatch(/✗ p99 of behaviour-0 at most 3: 10/)
    const hidden = rows.flatMap((row) => /and (\d+) more/.exec(row)?.slice(1).map(Number) ?? [])
    const tables = rows.filter((row) => /^ {2}[✓✗]|^behaviour-|owned/.test(row)).length
    expect(tables + hidden.reduce((a, b) => a + b)).toBe(120)
  })

  test('in a narrow terminal leaves out what matters least', () => {
    const text = textOf(busy, 50).join('\n')
    expect(text).not.toContain('max')
    expect(text).toMatch(/behaviour +count +p95 +errors\n/)
  })
})

describe('what happens now', () => {
  test('is what the newest whole second says', () => {
    expect(nowOf(busy).perSecond).toBe(43)
    // The second that goes on has one operation so far: that is no fall of the rate.
    const later = {
      ...busy,
      atSeconds: 25.1,
      summary: summaryOf([...second(24, 40), { at: 25_050 }], 25_100),
    }
    expect(nowOf(later).perSecond).toBe(40)
  })

  test('is nothing when nothing has ended for a while', () => {
    const still = { ...busy, atSeconds: 40 }
    expect(nowOf(still)).toEqual({ perSecond: 0, latency: undefined })
    expect(ratesOf(still, 5)).toEqual([0, 0, 0, 0, 0])
    expect(ratesOf({ ...busy, atSeconds: 26 }, 4)).toEqual([10, 20, 43, 0])
  })

  test('is what the first second says before it is over', () => {
    const first = snapshotOf({ atSeconds: 0.5, summary: summaryOf(second(0, 10), 500) })
    expect(nowOf(first).perSecond).toBe(20)
    expect(nowOf(snapshotOf()).latency).toBeUndefined()
  })
})

test('a line for who has no terminal says the same', () => {
  expect(progressLine(busy)).toBe(
    '  25 s  hold  43/s  p50 20.0 ms p95 100.0 ms p99 100.0 ms  done 73  failed 3  not started 0\n',
  )
  expect(progressLine(snapshotOf({ phase: -1, atSeconds: 0 }))).toBe(
    '   0 s  getting ready  0/s  done 0  failed 0  not started 0\n',
  )
})

test('rows are shared out to who needs few first', () => {
  expect(shareOut([1, 10, 10], 9)).toEqual([1, 4, 4])
  expect(shareOut([5, 5], 100)).toEqual([5, 5])
  expect(shareOut([5, 5, 5], 2)).toEqual([1, 1, 0])
})

describe('figures', () => {
  test('are as short as can be read', () => {
    const { count, time, rate, percent, span, bar, sparkline } = figures
    expect([count(1_234_567), rate(0), rate(9.94), rate(1_234.4)]).toEqual([
      '1,234,567',
      '0.0/s',
      '9.9/s',
      '1,234/s',
    ])
    expect([time(0.04), time(99.9), time(100.2), time(9_990), time(12_345)]).toEqual([
      '0.0 ms',
      '99.9 ms',
      '100 ms',
      '9990 ms',
      '12.3 s',
    ])
    expect([percent(0), percent(0.0001), percent(0.25)]).toEqual(['0.0 %', '<0.1 %', '25.0 %'])
    expect([span(-1), span(59.4), span(60), span(3_725)]).toEqual([
      '0 s',
      '59 s',
      '1:00',
      '1:02:05',
    ])
    expect([bar(0.5, 4), bar(2, 3), bar(-1, 2)]).toEqual(['██░░', '███', '░░'])
    expect([sparkline([0, 5, 10]), sparkline([0, 0]), sparkline([])]).toEqual(['▁▅█', '▁▁', ''])
  })
})
