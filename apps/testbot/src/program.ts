import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openEventLog } from '@bzzz/bot-framework/metrics'
import { completionOf, SHELLS } from '@bzzz/runtime/completion'
import { Command, CommanderError, Option } from 'commander'
import { BREAKS, type Break } from './breaks.ts'
import { addDevnetCommand } from './devnet-command.ts'
import { addFolderCommands } from './folder-commands.ts'
import { LOG, writeReports } from './outputs.ts'
import type { Outcome } from './run.ts'
import type { Scenario } from './scenario.ts'
import { addScenarioCommands, planOf, readNamed } from './scenario-commands.ts'
import { start } from './start.ts'
import type { Processes } from './status.ts'
import { outcomeText } from './view/plain.ts'
import { watch, type Stand } from './view/watch.ts'
import metadata from '../package.json' with { type: 'json' }

/** What the commands need of the world. */
export interface World {
  /** Where results are written, and runs are shown. */
  readonly stand: Stand
  readonly signal: AbortSignal
  /** The Bearer token of a node that runs elsewhere. */
  readonly nodeToken?: string | undefined
  /** That of its graph of decisions. */
  readonly graphToken?: string | undefined
  /** The key of the account that bots get their money from on networks that run elsewhere. */
  readonly faucetKey?: string | undefined
  /** This process, and how others are looked up. */
  readonly processes: Processes & { readonly pid: number }
  /** Says what went wrong, in one line. */
  warn(line: string): void
  /** The exit status; 0 if it is never called. */
  fail(status: number): void
}

interface RunOptions {
  readonly seed?: string
  readonly realTime?: boolean
  readonly out?: string
  readonly dryRun?: boolean
  readonly plain?: boolean
  readonly json?: boolean
  readonly break?: Break
  readonly target?: string
  readonly graph?: string
}

/** Runs what the arguments say. What goes wrong is one line, and status 2. */
export async function runProgram(world: World, args: readonly string[]): Promise<void> {
  try {
    await makeProgram(world).parseAsync(args, { from: 'user' })
  } catch (error) {
    // Commander has said it by then. To ask for help is no error.
    if (error instanceof CommanderError) return world.fail(error.exitCode === 0 ? 0 : 2)
    const { code, message } = error as { readonly code?: unknown; readonly message?: string }
    const words = message ?? String(error)
    world.warn(typeof code === 'string' && !words.includes(code) ? `${code}: ${words}` : words)
    world.fail(2)
  }
}

function makeProgram(world: World): Command {
  const { stand } = world
  const program = new Command('bzzz-testbot')
    .description('Scenarios with users, traders and attackers, judged by what the target shows')
    .version(metadata.version)
    .configureOutput({
      writeOut: (text) => stand.write(text),
      writeErr: (text) => world.warn(text.trimEnd()),
    })
    .showHelpAfterError('(bzzz-testbot --help tells more)')
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  bzzz-testbot list                         what there is
  bzzz-testbot run daily-users              one by name, in simulated time
  bzzz-testbot run my.yaml --real-time --out report
  bzzz-testbot status report                how it went, or how far it has come
  bzzz-testbot devnet --port 3030           networks to try a client on

Exit status: 0 passed or done, 1 not passed, 2 wrong usage or cannot be run, 3 still going on (status),
130 given up by a second Ctrl-C.
`,
    )

  program
    .command('run')
    .argument('<scenario>', 'a name or a file')
    .description('run a scenario, and judge it')
    .option('--seed <seed>', 'another seed than that of the scenario')
    .option(
      '--target <url>',
      'where a node runs, or both networks: what a scenario is played on elsewhere',
    )
    .option('--graph <url>', 'the graph of decisions of that node, for roles that need one')
    .option('--real-time', 'have time pass as it does, and not as fast as it can')
    .option('--out <folder>', 'write reports there: JSON, Prometheus, JUnit, HTML, and a log')
    .option('--plain', 'lines instead of a live view, as where there is no terminal')
    .option('--json', 'the outcome as JSON, and nothing else')
    .option('--dry-run', 'check it, say what it would do, and end')
    .addOption(new Option('--break <how>', 'break the target on purpose').choices(BREAKS))
    .addHelpText(
      'after',
      `
Ctrl-C ends a run, which is then judged and reported; a second one gives that up.

Networks elsewhere give bots money out of the account whose key is in BZZZ_FAUCET_KEY (64 hexadecimal digits); without
it, out of that of a devnet which "bzzz-testbot devnet" serves. BZZZ_NODE_TOKEN is the token of a node.

Exit status: 0 passed, 1 not passed, 2 it cannot be run, 130 given up.

Examples:
  bzzz-testbot run daily-users
  bzzz-testbot run soak --real-time --out report
  bzzz-testbot run forged-signatures --break accepts-everything
  bzzz-testbot run authors-at-work --target http://127.0.0.1:8080
  bzzz-testbot run daily-users --target http://127.0.0.1:3030      DeltaOS has the next port
  bzzz-testbot run daily-users --target http://a.test:3030,http://d.test:3030
  bzzz-testbot run my-attack.yaml --seed 7 --json | jq .summary.total.latency
`,
    )
    .action(async (name: string, options: RunOptions) => {
      const found = readNamed(name, world, {
        ...(options.target !== undefined && { url: options.target }),
        ...(options.graph !== undefined && { graph: options.graph }),
      })
      if (!found) return
      const { seed = found.seed, json, out } = options
      const scenario = { ...found, seed }
      if (options.dryRun)
        return stand.write(`${json ? JSON.stringify(scenario) : planOf(scenario)}\n`)
      const outcome = await runShown(scenario, options, world)
      if (out !== undefined) writeReports(out, outcome)
      stand.write(json ? `${JSON.stringify(outcome)}\n` : outcomeText(outcome))
      if (!outcome.passed) world.fail(1)
    })

  addScenarioCommands(program, world)
  addFolderCommands(program, world)
  addDevnetCommand(program, world)

  program
    .command('completion')
    .description('print a script that completes commands and options in a shell')
    .addArgument(program.createArgument('<shell>').choices(SHELLS))
    .addHelpText(
      'after',
      `
Examples:
  source <(bzzz-testbot completion bash)
  bzzz-testbot completion fish > ~/.config/fish/completions/bzzz-testbot.fish
`,
    )
    .action((shell: (typeof SHELLS)[number]) => stand.write(completionOf(program, shell)))
  return program
}

async function runShown(scenario: Scenario, options: RunOptions, world: World): Promise<Outcome> {
  const { out, realTime = false, json, plain } = options
  const { terminal, ...lines } = world.stand
  const stand = plain || !terminal ? lines : { ...lines, terminal }
  if (out !== undefined) mkdirSync(out, { recursive: true })
  const log = out === undefined ? undefined : openEventLog(join(out, LOG))
  const { pid, host } = world.processes
  let unwatch: (() => Promise<void>) | undefined
  try {
    return await start({
      scenario,
      signal: world.signal,
      isRealTime: realTime,
      by: { pid, host },
      ...(log && { log }),
      ...(world.nodeToken !== undefined && { token: world.nodeToken }),
      ...(world.graphToken !== undefined && { graphToken: world.graphToken }),
      ...(world.faucetKey !== undefined && { faucetKey: world.faucetKey }),
      ...(options.break && { broken: options.break }),
      ...(!json && {
        onBegin: (look) => {
          unwatch = watch(stand, look)
        },
      }),
    })
  } finally {
    await unwatch?.()
    log?.close()
  }
}
