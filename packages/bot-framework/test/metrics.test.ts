import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import {
  createMetrics,
  htmlReport,
  observationOf,
  openEventLog,
  prometheusText,
  readEventLog,
  type LogEvent,
  type Observation,
} from '../src/metrics.ts'
import { ratesOver } from '../src/rates.ts'
import { hostBot, sleep, success } from '../src/index.ts'
import { world } from './support.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})
function logFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bots-'))
  folders.push(folder)
  return join(folder, 'log.ndjson')
}
async function read(path: string, skipped: number[] = []): Promise<LogEvent[]> {
  const events: LogEvent[] = []
  for await (const event of readEventLog(path, { onSkip: (line) => skipped.push(line) }))
    events.push(event)
  return events
}
const operation = (at: number, ms: number, rest: Partial<Observation> = {}): Observation => ({
  behavior: 'pay',
  bot: 'alice',
  intendedAt: at - ms,
  startedAt: at - ms,
  endedAt: at,
  ...rest,
})

describe('metrics', () => {
  test('count operations, failures by kind, rates and percentiles', () => {
    const metrics = createMetrics({ startedAt: 1_000 })
    for (let number = 1; number <= 100; number++) {
      const error = number % 10 === 0 ? { error: number === 50 ? 'timeout' : 'http-503' } : {}
      metrics.observe(operation(1_000 + number * 50, number, { ...error, measures: { bytes: 10 } }))
    }
    metrics.observe(operation(6_000, 1, { behavior: 'ask' }))
    metrics.drop('ask', 3, 6_000)
    const { total, behaviors, seconds, intervals } = metrics.summary()
    expect(seconds).toBe(5)
    expect(total).toMatchObject({ count: 101, failed: 10, dropped: 3, perSecond: 101 / 5 })
    expect(behaviors['pay']).toMatchObject({
      count: 100,
      failed: 10,
      errorRate: 0.1,
      errors: { 'http-503': 9, timeout: 1 },
      measures: { bytes: 1_000 },
      latency: { min: 1, mean: 50.5, max: 100 },
    })
    expect(behaviors['pay']!.latency.p95).toBeCloseTo(95, 0)
    expect(behaviors['ask']).toMatchObject({ count: 1, dropped: 3 })
    expect(intervals.map(({ at, count }) => [at, count])).toEqual([
      [0, 19],
      [1, 20],
      [2, 20],
      [3, 20],
      [4, 20],
      [5, 2],
    ])
    expect(metrics.live()).toMatchObject({ at: 5, count: 2, perSecond: 2 })
    expect(metrics.summary(11_000).total.perSecond).toBe(10.1)
  })

  test('of nothing are zero', () => {
    const metrics = createMetrics({ startedAt: 0 })
    expect(metrics.live()).toBeUndefined()
    const { total, intervals, seconds } = metrics.summary()
    expect([
      total.count,
      total.errorRate,
      total.perSecond,
      total.latency.p99,
      intervals,
      seconds,
    ]).toEqual([0, 0, 0, 0, [], 0])
  })

  // A bot that is to act each 10 ms, and a target that stands still once for a second: who starts the clock
  // when the bot gets round to it sees one slow operation of two hundred.
  test('are recorded from the intended start: who waits for a slow target is seen waiting', async () => {
    const { clock, context } = world()
    const metrics = createMetrics({ startedAt: 0 })
    const host = hostBot({
      id: 'alice',
      bot: {
        executeBehavior: async () => {
          await sleep(clock, clock.now() >= 500 && clock.now() < 510 ? 1_000 : 1)
          return success()
        },
      },
      context: context(),
      onExecution: (execution) => metrics.observe(observationOf(execution)),
    })
    await host.prepare()
    host.run()
    const run = async (): Promise<void> => {
      for (let turn = 0; turn < 200; turn++) {
        const intendedAt = turn * 10
        if (clock.now() < intendedAt) await sleep(clock, intendedAt - clock.now())
        await host.execute('act', { intendedAt })
      }
    }
    await clock.until(run())
    const { latency, service } = metrics.summary().total
    expect(service.p99).toBeCloseTo(1, 1)
    expect(latency.p95).toBeGreaterThan(800)
    expect(latency.p50).toBeGreaterThan(1)
  })

  test('keep the time line short however long a run takes, and lose nothing of it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ gap: fc.nat(900), ms: fc.nat(50), failed: fc.boolean() }), {
          minLength: 1,
          maxLength: 200,
        }),
        fc.integer({ min: 2, max: 9 }),
        (operations, intervals) => {
          const metrics = createMetrics({ startedAt: 0, intervalMs: 10, intervals })
          let now = 0
          const bySecond: number[] = []
          for (const { gap, ms, failed } of operations) {
            now += gap
            bySecond.push(now)
            metrics.observe(operation(now, ms, failed ? { error: 'x' } : {}))
          }
          const line = metrics.summary().intervals
          expect(line.length).toBeLessThanOrEqual(intervals + 1)
          for (const [place, { at, seconds, count }] of line.entries()) {
            const within = bySecond.filter(
              (ended) => ended >= at * 1_000 - 1e-6 && ended < (at + seconds) * 1_000 - 1e-6,
            )
            expect([place, count]).toEqual([place, within.length])
          }
          expect(line.reduce((sum, { failed }) => sum + failed, 0)).toBe(
            operations.filter(({ failed }) => failed).length,
          )
          const highest = Math.max(...operations.map(({ ms }) => ms))
          expect(
            Math.abs(Math.max(...line.map(({ latency }) => latency.max)) - highest),
          ).toBeLessThanOrEqual(highest / 1_000)
        },
      ),
    )
  })

  test('have room for names from outside, and not for all of them', () => {
    const metrics = createMetrics({ startedAt: 0 })
    for (let number = 0; number < 1_000; number++) {
      metrics.observe(operation(number, 1, { behavior: `b${number}`, error: `e${number}` }))
    }
    const { behaviors, total } = metrics.summary()
    expect(Object.keys(behaviors)).toHaveLength(201)
    expect(Object.keys(total.errors)).toHaveLength(101)
    expect(behaviors['other']!.count).toBe(800)
    expect(total.errors['other']).toBe(900)
  })
})

describe('the log', () => {
  test('tells it all again: the figures of a log are those that were counted', async () => {
    const path = logFile()
    const log = openEventLog(path)
    const metrics = createMetrics({ startedAt: 0, log })
    for (let number = 0; number < 2_000; number++) {
      metrics.observe(
        operation(number * 3, number % 70, number % 9 === 0 ? { error: 'x', phase: 'ramp' } : {}),
      )
    }
    metrics.drop('pay', 2, 1)
    metrics.note(5, 'phase', { name: 'hold' })
    log.close()
    log.close()
    expect(() => metrics.note(6, 'late')).toThrow(
      expect.objectContaining({ code: 'ERR_BOT_CLOSED' }),
    )
    const again = createMetrics({ startedAt: 0 })
    for (const event of await read(path)) {
      if (event.type === 'operation') again.observe(event)
      else if (event.type === 'dropped') again.drop(event.behavior, event.count, event.at)
      else expect(event).toEqual({ type: 'note', at: 5, what: 'phase', details: { name: 'hold' } })
    }
    expect(again.summary()).toEqual(metrics.summary())
  })

  test('is added to and never begun anew; a torn line is skipped, and told', async () => {
    const path = logFile()
    for (const at of [1, 2]) {
      const log = openEventLog(path)
      log.append({ type: 'note', at, what: 'start', details: {} })
      log.flush()
      log.flush()
      log.close()
    }
    appendFileSync(
      path,
      `{"type":"note"}\n${'x'.repeat(200_000)}\n{"type":"note","at":3,"what":"è","details":{}}\n{"type":"no`,
    )
    const skipped: number[] = []
    expect((await read(path, skipped)).map((event) => event.type === 'note' && event.at)).toEqual([
      1, 2, 3,
    ])
    expect(skipped).toEqual([3, 4, 6])
  })

  test('that cannot be written or read is an error', async () => {
    const failed = expect.objectContaining({ code: 'ERR_BOT_LOG' })
    expect(() => openEventLog(join(logFile(), 'nowhere', 'log'))).toThrow(failed)
    await expect(read(logFile())).rejects.toEqual(failed)
  })

  test('holds little in memory', () => {
    const path = logFile()
    writeFileSync(path, '')
    const log = openEventLog(path)
    for (let at = 0; at < 2_000; at++)
      log.append({ type: 'note', at, what: 'x'.repeat(40), details: {} })
    const written = readFileSync(path).length
    log.close()
    expect(readFileSync(path).length - written).toBeLessThan(64 * 1024)
    expect(written).toBeGreaterThan(64 * 1024)
  })
})

describe('reports', () => {
  const hostile = '<b>"x"\\\n</b>'
  function summary() {
    const metrics = createMetrics({ startedAt: 0 })
    for (let number = 1; number <= 300; number++) {
      metrics.observe(
        operation(number * 20, number / 10, number % 100 === 0 ? { error: hostile } : {}),
      )
    }
    metrics.observe(operation(6_000, 5, { behavior: hostile }))
    return metrics.summary()
  }

  test('for Prometheus are well formed, and say what was counted', () => {
    const text = prometheusText(summary())
    const series = new Map<string, number>()
    for (const line of text.trimEnd().split('\n')) {
      if (line.startsWith('#')) {
        expect(line).toMatch(/^# (HELP|TYPE) [a-z_]+ \S/)
        continue
      }
      const [, name, value] =
        /^([a-z_]+\{(?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)+\}) (\S+)$/.exec(line) ?? []
      expect([line, name]).toEqual([line, expect.any(String)])
      series.set(name!, Number(value))
    }
    expect(series.get('bzzz_bot_operations_total{behavior="pay",outcome="ok"}')).toBe(297)
    expect(series.get('bzzz_bot_operations_total{behavior="pay",outcome="failed"}')).toBe(3)
    expect(series.get('bzzz_bot_latency_seconds_count{behavior="pay"}')).toBe(300)
    expect(series.get('bzzz_bot_latency_seconds{behavior="pay",quantile="0.5"}')).toBeCloseTo(
      0.015,
      4,
    )
    expect(series.get(`bzzz_bot_errors_total{behavior="pay",kind="<b>\\"x\\"\\\\\\n</b>"}`)).toBe(3)
  })

  test('in HTML load nothing, run nothing, and show what was found', () => {
    const html = htmlReport({
      title: `Soak ${hostile}`,
      summary: summary(),
      verdicts: [
        { name: 'p99 < 50 ms', ok: true, detail: '29.9 ms' },
        { name: 'error rate < 0.1 %', ok: false, detail: `1 % ${hostile}` },
      ],
      facts: { Seed: '7' },
    })
    expect(html).not.toContain('<b>')
    expect(html).not.toMatch(/<script|<link|<img|@import|url\(|https?:|\son\w+=/)
    expect(html).toContain("default-src 'none'")
    expect(html.match(/<svg /g)).toHaveLength(4)
    expect(html).toContain('<strong>Failed</strong>')
    expect(html).toContain('✓ p99 &lt; 50 ms'.replace('&lt;', '&#60;'))
    expect(html).not.toMatch(/NaN|Infinity|undefined/)
    const points = [...html.matchAll(/points="([^"]+)"/g)].map((match) => match[1]!.split(' '))
    // The seventh second has only begun: it has latencies, and no rate yet.
    expect(points.map(({ length }) => length)).toEqual([7, 7, 7, 7, 6, 6])
    // Time is as long in all of them.
    expect([points[0]![5], points[4]![5]].map((point) => point!.split(',')[0])).toEqual(
      Array.from({ length: 2 }, () => points[1]![5]!.split(',')[0]),
    )
    for (const [x, y] of points.flat().map((point) => point.split(',').map(Number))) {
      expect(x! >= 0 && x! <= 720 && y! >= 0 && y! <= 220).toBe(true)
    }
    // The highest latencies grow, so that their line goes up: towards 0.
    const heights = points[3]!.map((point) => Number(point.split(',')[1]))
    expect(heights.slice(0, 6)).toEqual(heights.slice(0, 6).toSorted((a, b) => b - a))
  })

  describe('have a rate over time', () => {
    /** Rates after so many operations in each tenth of a second. */
    const ratesOf = (counts: readonly number[], seconds: number) => {
      const metrics = createMetrics({ startedAt: 0 })
      for (const [tenth, count] of counts.entries())
        for (let number = 0; number < count; number++)
          metrics.observe(operation(tenth * 100, 1, number === 0 ? { error: 'x' } : {}))
      const whole = metrics.summary(seconds * 1_000)
      const round = (points: ReturnType<typeof ratesOver>) =>
        points.map(([at, rate]) => [at, Number(rate.toFixed(6))])
      return {
        ended: round(ratesOver(whole, ({ count }) => count)),
        failed: round(ratesOver(whole, ({ failed }) => failed)),
      }
    }
    const steady = (tenths: number) => Array.from({ length: tenths }, () => 5)

    test.each([
      ['whole seconds', 20, 2, [50, 50]],
      ['a second of which more than half is over', 28, 2.8, [50, 50, 50]],
      ['a second that has only begun', 23, 2.3, [50, 50]],
      ['one that has only begun, where there is no other', 2, 0.2, [50]],
    ])('which does not fall at its end: %s', (_what, tenths, seconds, rates) => {
      const { ended, failed } = ratesOf(steady(tenths), seconds)
      expect(ended).toEqual(rates.map((rate, at) => [at, rate]))
      expect(failed).toEqual(rates.map((rate, at) => [at, rate / 5]))
    })

    test('which is 0 where nothing ended: before, between and after', () => {
      const none = (tenths: number) => Array.from({ length: tenths }, () => 0)
      const counts = [...none(30), ...steady(10), ...none(10), ...steady(10), ...none(40)]
      expect(ratesOf(counts, 10.1).ended).toEqual([
        [0, 0],
        [2, 0],
        [3, 50],
        [4, 0],
        [5, 50],
        [6, 0],
        [9, 0],
      ])
    })

    test('of nothing, there is none', () => {
      expect(ratesOf([], 0)).toEqual({ ended: [], failed: [] })
      expect(ratesOf([5], 0)).toEqual({ ended: [], failed: [] })
    })
  })

  test('show bins without operations too: what is far apart is drawn far apart', () => {
    const metrics = createMetrics({ startedAt: 0 })
    for (const ms of [1, 1, 8]) metrics.observe(operation(1_000, ms))
    const { distribution } = metrics.summary()
    expect(distribution.reduce((sum, { count }) => sum + count, 0)).toBe(3)
    expect([distribution[0]!.count, distribution.at(-1)!.count]).toEqual([2, 1])
    // Eight times as long is nine or ten bins further, each a fourth wider than the one before.
    expect(distribution.length).toBeGreaterThan(9)
    for (const [place, { from }] of distribution.slice(1).entries())
      expect(from).toBe(distribution[place]!.to)
    expect(createMetrics({ startedAt: 0 }).summary().distribution).toEqual([])
    const bars = htmlReport({ title: 'x', summary: metrics.summary() }).match(/<rect /g)
    expect(bars).toHaveLength(distribution.length)
  })

  test('in HTML of nothing at all, or of one moment, are whole', () => {
    const metrics = createMetrics({ startedAt: 0 })
    expect(htmlReport({ title: 'x', summary: metrics.summary() })).toContain(
      'Nothing was recorded.',
    )
    metrics.observe(operation(0, 0))
    const html = htmlReport({ title: 'x', summary: metrics.summary() })
    expect(html).toContain('<circle')
    expect(html).not.toMatch(/NaN|Infinity|undefined/)
  })
})
