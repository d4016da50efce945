import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { serveFixtures } from '../conformance/fixtures.ts'
import { judge, outcomesIn, runSuite, type Expected } from '../conformance/suite.ts'

const file = join(import.meta.dirname, '..', 'conformance', 'expected.json')
const expected = JSON.parse(readFileSync(file, 'utf8')) as readonly Expected[]

describe('the official conformance suite', () => {
  test.each([
    ['2026-07-28', 41],
    ['2025-11-25', 33],
  ])(
    'passes for %s, but for what is expected with its reason',
    { timeout: 120_000 },
    async (revision, count) => {
      const door = await serveFixtures()
      try {
        const outcomes = await runSuite({ url: door.url, revision })
        const { passed, problems } = judge(
          outcomes,
          expected.filter((one) => one.revision === revision),
        )
        expect(problems).toEqual([])
        expect(passed).toBe(count)
      } finally {
        await door.close()
      }
    },
  )
})

test('an entry that is stale, or of a scenario that is gone, is a problem', () => {
  const printed = '=== SUMMARY ===\n✓ one: 2 passed, 0 failed\n✗ two: 1 passed, 1 failed\n'
  const outcomes = outcomesIn(printed)
  const entry = (scenario: string): Expected => ({ revision: 'x', scenario, reason: 'y' })
  expect(judge(outcomes, [entry('two')]).problems).toEqual([])
  expect(judge(outcomes, []).problems).toEqual(['two fails'])
  expect(judge(outcomes, [entry('one'), entry('two'), entry('gone')]).problems).toEqual([
    'one passes: take it out of expected.json',
    'gone did not run: see expected.json',
  ])
  expect(() => outcomesIn('crashed')).toThrow('did not end')
})
