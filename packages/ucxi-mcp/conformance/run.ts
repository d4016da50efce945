// pnpm conformance
//
// Runs the official suite's server scenarios for both lines of the specification against the door, with the
// fixtures that the suite looks for. What does not pass has to stand in expected.json with its reason, and
// what stands there has to fail: the exit status says whether both hold.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serveFixtures } from './fixtures.ts'
import { judge, runSuite, type Expected } from './suite.ts'

const REVISIONS = ['2026-07-28', '2025-11-25']
const file = join(import.meta.dirname, 'expected.json')
const expected = JSON.parse(readFileSync(file, 'utf8')) as readonly Expected[]

const door = await serveFixtures()
try {
  for (const revision of REVISIONS) {
    const outcomes = await runSuite({ url: door.url, revision })
    const ofThis = expected.filter((one) => one.revision === revision)
    const { passed, excused, problems } = judge(outcomes, ofThis)
    console.log(`${revision}: ${passed} passed, ${excused} expected to fail`)
    for (const problem of problems) console.log(`  ${problem}`)
    if (problems.length > 0) process.exitCode = 1
  }
} finally {
  await door.close()
}
