#!/usr/bin/env node
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { EXIT, openHome, runCommand, type Home } from '@bzzz/runtime'
import { Command, InvalidArgumentError, Option } from 'commander'
import { askImpact, askSearch, askWhy } from './ask.ts'
import { runExport } from './export.ts'
import { runImport, type ImportOptions } from './import.ts'
import type { Desk } from './desk.ts'

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
  bzzz-hap import git .                   every commit of the records here
  bzzz-hap why 0007-ed25519               what that record rests on, link by link
  bzzz-hap impact pep-3107                what would fall with it
  bzzz-hap search 'type hints after:2014-12-31'
  bzzz-hap export out                     the records as files

Exit status: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 not allowed, 5 unreachable, 130 interrupted.
`,
  )

program
  .command('import')
  .description('Take decision records in; a second time, only what is new.')
  .addArgument(
    program
      .createArgument(
        '<kind>',
        'git: any records; madr: Markdown alone; headers: PEPs and their like',
      )
      .choices(['git', 'madr', 'headers']),
  )
  .argument('<path>', 'a git repository or bundle, or a folder')
  .option('--project <name>', "project in the addresses (default: the source's name)")
  .option('--task <name>', 'task in the addresses (default: decisions)')
  .option('--agent <name>', 'agent in the addresses (default: importer)')
  .option('--role <name>', 'role in the addresses (default: archivist)')
  .option('--branch <name>', 'branch to follow (default: HEAD, or main)')
  .option('--folder <path>', 'only the records under this folder of the source')
  .option('--map <file>', 'JSON: what names, folders, statuses and links mean')
  .addHelpText(
    'after',
    `
Examples:
  bzzz-hap import git ~/code/shop --folder docs/adr
  bzzz-hap import headers peps.bundle --json
  bzzz-hap import madr docs/decisions --map map.json

Status 1: records were left out since they could not be read; the summary names them.
`,
  )
  .action(
    async (kind: ImportOptions['kind'], path: string, options: Omit<ImportOptions, 'kind'>) => {
      await run((desk) => runImport(resolve(path), { ...options, kind }, desk))
    },
  )

program
  .command('why')
  .description('What a decision rests on, link by link, each with its verdict.')
  .argument('<start>', 'an address, the id of a decision, or a part of its name')
  .addOption(depthOption())
  .addHelpText('after', '\nExample:\n  bzzz-hap why pep-0695 --depth 2\n')
  .action(async (start: string, { depth }: { depth?: number }) => {
    await run((desk) => askWhy(start, depth, desk))
  })

program
  .command('impact')
  .description('What would fall: the decisions that rest on this one, as they are now.')
  .argument('<start>', 'an address, the id of a decision, or a part of its name')
  .addOption(depthOption())
  .addHelpText('after', '\nExample:\n  bzzz-hap impact pep-3107\n')
  .action(async (start: string, { depth }: { depth?: number }) => {
    await run((desk) => askImpact(start, depth, desk))
  })

program
  .command('search')
  .description(
    'Find decisions: words, and filters such as after:2014-12-31 type:policy agent:claude.',
  )
  .argument('<words...>', 'words and filters')
  .option('-n, --limit <number>', 'how many (default: 20)', wholeNumber)
  .addHelpText('after', "\nExample:\n  bzzz-hap search 'type hints' after:2014-12-31\n")
  .action(async (words: string[], { limit }: { limit?: number }) => {
    await run((desk) => askSearch(words.join(' '), limit, desk))
  })

program
  .command('export')
  .description('Write decisions into a folder as records: unchanged ones as they came in.')
  .argument('<folder>', 'made where it is missing')
  .option('--pattern <address>', 'only what matches, such as ucxl://any:any@shop:any/*^/**')
  .option('--at <moment>', 'as they stood then, such as 2015-06-01', moment)
  .addHelpText('after', '\nExample:\n  bzzz-hap export out --at 2015-06-01\n')
  .action(async (folder: string, options: { pattern?: string; at?: number }) => {
    await run((desk) => runExport(resolve(folder), options, desk))
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
      return await work({ home, signal, now: Date.now, progress: process.stderr, say, result })
    } finally {
      await home?.close()
    }
  })
}

function depthOption(): Option {
  return new Option('--depth <number>', 'links from the start, at most (default: 8)').argParser(
    wholeNumber,
  )
}

function wholeNumber(text: string): number {
  const number = Number(text)
  if (/^\d{1,5}$/.test(text) && number > 0) return number
  throw new InvalidArgumentError('Expected a whole number from 1.')
}

function moment(text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isFinite(time)) return time
  throw new InvalidArgumentError('Expected a date, such as 2015-06-01 or 2015-06-01T12:00:00Z.')
}
