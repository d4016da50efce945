import { resolve } from 'node:path'
import type { Command } from 'commander'
import { askImpact, askSearch, askWhy } from './ask.ts'
import type { Run } from './desk.ts'
import type { ImportOptions } from './import.ts'
import { depthOption, moment, wholeNumber } from './options.ts'

/** Records in and out, and what they say: why, and what would fall. */
export function addDecisionCommands(program: Command, run: Run): void {
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
        await run(async (desk) => {
          // What reads records is not loaded for what reads none.
          const { runImport } = await import('./import.ts')
          return runImport(resolve(path), { ...options, kind }, desk)
        })
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
      await run(async (desk) => {
        const { runExport } = await import('./export.ts')
        return runExport(resolve(folder), options, desk)
      })
    })
}
