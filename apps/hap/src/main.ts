#!/usr/bin/env node
import { once } from 'node:events'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { EXIT, openHome, runCommand, type Home } from '@bzzz/runtime'
import { Command } from 'commander'
import { completionOf, SHELLS } from './completion.ts'
import { addContextCommands } from './context-commands.ts'
import { addDecisionCommands } from './decision-commands.ts'
import type { Desk } from './desk.ts'
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

addPortalCommand(program, { process, now: Date.now, version: metadata.version })
addContextCommands(program, run)
addDecisionCommands(program, run)

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
        if (!json) process.stdout.write(`${text}\n`)
      }
      // Progress never mixes with what is piped on.
      return await work({
        home,
        signal,
        now: Date.now,
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
