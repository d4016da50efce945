import type { Command } from 'commander'
import { diffContext } from './compare.ts'
import {
  deleteContext,
  getContext,
  logContext,
  putContext,
  queryContexts,
  restoreContext,
  watchContexts,
  type WriteOptions,
} from './contexts.ts'
import type { Run } from './desk.ts'
import { another, wholeNumber } from './options.ts'
import { redactContext } from './redact.ts'
import { verifyContext } from './verify.ts'

const WHEN = 'a version (3, prev, first) or a moment (2025-08-07, yesterday, "3 days ago")'

/** Contexts: read, written, found, and checked, at any moment. */
export function addContextCommands(program: Command, run: Run): void {
  program
    .command('get')
    .description('Write the content of a context, as it is or as it was.')
    .argument('<address>', 'such as ucxl://ada:author@shop:checkout/plan.md')
    .argument('[when]', WHEN)
    .option('-w, --wait <seconds>', 'wait until it is here', wholeNumber)
    .addHelpText(
      'after',
      `
Examples:
  bzzz-hap get ucxl://ada:author@shop:checkout/plan.md
  bzzz-hap get ucxl://ada:author@shop:checkout/plan.md '3 days ago' > old.md
`,
    )
    .action(async (address: string, when: string | undefined, options: { wait?: number }) => {
      await run(async (desk) => getContext(address, when, desk, options))
    })

  program
    .command('at')
    .description('The same, moment first.')
    .argument('<when>', WHEN)
    .argument('<address>')
    .action(async (when: string, address: string) => {
      await run(async (desk) => getContext(address, when, desk))
    })

  addWriting(program, run)
  addLooking(program, run)
}

function addWriting(program: Command, run: Run): void {
  for (const fresh of [false, true]) {
    const command = program
      .command(fresh ? 'post' : 'put')
      .description(
        fresh
          ? 'Write a new context in a folder, under a name that it is given.'
          : 'Write the next version of a context.',
      )
      .argument(fresh ? '<folder>' : '<address>', fresh ? 'an address that ends with /' : '')
      .argument('[file]', 'what to write; - or nothing for what is piped in')
      .option('--type <media>', "media type (default: by the name's ending)")
      .option('--tag <tag>', 'a tag; may be given several times', another)
    if (!fresh) {
      command
        .option('--new', 'only where nothing is there')
        .option('--if-match <content>', 'only over the version with this content id')
        .addHelpText(
          'after',
          `
Examples:
  bzzz-hap put ucxl://ada:author@shop:checkout/plan.md plan.md
  git log | bzzz-hap put ucxl://ada:author@shop:checkout/log.txt -
`,
        )
    }
    command.action(async (address: string, file: string | undefined, options: WriteOptions) => {
      await run(async (desk) => putContext(address, file, { ...options, fresh }, desk))
    })
  }

  program
    .command('delete')
    .description('Mark a context as deleted; its versions stay.')
    .argument('<address>')
    .action(async (address: string) => {
      await run(async (desk) => deleteContext(address, desk))
    })

  program
    .command('restore')
    .description('Write the content of an older version again, as the newest.')
    .argument('<address>')
    .argument('<when>', WHEN)
    .addHelpText(
      'after',
      '\nExample:\n  bzzz-hap restore ucxl://ada:author@shop:checkout/plan.md prev\n',
    )
    .action(async (address: string, when: string) => {
      await run(async (desk) => restoreContext(address, when, desk))
    })

  program
    .command('redact')
    .description('Erase the content of a version for good, here and where it is followed.')
    .argument('<address>')
    .argument('[when]', `${WHEN} (default: latest)`)
    .requiredOption('-m, --reason <text>', 'why; it is kept, and everybody can read it')
    .option('--yes', 'without asking')
    .addHelpText(
      'after',
      `
Its record stays, signed and in its place. What somebody else wrote too is not erased.

Example:
  bzzz-hap redact ucxl://ada:author@shop:checkout/env.txt 2 -m 'It held a password.'
`,
    )
    .action(async (address: string, when: string | undefined, options: RedactOptions) => {
      await run(async (desk) =>
        redactContext(address, { ...options, ...(when !== undefined && { when }) }, desk),
      )
    })
}

interface RedactOptions {
  readonly reason: string
  readonly yes?: boolean
}

function addLooking(program: Command, run: Run): void {
  program
    .command('log')
    .description('List the versions of a context, the newest first.')
    .argument('<address>')
    .option('-n, --limit <number>', 'how many', wholeNumber)
    .action(async (address: string, { limit }: { limit?: number }) => {
      await run(async (desk) => logContext(address, limit, desk))
    })

  program
    .command('diff')
    .description('Show what changed, as a patch. Status 0: nothing, 1: something.')
    .argument('<address>')
    .argument('[from]', `${WHEN} (default: prev)`)
    .argument('[to]', 'the same (default: latest)')
    .addHelpText(
      'after',
      "\nExample:\n  bzzz-hap diff ucxl://ada:author@shop:checkout/plan.md 'last week' today\n",
    )
    .action(async (address: string, from: string | undefined, to: string | undefined) => {
      const range = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
      await run(async (desk) => diffContext(address, range, desk))
    })

  program
    .command('query')
    .description('Find contexts by a pattern, by words in them, and by tags.')
    .argument('[pattern]', 'such as ucxl://any:any@shop:any/** (default: all)')
    .option('--text <words>', 'words in the newest version; the best fit first')
    .option('--tag <tag>', 'a tag; may be given several times', another)
    .option('--at <when>', 'as they stood then')
    .option('-n, --limit <number>', 'how many (default: 100)', wholeNumber)
    .addHelpText(
      'after',
      `
Examples:
  bzzz-hap query 'ucxl://any:any@shop:any/**' --at 2025-08-07
  bzzz-hap query --text 'card numbers' --json
`,
    )
    .action(async (pattern: string | undefined, options: object) => {
      await run(async (desk) => queryContexts(pattern, options, desk))
    })

  program
    .command('watch')
    .description('Tell of each change as it comes, until Ctrl-C. With --json a line for each.')
    .argument('[pattern]', 'such as ucxl://any:any@shop:any/** (default: all)')
    .option('--after <sequence>', 'begin behind this change (default: from now on)', Number)
    .action(async (pattern: string | undefined, { after }: { after?: number }) => {
      await run(async (desk) => watchContexts(pattern, after, desk))
    })

  program
    .command('verify')
    .description(
      'Check each version of a context: signature, chain, content. Status 1: one does not hold.',
    )
    .argument('<address>')
    .action(async (address: string) => {
      await run(async (desk) => verifyContext(address, desk))
    })
}
