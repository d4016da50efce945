import { existsSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import {
  addClusterCommands,
  addFlags,
  addParticipantCommands,
  DEFAULTS,
  EXIT,
  PREFIX,
  runCommand,
  runParticipant,
  schemaOf,
  settingsOf,
  sourcesFor,
  type ParticipantApp,
} from '@bzzz/runtime'
import type { DevOptions } from './dev.ts'
import metadata from '../package.json' with { type: 'json' }

// The outermost shell: the only place that reads the clock, the arguments and the signals.

const OWN_RECORDS = 'docs/decisions'
const VERSION = metadata.version
const CONFIGURATION_FILE = 'agent.yaml'
const RUN_EXAMPLES = `
Examples:
  bzzz-agent run
  bzzz-agent run --home ./a --http-port 0 --health-port 0
  bzzz-agent run --mesh-bootstrap /ip4/192.0.2.7/tcp/4001/p2p/12D3KooW... --mesh-follow 'ucxl://any:any@shop:any/**'
  bzzz-agent run --name builder --worker-projects shop --worker-handler program --worker-command ./handler
  BZZZ_LOG_LEVEL=debug bzzz-agent run -c agent.yaml
`

const program = new Command('bzzz-agent')
  .description('An autonomous participant of the BZZZ mesh.')
  .version(metadata.version)
  .showHelpAfterError('(bzzz-agent --help tells more)')
  .exitOverride((error) => {
    // Asking for help is no error; a wrong word on the command line is status 2.
    process.exit(error.exitCode === 0 ? 0 : 2)
  })

program
  .command('dev')
  .description(
    'A small mesh on this machine: two nodes, real records with their history, time travel.',
  )
  .option(
    '-i, --import <source>',
    `folder, git repository or bundle of decision records (default: ${OWN_RECORDS})`,
  )
  .option('--branch <name>', 'branch of the repository to follow (default: its HEAD, or main)')
  .option('--project <name>', "project in the addresses (default: the source's name)")
  .option(
    '--once',
    'check what was done, print a summary, and end with status 0, or 1 with the reason',
  )
  .option('-d, --data <folder>', 'keep the nodes in this folder (default: a temporary one)')
  .option(
    '-p, --port <number>',
    'HTTP port of the first node, the second has the next (default: 8080, or any free one)',
    portNumber,
  )
  .option('--json', 'print the summary as JSON on standard output, all else on standard error')
  .addHelpText(
    'after',
    `
Examples:
  bzzz-agent dev
  bzzz-agent dev --import ~/code/shop --project shop
  bzzz-agent dev --import peps.bundle --once --json
`,
  )
  .action(async (options: Partial<DevOptions>) => {
    process.exitCode = await run({ ...options, import: options.import ?? ownRecords() })
  })

const app: ParticipantApp = {
  program: 'bzzz-agent',
  kind: 'agent',
  settings: settingsOf(schemaOf('agent'), PREFIX),
  fileName: `${CONFIGURATION_FILE} here`,
  output: process.stdout,
  now: Date.now,
  environment: process.env,
  fileOf: () => (existsSync(CONFIGURATION_FILE) ? CONFIGURATION_FILE : undefined),
  placeOf: ({ home }) => ({
    home: typeof home === 'string' ? home : DEFAULTS.agent.folder,
    file: CONFIGURATION_FILE,
  }),
  run: async (action) => {
    process.exitCode = await command(action)
  },
}

addFlags(program.command('run'), app)
  .description('Run the agent until it is told to end (Ctrl-C).')
  .addHelpText('after', RUN_EXAMPLES)
  .action(async (options: Record<string, unknown>) => {
    await app.run(async (signal) => {
      const system = { output: process.stderr, now: Date.now, random: Math.random }
      const environment = { ...system, signal, version: VERSION }
      const stopped = await runParticipant(sourcesFor(app, options), environment)
      return stopped ? EXIT.done : EXIT.failed
    })
  })

addParticipantCommands(program, app)
addClusterCommands(program, app)

await program.parseAsync()

async function command(action: (signal: AbortSignal) => Promise<number | void>): Promise<number> {
  const init = {
    name: 'bzzz-agent',
    output: process.stdout,
    errors: process.stderr,
    signals: process,
  }
  return runCommand(init, action)
}

async function run(options: DevOptions): Promise<number> {
  const output = options.json ? process.stderr : process.stdout
  const init = { name: 'bzzz-agent', output, errors: process.stderr, signals: process }
  return runCommand(init, async (signal) => {
    // What it imports records with is not for an agent that runs.
    const { dev } = await import('./dev.ts')
    const summary = await dev(options, { output, now: Date.now, signal })
    if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`)
    const failed = summary.checks?.filter(({ ok }) => !ok) ?? []
    return failed.length === 0 ? EXIT.done : EXIT.failed
  })
}

function ownRecords(): string {
  if (!existsSync(OWN_RECORDS)) {
    program.error(
      `There is no ${OWN_RECORDS} here: name a folder, repository or bundle with --import`,
    )
  }
  return OWN_RECORDS
}

function portNumber(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_534) return port
  throw new InvalidArgumentError('Expected a port from 0 to 65534.')
}
