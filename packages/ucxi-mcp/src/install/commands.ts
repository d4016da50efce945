import { resolve } from 'node:path'
import type { Command } from 'commander'
import { McpError } from '../errors.ts'
import { SERVER_NAME } from './edit-json.ts'
import { HOST_NAMES, launchOf, type Surroundings } from './hosts.ts'
import { hostNamed, install, uninstall, type Installed } from './install.ts'

/** What the commands work with. */
export interface InstallDesk extends Surroundings {
  readonly say: (line: string) => void
}

const DONE: Readonly<Record<Installed['done'], string>> = {
  written: 'Wrote',
  replaced: 'Replaced in',
  removed: 'Removed from',
  deleted: 'Deleted, since nothing else was in it,',
  unchanged: 'Nothing to do in',
}

/** Adds `install` and `uninstall` to a program. */
export function addInstallCommands(program: Command, desk: InstallDesk): void {
  const { say } = desk
  program
    .command('install')
    .argument('<host>', HOST_NAMES.join(', '))
    .description('Tell a host of this server, with the --as, --data, --node and --key given here.')
    .action(async (name: string) => {
      const host = hostNamed(name)
      const launch = launchOf(argsOf(program.opts(), program), desk)
      try {
        const { file, done, entry } = await install(host, launch, desk)
        say(`${DONE[done]} ${file}:`)
        say(`  ${JSON.stringify({ [SERVER_NAME]: entry })}`)
        say(`Start ${host.title} anew. Undo: bzzz-mcp uninstall ${name}`)
      } catch (error) {
        if (McpError.is(error, 'ERR_MCP_HOST_FILE'))
          say(
            `Put this under ${host.list} yourself: ${JSON.stringify({ [SERVER_NAME]: host.entry(launch) })}`,
          )
        throw error
      }
    })
  program
    .command('uninstall')
    .argument('<host>', HOST_NAMES.join(', '))
    .description('Undo install: all else in its file stays.')
    .action(async (name: string) => {
      const { file, done } = await uninstall(hostNamed(name), desk)
      say(`${DONE[done]} ${file}`)
    })
}

/** What was said on this command line, for the one that the host will use. */
function argsOf(
  { data, node, key, as }: Readonly<Record<string, string | undefined>>,
  program: Command,
): string[] {
  // The folder is written down only where it was said: hosts of one person share the usual one.
  const folder = program.getOptionValueSource('data') === 'cli' ? data : undefined
  return [
    ...(as === undefined ? [] : ['--as', as]),
    ...(folder === undefined ? [] : ['--data', resolve(folder)]),
    ...(node === undefined ? [] : ['--node', node]),
    ...(key === undefined ? [] : ['--key', resolve(key)]),
  ]
}
