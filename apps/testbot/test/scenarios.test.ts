import { describe, expect, test } from 'vitest'
import { findScenario, scenarioNames } from '../src/library.ts'
import type { Scenario } from '../src/scenario.ts'
import { start, type StartInit } from '../src/start.ts'

const { signal } = new AbortController()
const scenarios = scenarioNames().map((name): Scenario => {
  const found = findScenario(name)
  if (!found.ok) throw new Error(`${name}: ${JSON.stringify(found.flaws)}`)
  return found.scenario
})
const begin = async (scenario: Scenario, rest: Partial<StartInit> = {}) =>
  start({ scenario, signal, ...rest })
/** What is wrong shows soon; and on nodes, time passes as it does. */
function shortened(scenario: Scenario): Scenario {
  const most = scenario.target.kind === 'devnet' ? 20 : 1
  const phases = scenario.phases.map((phase) => ({
    ...phase,
    seconds: Math.min(most, phase.seconds),
  }))
  return { ...scenario, phases }
}
const ofKind = (...kinds: Scenario['kind'][]) =>
  scenarios.filter(({ kind }) => kinds.includes(kind))

test('there are 36, each under its own name', () => {
  expect(scenarios.map(({ name }) => name)).toEqual(scenarioNames())
  expect(scenarios).toHaveLength(36)
})

test.each(scenarios)('$name passes on a sound target', async (scenario) => {
  const { passed, verdicts, summary } = await begin(scenario)
  expect(verdicts.filter(({ ok }) => !ok)).toEqual([])
  expect([passed, summary.total.count > 0]).toEqual([true, true])
})

test.each(ofKind('adversarial'))(
  '$name fails where the target accepts everything',
  async (scenario) => {
    const { passed, verdicts } = await begin(shortened(scenario), { broken: 'accepts-everything' })
    expect(passed).toBe(false)
    // For the right reason: the attack came through, and was not merely counted as an error.
    const through = verdicts.filter(({ name, ok }) => !ok && name.endsWith(' was refused'))
    expect(through.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^[1-9]\d* got through$/),
    ])
  },
)

test.each(ofKind('legitimate', 'soak'))(
  '$name fails where the target refuses everything',
  async (scenario) => {
    const { passed, verdicts } = await begin(shortened(scenario), { broken: 'refuses-everything' })
    expect(passed).toBe(false)
    expect(verdicts.find(({ name }) => name.startsWith('errorRate'))?.ok).toBe(false)
  },
)

describe('a seed', () => {
  const market = scenarios.find(({ name }) => name === 'busy-market')!

  test('gives the same sequence of acts, each time', async () => {
    const [one, two, other] = [
      await begin(market),
      await begin(market),
      await begin({ ...market, seed: 2 }),
    ]
    expect(one.trace).toBe(two.trace)
    expect(one.summary).toEqual(two.summary)
    expect(one.trace).not.toBe(other.trace)
  })
})
