#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { EXIT, runCommand } from '@bzzz/runtime'
import { checkConfigs, printConfig, printSchema } from './config.ts'
import { addSettings, sourcesOf } from './configuration.ts'
import { dev, type DevOptions } from './dev.ts'
import { DEFAULT_HOME, initAgent } from './init.ts'
import { runAgent } from './run.ts'
import { status } from './status.ts'
import metadata from '../package.json' with { type: 'json' }

// The outermost shell: the only place that reads the clock, the arguments and the signals.

const OWN_RECORDS = 'docs/decisions'
const VERSION = metadata.version
const EXAMPLES = {
  run: `
Examples:
  bzzz-agent run
  bzzz-agent run --home ./a --http-port 0 --health-port 0
  bzzz-agent run --mesh-bootstrap /ip4/192.0.2.7/tcp/4001/p2p/12D3KooW... --mesh-follow 'ucxl://any:any@shop:any/**'
  bzzz-agent run --name builder --worker-projects shop --worker-handler program --worker-command ./handler
  BZZZ_LOG_LEVEL=debug bzzz-agent run -c agent.yaml
`,
  config: `
Examples:
  bzzz-agent config print --http-port 9000
  bzzz-agent config schema > agent.schema.json
  bzzz-agent config check agent.yaml hap.yaml
`,
}

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

addSettings(program.command('run'))
  .description('Runs the agent until it is told to end (Ctrl-C).')
  .addHelpText('after', EXAMPLES.run)
  .action(async (options: Record<string, unknown>) => {
    process.exitCode = await command(async (signal) => {
      const system = { output: process.stderr, now: Date.now, random: Math.random }
      const environment = { ...system, signal, version: VERSION }
      const stopped = await runAgent(sourcesOf(options, process.env), environment)
      return stopped ? EXIT.done : EXIT.failed
    })
  })

program
  .command('init')
  .description('Makes a key, and agent.yaml with every setting in it.')
  .option('--home <folder>', 'folder of the key and the contexts', DEFAULT_HOME)
  .option('--force', 'take the place of an agent.yaml that is there', false)
  .option('--json', 'print JSON', false)
  .action(async ({ json, ...options }: { home: string; force: boolean; json: boolean }) => {
    process.exitCode = await command(async () =>
      initAgent(options, { output: process.stdout, json }),
    )
  })

addSettings(program.command('status'))
  .description('Asks a running agent how it is. Status 0 where it can serve, 5 where none answers.')
  .option('--json', 'print JSON', false)
  .action(async (options: Record<string, unknown>) => {
    const json = options['json'] === true
    process.exitCode = await command(async () =>
      status(sourcesOf(options, process.env), { output: process.stdout, json }),
    )
  })

const config = program
  .command('config')
  .description('What is configured: from defaults, a file, the environment, and flags.')
  .addHelpText('after', EXAMPLES.config)

addSettings(config.command('print'))
  .description('Prints what is in force, and where each value comes from.')
  .option('--json', 'print JSON', false)
  .action(async (options: Record<string, unknown>) => {
    const json = options['json'] === true
    process.exitCode = await command(async () =>
      printConfig(sourcesOf(options, process.env), { output: process.stdout, json }),
    )
  })

config
  .command('schema')
  .description('Prints JSON Schema, for editors.')
  .action(() => printSchema(process.stdout))

config
  .command('check')
  .description('Says whether configurations are right, and can run side by side.')
  .argument('<files...>', 'YAML files, of agents and portals')
  .option('--json', 'print JSON', false)
  .action(async (files: string[], { json }: { json: boolean }) => {
    process.exitCode = await command(async () =>
      checkConfigs(files, { output: process.stdout, json }),
    )
  })

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
