import { once } from 'node:events'
import { homedir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { setTimeout } from 'node:timers/promises'
import {
  addClusterCommands,
  addFlags,
  addParticipantCommands,
  EXIT,
  openHome,
  PREFIX,
  runCommand,
  runParticipant,
  schemaOf,
  settingsOf,
  sourcesFor,
  type Home,
  type ParticipantApp,
} from '@bzzz/runtime'
import { completionOf, SHELLS } from '@bzzz/runtime/completion'
import { Command } from 'commander'
import { addContextCommands } from './context-commands.ts'
import { addDecisionCommands } from './decision-commands.ts'
import type { Desk } from './desk.ts'
import { edit } from './editor.ts'
import { addMessageCommands } from './message-commands.ts'
import { listPeers } from './peers.ts'
import { CONFIGURATION_FILE, fileIn, personOf } from './person.ts'
import { visibleText } from './plain.ts'
import { addPortalCommand } from './terminal/command.ts'
import metadata from '../package.json' with { type: 'json' }

// The outermost shell: the only place that reads the clock, the arguments, the environment and the signals.

interface Global {
  readonly data: string
  readonly json?: boolean
}

const program = new Command('bzzz-hap')
  .description('The portal for people: what was decided, why, and what rests on it.')
  .option(
    '-d, --data <folder>',
    'where key, contexts and graph are kept (BZZZ_DATA)',
    process.env['BZZZ_DATA'] ?? join(homedir(), '.bzzz'),
  )
  .option('--json', 'the result as JSON on standard output, all else on standard error')
  .version(metadata.version)
  .showHelpAfterError('(bzzz-hap --help tells more)')
  .exitOverride((error) => {
    // Asking for help is no error; a wrong word on the command line is status 2.
    process.exit(error.exitCode === 0 ? EXIT.done : EXIT.usage)
  })
  .addHelpText(
    'after',
    `
Examples:
  bzzz-hap                                the portal, on a terminal
  bzzz-hap put ucxl://ada:author@shop:checkout/plan.md plan.md
  bzzz-hap get ucxl://ada:author@shop:checkout/plan.md 'yesterday'
  bzzz-hap import git .                   every commit of the records here
  bzzz-hap why 0007-ed25519               what that record rests on, link by link
  bzzz-hap impact pep-3107                what would fall with it
  bzzz-hap search 'type hints after:2014-12-31'
  bzzz-hap export out                     the records as files

Exit status: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 not allowed, 5 unreachable, 130 interrupted.
`,
  )

addContextCommands(program, run)
addMessageCommands(program, run)
addDecisionCommands(program, run)

// It is read above, and is no setting.
const { BZZZ_DATA: _, ...environment } = process.env
const app: ParticipantApp = {
  program: 'bzzz-hap',
  kind: 'human',
  settings: settingsOf(schemaOf('human'), PREFIX),
  fileName: `${CONFIGURATION_FILE} in the home`,
  output: process.stdout,
  now: Date.now,
  environment,
  // `--data` is the home.
  optionsOf: (options) => ({ home: options['data'], ...options }),
  fileOf: ({ home, data }) => fileIn(String(home ?? data)),
  placeOf: ({ home, data }) => {
    const folder = String(home ?? data)
    return { home: folder, file: join(folder, CONFIGURATION_FILE) }
  },
  run: async (action) => {
    const init = { name: 'bzzz-hap', output: process.stdout, errors: process.stderr }
    process.exitCode = await runCommand({ ...init, signals: process }, action)
  },
}

addPortalCommand(program, app, {
  process,
  now: Date.now,
  version: metadata.version,
  user: userInfo().username,
})

addFlags(program.command('run'), app)
  .description('Take part in the mesh without a screen, until it is told to end (Ctrl-C).')
  .addHelpText(
    'after',
    `
Examples:
  bzzz-hap run
  bzzz-hap run --mesh-bootstrap /ip4/192.0.2.7/tcp/4001/p2p/12D3KooW... --http-port 0
`,
  )
  .action(async (_options: object, command: Command) => {
    await app.run(async (signal) => {
      const system = { output: process.stderr, now: Date.now, random: Math.random }
      const sources = sourcesFor(app, command.optsWithGlobals())
      const stopped = await runParticipant(sources, {
        ...system,
        signal,
        version: metadata.version,
      })
      return stopped ? EXIT.done : EXIT.failed
    })
  })

addParticipantCommands(program, app)
addClusterCommands(program, app)

program
  .command('peers')
  .description('List who is on the mesh, as the portal that runs on this home sees it.')
  .action(async () => run(listPeers))

program
  .command('completion')
  .description('Print a script that completes commands and options in a shell.')
  .addArgument(program.createArgument('<shell>').choices(SHELLS))
  .addHelpText(
    'after',
    `
Examples:
  source <(bzzz-hap completion bash)
  bzzz-hap completion fish > ~/.config/fish/completions/bzzz-hap.fish
`,
  )
  .action((shell: (typeof SHELLS)[number]) => {
    process.stdout.write(completionOf(program, shell))
  })

await program.parseAsync()

/** Opens the home, does something with it, and closes it, whatever happens. */
async function run(work: (desk: Desk) => Promise<number | void>): Promise<void> {
  const { data, json = false } = program.opts<Global>()
  const output = json ? process.stderr : process.stdout
  const init = { name: 'bzzz-hap', output, errors: process.stderr, signals: process }
  process.exitCode = await runCommand(init, async (signal) => {
    let home: Home | undefined
    try {
      home = await openHome(resolve(data), { now: Date.now })
      const result = (value: unknown): void => {
        if (json) process.stdout.write(`${JSON.stringify(value)}\n`)
      }
      const say = (text: string): void => {
        if (json) return
        // Titles and names are others' words: on a terminal they steer nothing. What is piped on is as it is.
        process.stdout.write(`${process.stdout.isTTY ? visibleText(text) : text}\n`)
      }
      // Progress never mixes with what is piped on.
      return await work({
        home,
        signal,
        now: Date.now,
        sleep: async (ms) => setTimeout(ms, undefined, { signal }),
        person: async () => personOf(data, { user: userInfo().username }),
        edit: async (text) => edit(text, { environment: process.env }),
        confirm: process.stdin.isTTY && !json ? confirm : undefined,
        input: process.stdin,
        json,
        write,
        progress: process.stderr,
        say,
        result,
      })
    } finally {
      await home?.close()
    }
  })
}

/** Writes bytes, and waits where who reads is slow. */
async function write(bytes: Uint8Array): Promise<void> {
  if (!process.stdout.write(bytes)) await once(process.stdout, 'drain')
}

/** Asks at the terminal. */
async function confirm(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(?:es)?$/i.test((await lines.question(`${question} [y/N] `)).trim())
  } finally {
    lines.close()
  }
}
