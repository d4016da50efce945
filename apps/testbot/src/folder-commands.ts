import { htmlReport } from '@bzzz/bot-framework/metrics'
import type { Command } from 'commander'
import type { World } from './program.ts'
import { readLog } from './read-log.ts'
import { statusOf, statusText, type Status } from './status.ts'

const STATUSES: Readonly<Record<Status['state'], number>> = {
  passed: 0,
  failed: 1,
  killed: 1,
  running: 3,
}

/** Adds the commands that read what runs have left. */
export function addFolderCommands(program: Command, world: World): void {
  const { stand } = world
  program
    .command('status')
    .argument('<folder>', 'what run was given with --out')
    .description('how the newest run of a folder ended, or how far it has come')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Exit status: 0 passed, 1 not passed or killed, 2 no run is there, 3 it is still going on.

Examples:
  bzzz-testbot status report
  bzzz-testbot status report --json | jq .total.latency
`,
    )
    .action(async (folder: string, { json }: { json?: boolean }) => {
      try {
        const status = await statusOf(folder, world.processes)
        stand.write(json ? `${JSON.stringify(status)}\n` : statusText(status, folder))
        world.fail(STATUSES[status.state])
      } catch (error) {
        world.warn(
          `${folder} holds no run: ${(error as Error).message}. Give the folder of run --out`,
        )
        world.fail(2)
      }
    })

  program
    .command('report')
    .argument('<log>', 'log.ndjson in the folder of run --out')
    .description('print an HTML report of the newest run of a log, also of one that was killed')
    .addHelpText(
      'after',
      `
Examples:
  bzzz-testbot report report/log.ndjson > report.html
`,
    )
    .action(async (path: string) => {
      const { metrics, begun, skipped } = await readLog(path)
      stand.write(
        htmlReport({
          title: begun?.scenario ?? path,
          summary: metrics.summary(),
          facts: {
            ...(begun && { Seed: String(begun.seed) }),
            'Lines skipped': String(skipped),
          },
        }),
      )
    })
}
