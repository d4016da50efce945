import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** What became of a scenario. */
export interface Outcome {
  readonly scenario: string
  readonly passed: boolean
}

/** A scenario that is known not to pass, and why. */
export interface Expected {
  readonly revision: string
  readonly scenario: string
  readonly reason: string
}

/** Runs the official suite. */
export async function runSuite({
  url,
  revision,
}: {
  readonly url: string
  readonly revision: string
}): Promise<readonly Outcome[]> {
  const suite = programOf('@modelcontextprotocol/conformance', 'dist/index.js')
  const args = [suite, 'server', '--url', url, '--requirements', revision]
  const printed = await new Promise<string>((resolve) => {
    // Its status says that something failed, and not what.
    execFile(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 }, (_error, stdout) =>
      resolve(stdout),
    )
  })
  return outcomesIn(printed)
}

/** A program of a package, where that has no entry to import. */
export function programOf(name: string, program: string): string {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`)
  return join(dirname(manifest), program)
}

/** Reads the summary that the suite prints. @throws where there is none. */
export function outcomesIn(printed: string): readonly Outcome[] {
  const summary = printed.split('=== SUMMARY ===')[1]
  if (summary === undefined) throw new Error(`The suite did not end:\n${printed.slice(-2000)}`)
  return [...summary.matchAll(/^([✓✗]) ([\w-]+): \d+ passed, \d+ failed$/gm)].map(
    ([, mark, scenario = '']) => ({ scenario, passed: mark === '✓' }),
  )
}

/** Holds what became of the scenarios against what was expected. */
export function judge(
  outcomes: readonly Outcome[],
  expected: readonly Expected[],
): { passed: number; excused: number; problems: readonly string[] } {
  const excused = new Map(expected.map(({ scenario, reason }) => [scenario, reason]))
  const problems = outcomes.flatMap(({ scenario, passed }) => {
    if (passed && excused.has(scenario)) return [`${scenario} passes: take it out of expected.json`]
    if (passed || excused.has(scenario)) return []
    return [`${scenario} fails`]
  })
  const known = new Set(outcomes.map(({ scenario }) => scenario))
  const gone = [...excused.keys()].filter((scenario) => !known.has(scenario))
  return {
    passed: outcomes.filter(({ passed }) => passed).length,
    excused: outcomes.filter(({ passed, scenario }) => !passed && excused.has(scenario)).length,
    problems: [
      ...problems,
      ...gone.map((scenario) => `${scenario} did not run: see expected.json`),
    ],
  }
}
