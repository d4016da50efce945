import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createMetrics, htmlReport, openEventLog, readEventLog } from '@bzzz/bot-framework/metrics'
import { Command, Option } from 'commander'
import { findScenario, scenarioNames } from './library.ts'
import { readOutcome, writeReports } from './outputs.ts'
import type { Flaw } from './read-scenario.ts'
import { scenarioJsonSchema, type Scenario } from './scenario.ts'
import type { Outcome } from './run.ts'
import { start } from './start.ts'
import { outcomeText } from './view/plain.ts'
import { watch, type Stand } from './view/watch.ts'

/** What the commands need of the world. */
export interface World {
  /** Where results are written, and runs are shown. */
  readonly stand: Stand
  readonly signal: AbortSignal
  fail(status: number): void
}

interface RunOptions {
  readonly seed?: string
  readonly realTime?: boolean
  readonly out?: string
  readonly dryRun?: boolean
  readonly plain?: boolean
  readonly break?: 'accepts-everything' | 'refuses-everything'
}

/** The commands of `bzzz-testbot`. */
export function makeProgram(world: World): Command {
  const { stand } = world
  const fail = (status: number): void => world.fail(status)
  const say = (line: string): void => stand.write(`${line}\n`)
  const program = new Command('bzzz-testbot')
    .description('Scenarios with users, traders and attackers, judged by what the target shows')
    .showHelpAfterError()

  const read = (name: string): Scenario | undefined => {
    try {
      const found = findScenario(name)
      if (found.ok) return found.scenario
      for (const flaw of found.flaws) say(flawLine(found.path, flaw))
    } catch (error) {
      say(`${name}: ${(error as Error).message}. Scenarios by name: ${scenarioNames().join(', ')}`)
    }
    fail(2)
    return undefined
  }

  program
    .command('run <scenario>')
    .description(
      'run one, by name or by file; status 1 where it did not pass, 2 where it cannot be run',
    )
    .option('--seed <seed>', 'another seed than that of the scenario')
    .option('--real-time', 'have time pass as it does, and not as fast as it can')
    .option(
      '--out <folder>',
      'write reports there: JSON, Prometheus, JUnit, HTML, and a log of all that was done',
    )
    .option('--plain', 'lines instead of a live view, as where there is no terminal')
    .option('--dry-run', 'check it, say what it would do, and end')
    .addOption(
      new Option('--break <how>', 'break the target on purpose').choices([
        'accepts-everything',
        'refuses-everything',
      ]),
    )
    .action(async (name: string, options: RunOptions) => {
      const found = read(name)
      if (!found) return
      const scenario = options.seed === undefined ? found : { ...found, seed: options.seed }
      if (options.dryRun) return say(planOf(scenario))
      const { out, realTime = false } = options
      if (out !== undefined) mkdirSync(out, { recursive: true })
      const log = out === undefined ? undefined : openEventLog(join(out, 'log.ndjson'))
      const { terminal, ...lines } = stand
      const shownOn = options.plain || !terminal ? lines : { ...lines, terminal }
      let unwatch: (() => Promise<void>) | undefined
      let outcome: Outcome
      try {
        outcome = await start({
          scenario,
          signal: world.signal,
          isRealTime: realTime,
          ...(log && { log }),
          ...(options.break && { broken: options.break }),
          onBegin: (look) => {
            unwatch = watch(shownOn, look)
          },
        })
      } finally {
        await unwatch?.()
        log?.close()
      }
      if (out !== undefined) writeReports(out, outcome)
      stand.write(outcomeText(outcome))
      if (!outcome.passed) fail(1)
    })

  program
    .command('list')
    .description('the scenarios that come with it')
    .action(() => {
      for (const name of scenarioNames()) {
        const found = findScenario(name)
        if (found.ok)
          say(`${name.padEnd(20)} ${found.scenario.kind.padEnd(13)} ${found.scenario.about}`)
      }
    })

  program
    .command('validate <scenario>')
    .description('check one; what is wrong is said with line and column')
    .action((name: string) => {
      if (read(name)) say('It is well.')
    })

  program
    .command('schema')
    .description('the JSON Schema of scenarios, for editors')
    .action(() => say(JSON.stringify(scenarioJsonSchema(), undefined, 2)))

  program
    .command('status <folder>')
    .description('how the run ended whose reports are there; status 1 where it did not pass')
    .action((folder: string) => {
      try {
        const { scenario, seed, passed, verdicts } = readOutcome(folder)
        say(`${scenario}, seed ${seed}: ${passed ? 'PASSED' : 'FAILED'}`)
        for (const { name, detail } of verdicts.filter(({ ok }) => !ok)) say(`✗ ${name}: ${detail}`)
        if (!passed) fail(1)
      } catch (error) {
        say(`${folder} holds no reports: ${(error as Error).message}`)
        fail(2)
      }
    })

  program
    .command('report <log>')
    .description('make an HTML report of a log, also of one whose run was killed')
    .action(async (path: string) => {
      stand.write(await reportOf(path))
    })
  return program
}

function flawLine(path: string, { line, column, message }: Flaw): string {
  return `${path}:${line}:${column}: ${message}`
}

function planOf({ name, about, seed, roles, phases, thresholds }: Scenario): string {
  return [
    `${name}: ${about}`,
    `seed ${seed}; ${roles.map(({ role, bots }) => `${bots} × ${role}`).join(', ')}`,
    ...phases.map(({ name: phase, seconds, load }) => `${phase}: ${seconds} s, ${load.model}`),
    `${thresholds.length} thresholds`,
  ].join('\n')
}

async function reportOf(path: string): Promise<string> {
  let metrics: ReturnType<typeof createMetrics> | undefined
  let skipped = 0
  for await (const event of readEventLog(path, { onSkip: () => skipped++ })) {
    if (event.type === 'note') metrics ??= createMetrics({ startedAt: event.at })
    else if (event.type === 'operation') {
      metrics ??= createMetrics({ startedAt: event.intendedAt })
      metrics.observe(event)
    } else metrics?.drop(event.behavior, event.count, event.at)
  }
  metrics ??= createMetrics({ startedAt: 0 })
  return htmlReport({
    title: path,
    summary: metrics.summary(),
    facts: { 'Lines skipped': String(skipped) },
  })
}
