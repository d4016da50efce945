import { createRandom, createVirtualClock, sleep } from '@bzzz/bot-framework'
import { createMetrics, type EventLog } from '@bzzz/bot-framework/metrics'
import { describe, expect, test } from 'vitest'
import { readScenario } from '../src/read-scenario.ts'
import type { Scenario } from '../src/scenario.ts'
import { run } from '../src/run.ts'
import { signalOf } from '../src/signals.ts'
import { start } from '../src/start.ts'
import { devnetTarget } from '../src/targets/devnet.ts'
import { judge } from '../src/verdicts.ts'

const { signal } = new AbortController()

/** A scenario of one phase. */
function scenarioText(load: string, rest = ''): string {
  return `name: test
about: A test
kind: legitimate
roles: [{ role: user, bots: 5, behaviors: { look: 1 } }]
phases: [{ name: only, seconds: 10, load: ${load} }]
${rest}`
}

function parsed(text: string): Scenario {
  const result = readScenario(text)
  if (!result.ok) throw new Error(JSON.stringify(result.flaws))
  return result.scenario
}

const scenarioOf = (load: string, rest = ''): Scenario => parsed(scenarioText(load, rest))

describe('a load', () => {
  test.each([
    ['{ model: constant-rate, rate: 20 }', 200],
    ['{ model: constant-rate, rate: 3.3 }', 33],
    ['{ model: ramping-rate, from: 0, to: 20 }', 100],
    ['{ model: recorded-shape, rates: [10, 0, 30, 0] }', 100],
  ])('%s begins as many operations as its rate says', async (load, expected) => {
    const { summary } = await start({ scenario: scenarioOf(load), signal })
    expect(Math.abs(summary.total.count - expected)).toBeLessThanOrEqual(1 + expected / 50)
    expect(summary.total.dropped).toBe(0)
  })

  test('that nobody is free for is dropped, and counted', async () => {
    const slow = '{ model: constant-rate, rate: 20 }, faults: { latencyMs: 1000 }'
    const { summary } = await start({ scenario: scenarioOf(slow), signal })
    expect(summary.total.count + summary.total.dropped).toBeGreaterThanOrEqual(199)
    expect(summary.total.dropped).toBeGreaterThan(100)
  })

  test.each([3.3, 7, 10, 30, 70])(
    'of %d a second goes on by the date of today too',
    async (rate) => {
      const clock = createVirtualClock({ startMs: 1_796_000_000_000.3 })
      let asked = 0
      const now = (): number => {
        // Who stands still asks for ever, and no deadline of a test would end that.
        if (++asked > 100_000) throw new Error('The load stands still')
        return clock.now()
      }
      const scenario = scenarioOf(`{ model: constant-rate, rate: ${rate} }`)
      const target = devnetTarget(scenario, { clock, random: createRandom('people'), seed: 1 })
      const bounded = { now, schedule: clock.schedule.bind(clock) }
      const { summary } = await clock.until(run({ scenario, target, clock: bounded, signal }))
      await target.close()
      expect(Math.abs(summary.total.count - 10 * rate)).toBeLessThanOrEqual(1)
    },
  )

  test('of bots is bounded by them', async () => {
    const perBot = async (load: string) =>
      (await start({ scenario: scenarioOf(load, 'thinkMs: [100, 100]'), signal })).summary.total
        .count
    expect(await perBot('{ model: constant-bots, bots: 2 }')).toBe(200)
    const ramp = await perBot('{ model: ramping-bots, from: 0, to: 4 }')
    expect(Math.abs(ramp - 200)).toBeLessThanOrEqual(20)
    expect(await perBot('{ model: iterations, perBot: 7 }')).toBe(35)
  })
})

test('behaviours are drawn by their weight, and one of no weight never', async () => {
  const scenario = scenarioOf('{ model: constant-rate, rate: 100 }')
  const behaviors = { look: 3, read: 1, transfer: 0 }
  const roles = [{ role: 'user', bots: 5, behaviors }] as const
  const { summary } = await start({ scenario: { ...scenario, roles: [...roles] }, signal })
  const [look, read] = [summary.behaviors['look']!.count, summary.behaviors['read']!.count]
  expect(Object.keys(summary.behaviors)).toEqual(['look', 'read'])
  expect(look / (look + read)).toBeGreaterThan(0.7)
  expect(look / (look + read)).toBeLessThan(0.8)
})

test('bots think as long as they are told, between both bounds', async () => {
  const scenario = scenarioOf('{ model: constant-bots, bots: 5 }', 'thinkMs: [50, 150]')
  const { summary } = await start({ scenario, signal })
  // Five bots, ten seconds, a tenth of a second between two acts, which take no time.
  expect(Math.abs(summary.total.count - 500)).toBeLessThan(40)
})

test('faults are those of their phase, and are over with it', async () => {
  const scenario = scenarioOf('{ model: constant-rate, rate: 10 }')
  const [phase] = scenario.phases
  const phases = [
    phase!,
    { ...phase!, name: 'slow', faults: { latencyMs: 300 } },
    { ...phase!, name: 'well' },
  ]
  const { summary } = await start({ scenario: { ...scenario, phases }, signal })
  const slowest = (from: number, to: number): number =>
    Math.max(
      ...summary.intervals
        .filter(({ at }) => at >= from && at < to)
        .map((each) => each.latency.max),
    )
  expect([slowest(0, 9), slowest(21, 31)]).toEqual([0, 0])
  expect(slowest(11, 19)).toBe(300)
})

test('latency counts from when an operation was due, also where the runner itself is late', async () => {
  const clock = createVirtualClock()
  const late = {
    now: () => clock.now(),
    schedule: (ms: number, call: () => void) => clock.schedule(ms + 7, call),
  }
  const scenario = scenarioOf('{ model: constant-rate, rate: 10 }')
  const target = devnetTarget(scenario, { clock, random: createRandom('people'), seed: 1 })
  const { summary } = await clock.until(run({ scenario, target, clock: late, signal }))
  await target.close()
  expect(summary.total.count).toBeGreaterThan(95)
  expect(summary.total.service.max).toBe(0)
  expect(summary.total.latency.p50).toBe(7)
})

test('the first phase begins when the target is ready, and waiting for that is no latency', async () => {
  const clock = createVirtualClock()
  const scenario = scenarioOf('{ model: constant-rate, rate: 10 }')
  const devnet = devnetTarget(scenario, { clock, random: createRandom('people'), seed: 1 })
  const target = { ...devnet, ready: async () => sleep(clock, 3_000) }
  const phases: number[] = []
  const log: EventLog = {
    append: (event) =>
      void (event.type === 'note' && event.what === 'phase' && phases.push(event.at)),
    flush: () => {},
    close: () => {},
  }
  const { summary } = await clock.until(run({ scenario, target, clock, signal, log }))
  await target.close()
  expect([phases, summary.total.count, summary.total.latency.max]).toEqual([[3_000], 100, 0])
})

describe('a run', () => {
  test('in which nothing was done has not passed', async () => {
    const { passed, verdicts } = await start({
      scenario: scenarioOf('{ model: constant-rate, rate: 0 }'),
      signal,
    })
    expect([passed, verdicts[0]]).toEqual([
      false,
      { name: 'what was done went well at least once', ok: false, detail: '0 of 0 operations' },
    ])
  })

  test.each([
    ['a target on which all fails', '{ unavailableRate: 1 }', 'look: 1', /^0 of \d+ .*never look/],
    [
      'a target that refuses what changes it',
      '{ refusesEverything: true }',
      'look: 1, transfer: 1',
      /^[1-9]\d* of \d+ operations, never transfer \(tried \d+ times\)$/,
    ],
  ])('without thresholds has not passed on %s', async (_what, faults, behaviors, detail) => {
    const load = `{ model: constant-rate, rate: 20 }, faults: ${faults}`
    const text = scenarioText(load).replace('look: 1', behaviors)
    const { passed, verdicts } = await start({ scenario: parsed(text), signal })
    const wrong = verdicts.filter(({ ok }) => !ok)
    expect([passed, wrong]).toEqual([
      false,
      [{ name: verdicts[0]!.name, ok: false, detail: expect.stringMatching(detail) }],
    ])
  })

  test('of attackers alone has passed where each was refused, and not where all else failed', async () => {
    const attack = (faults: string) =>
      scenarioText(`{ model: constant-rate, rate: 20 }, faults: ${faults}`).replace(
        'role: user, bots: 5, behaviors: { look: 1 }',
        'role: overflower, bots: 5',
      )
    const { passed } = await start({ scenario: parsed(attack('{}')), signal })
    const dead = await start({ scenario: parsed(attack('{ unavailableRate: 1 }')), signal })
    expect([passed, dead.verdicts[0]!.ok, dead.passed]).toEqual([true, false, false])
  })

  test('is found in its log from the beginning, and as it goes on', async () => {
    const told: string[] = []
    const log: EventLog = {
      append: (event) => void told.push(event.type === 'note' ? event.what : event.type),
      flush: () => void told.push('written'),
      close: () => {},
    }
    const by = { pid: 7, host: 'here' }
    await start({ scenario: scenarioOf('{ model: constant-rate, rate: 2 }'), signal, log, by })
    expect(told.slice(0, 3)).toEqual(['run', 'written', 'phase'])
    expect(told.filter((each) => each === 'written').length).toBeGreaterThanOrEqual(10)
    expect(told.at(-1)).toBe('verdicts')
  })

  test('ends as soon as a threshold says so', async () => {
    const thresholds = 'thresholds: [{ metric: errorRate, atMost: 0.1, abort: true }]'
    const load = '{ model: constant-rate, rate: 5 }, faults: { unavailableRate: 1 }'
    const { passed, summary, verdicts } = await start({
      scenario: scenarioOf(load, thresholds),
      signal,
    })
    expect([passed, summary.seconds < 5]).toEqual([false, true])
    expect(verdicts[1]).toMatchObject({ ok: false, detail: 'errorRate at most 0.1: it was 1' })
  })

  test('that is interrupted is judged all the same', async () => {
    const { verdicts, summary } = await start({
      scenario: scenarioOf('{ model: constant-rate, rate: 5 }'),
      signal: AbortSignal.abort(),
    })
    expect(summary.seconds).toBeLessThan(10)
    expect(verdicts[1]).toEqual({
      name: 'it ran to its end',
      ok: false,
      detail: 'it was interrupted',
    })
  })
})

test('thresholds are judged by what was measured', () => {
  const metrics = createMetrics({ startedAt: 0 })
  for (let number = 1; number <= 100; number++) {
    const base = { behavior: 'pay', bot: 'a', intendedAt: 0, startedAt: 0, endedAt: number }
    metrics.observe(number > 95 ? { ...base, error: 'x' } : base)
  }
  const summary = metrics.summary()
  const ok = (threshold: Parameters<typeof judge>[0]) => judge(threshold, summary).ok
  expect(ok({ metric: 'errorRate', atMost: 0.05 })).toBe(true)
  expect(ok({ metric: 'errorRate', atMost: 0.04 })).toBe(false)
  expect(ok({ metric: 'p99', behavior: 'pay', atMost: 99.1 })).toBe(true)
  expect(ok({ metric: 'p50', atLeast: 51 })).toBe(false)
  expect(judge({ metric: 'count', behavior: 'ask', atLeast: 0 }, summary)).toMatchObject({
    ok: false,
    detail: 'it was never done',
  })
})

test('the first signal ends a run, and the second one the program', () => {
  const hear: (() => void)[] = []
  const ended: number[] = []
  const stopped = signalOf({
    on: (_, call) => hear.push(call),
    exit: (status) => void ended.push(status),
  })
  expect([stopped.aborted, hear.length]).toEqual([false, 2])
  hear[0]!()
  expect([stopped.aborted, ended]).toEqual([true, []])
  hear[1]!()
  expect(ended).toEqual([130])
})

describe('a scenario that is wrong', () => {
  const good =
    'name: x1\nabout: x\nkind: soak\nroles:\n  - { role: user, bots: 1 }\nphases:\n  - { name: a, seconds: 1, load: { model: constant-rate, rate: 1 } }\n'
  test.each([
    ['no YAML', 'name: [', 1, 8, ''],
    ['an unknown role', good.replace('role: user', 'role: king'), 5, 13, 'roles.0.role'],
    ['an unknown setting', `${good}speed: 3\n`, 8, 8, 'speed: There is no such setting'],
    [
      'an unknown behaviour',
      good.replace('bots: 1', 'bots: 1, behaviors: { fly: 1 }'),
      5,
      46,
      'roles.0.behaviors.fly',
    ],
    ['an unknown load', good.replace('constant-rate', 'much'), 7, 43, 'phases.0.load'],
    ['a number that cannot be', good.replace('rate: 1', 'rate: -1'), 7, 64, 'phases.0.load.rate'],
    ['something missing', good.replace('kind: soak\n', ''), 1, 1, 'kind'],
    ['a key twice', `${good}name: again\n`, 8, 1, ''],
    [
      'both bounds',
      `${good}thresholds: [{ metric: p99, atMost: 1, atLeast: 1 }]\n`,
      8,
      14,
      'thresholds.0',
    ],
  ])('by %s is refused with line and column', (_what, text, line, column, message) => {
    const result = readScenario(text)
    expect(result.ok ? [] : result.flaws).toEqual([
      { line, column, message: expect.stringContaining(message) },
    ])
  })

  test('by its length is refused unread', () => {
    expect(readScenario('#'.repeat(300_000)).ok).toBe(false)
    expect(readScenario(good).ok).toBe(true)
  })
})
