import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createScheduler, createVirtualClock, sleep, type TaskRun } from '../src/index.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

function scheduled(options: { concurrency?: number; queue?: number } = {}) {
  const clock = createVirtualClock()
  const errors: unknown[] = []
  const scheduler = createScheduler({ clock, onError: (error) => errors.push(error), ...options })
  const starts: number[] = []
  const task = ({ startedAt }: TaskRun): void => void starts.push(startedAt)
  const lasting =
    (ms: number) =>
    async ({ startedAt, signal }: TaskRun): Promise<void> => {
      starts.push(startedAt)
      await sleep(clock, ms, { signal })
    }
  return { clock, scheduler, starts, task, lasting, errors }
}

describe('tasks', () => {
  test('run at once, and once after a time', async () => {
    const { clock, scheduler, starts, task } = scheduled()
    const now = scheduler.now(task)
    const later = scheduler.after(500, task)
    expect(starts).toEqual([0])
    await clock.advance(499)
    expect(starts).toEqual([0])
    await clock.advance(1)
    expect(starts).toEqual([0, 500])
    expect(await now.finished).toEqual({ runs: 1, failures: 0, missed: 0 })
    expect(await later.finished).toEqual({ runs: 1, failures: 0, missed: 0 })
    expect(scheduler.counts).toEqual({ running: 0, waiting: 0, tasks: 0 })
  })

  test('of a fixed rate start at the same distance, however long they take', async () => {
    const { clock, scheduler, starts, lasting } = scheduled()
    const task = scheduler.every(100, lasting(30))
    await clock.advance(350)
    task.cancel()
    expect(starts).toEqual([100, 200, 300])
    expect((await task.finished).missed).toBe(0)
  })

  test('of a fixed rate that take too long miss runs, which are counted', async () => {
    const { clock, scheduler, starts, lasting } = scheduled()
    const task = scheduler.every(100, lasting(250), { firstMs: 0 })
    await clock.advance(1_000)
    expect(starts).toEqual([0, 300, 600, 900])
    expect(task.counts).toMatchObject({ runs: 4, missed: 7 })
  })

  test('of a fixed delay start so long after the end of the last', async () => {
    const { clock, scheduler, starts, lasting } = scheduled()
    const task = scheduler.every(100, lasting(250), { mode: 'delay' })
    await clock.advance(1_000)
    expect(starts).toEqual([100, 450, 800])
    expect(task.counts).toMatchObject({ runs: 3, missed: 0 })
  })

  test('follow cron for an hour, in a moment', async () => {
    const { clock, scheduler, starts, task } = scheduled()
    const begun = performance.now()
    const cron = scheduler.cron('*/5 * * * *', task)
    const seconds = scheduler.cron('* * * * * *', () => {})
    await clock.advance(HOUR)
    expect(starts).toEqual(Array.from({ length: 12 }, (_, place) => (place + 1) * 5 * MINUTE))
    expect([cron.counts.runs, seconds.counts.runs]).toEqual([12, 3_600])
    // An hour: a slow machine may take a thousand times what it takes here.
    expect(performance.now() - begun).toBeLessThan(HOUR / 100)
  })

  test('follow cron in a time zone, over the change of the clocks', async () => {
    const start = Date.UTC(2025, 2, 29, 12)
    const clock = createVirtualClock({ startMs: start })
    const scheduler = createScheduler({ clock })
    const times: string[] = []
    scheduler.cron('0 9 * * *', ({ dueAt }) => void times.push(new Date(dueAt).toISOString()), {
      timezone: 'Europe/Vienna',
    })
    await clock.advance(48 * HOUR)
    expect(times).toEqual(['2025-03-30T07:00:00.000Z', '2025-03-31T07:00:00.000Z'])
  })

  test.each(['', '* * *', '61 * * * *', 'every minute', '0 0 31 2 *', '* * * * * * *'])(
    'are refused a cron expression that cannot be: %j',
    (expression) => {
      const { scheduler, task } = scheduled()
      expect(() => scheduler.cron(expression, task)).toThrow(
        expect.objectContaining({ code: 'ERR_BOT_OPTION' }),
      )
      expect(scheduler.counts.tasks).toBe(0)
    },
  )

  test('that throw are counted, told, and go on', async () => {
    const { clock, scheduler, errors } = scheduled()
    const task = scheduler.every(10, ({ number }) => {
      if (number % 2 === 0) throw new Error(`run ${number}`)
    })
    await clock.advance(45)
    expect(task.counts).toMatchObject({ runs: 4, failures: 2, error: new Error('run 4') })
    expect(errors).toHaveLength(2)
  })

  test('that are cancelled run no more, and the one that goes on is told', async () => {
    const { clock, scheduler } = scheduled()
    let aborted = false
    const task = scheduler.now(async ({ signal }) => {
      signal.addEventListener('abort', () => (aborted = true))
      await sleep(clock, HOUR, { signal })
    })
    const never = scheduler.after(10, () => expect.unreachable())
    task.cancel()
    never.cancel()
    await clock.advance(100)
    expect(aborted).toBe(true)
    expect((await never.finished).runs).toBe(0)
    expect(clock.pending).toBe(0)
  })
})

describe('concurrency', () => {
  test('is never above the limit, and nothing is lost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.record({ at: fc.nat(50), takes: fc.nat(20) }), { maxLength: 40 }),
        async (concurrency, wanted) => {
          const { clock, scheduler } = scheduled({ concurrency })
          let [running, most, done] = [0, 0, 0]
          for (const { at, takes } of wanted) {
            scheduler.after(at, async ({ signal }) => {
              most = Math.max(most, ++running)
              await sleep(clock, takes, { signal })
              running--
              done++
            })
          }
          await clock.advance(2_000)
          expect(most).toBeLessThanOrEqual(concurrency)
          expect(done).toBe(wanted.length)
        },
      ),
      { numRuns: 50 },
    )
  })

  test('what waits starts in the order in which it was due, and knows when that was', async () => {
    const { clock, scheduler } = scheduled({ concurrency: 1 })
    const runs: unknown[] = []
    for (const name of ['a', 'b', 'c']) {
      scheduler.after(name.charCodeAt(0), async ({ dueAt, startedAt }) => {
        runs.push([name, dueAt, startedAt])
        await sleep(clock, 100)
      })
    }
    await clock.advance(1_000)
    expect(runs).toEqual([
      ['a', 97, 97],
      ['b', 98, 197],
      ['c', 99, 297],
    ])
  })

  test('a full queue refuses what is wanted at once, and counts what was due', async () => {
    const { clock, scheduler, lasting } = scheduled({ concurrency: 1, queue: 1 })
    scheduler.now(lasting(1_000))
    scheduler.now(lasting(1_000))
    expect(() => scheduler.now(lasting(1))).toThrow(
      expect.objectContaining({ code: 'ERR_BOT_QUEUE_FULL' }),
    )
    const once = scheduler.after(10, lasting(1))
    await clock.advance(20)
    expect(await once.finished).toEqual({ runs: 0, failures: 0, missed: 1 })
    expect(scheduler.counts).toEqual({ running: 1, waiting: 1, tasks: 2 })
  })
})

describe('to stop', () => {
  test('waits for what goes on, and starts nothing more', async () => {
    const { clock, scheduler, starts, lasting, task } = scheduled({ concurrency: 1 })
    scheduler.now(lasting(400))
    scheduler.now(lasting(1))
    scheduler.every(10, task)
    const report = await clock.until(scheduler.stop({ graceMs: 500 }))
    expect(report).toEqual({ dropped: 1, aborted: 0, abandoned: 0 })
    expect([clock.now(), starts]).toEqual([400, [0]])
    expect(() => scheduler.now(task)).toThrow(expect.objectContaining({ code: 'ERR_BOT_CLOSED' }))
    expect(await scheduler.stop()).toBe(report)
    expect(clock.pending).toBe(0)
  })

  test('aborts who takes too long, and leaves behind who does not heed it', async () => {
    const { clock, scheduler, lasting, errors } = scheduled()
    scheduler.now(lasting(HOUR))
    scheduler.now(async () => sleep(clock, HOUR))
    const report = await clock.until(scheduler.stop({ graceMs: 300, abortMs: 50 }))
    expect(report).toEqual({ dropped: 0, aborted: 2, abandoned: 1 })
    expect([clock.now(), errors.length]).toEqual([350, 1])
  })
})
