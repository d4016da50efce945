import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { EXIT, loadConfiguration, runCommand } from '@bzzz/runtime'
import { CommandError } from '../command-error.ts'
import { selfOf } from './self.ts'

const CONFIGURATION_FILE = 'hap.yaml'

interface PortalOptions {
  readonly config?: string
  readonly mesh: boolean
}

/** What the portal is given of the process that it runs in. */
export interface PortalProcess {
  readonly process: NodeJS.Process
  readonly now: () => number
  readonly version: string
}

/** Adds `portal`, which is also what a terminal shows where no command is named. */
export function addPortalCommand(
  program: Command,
  { process: own, now, version }: PortalProcess,
): void {
  program
    .command('portal', { isDefault: true })
    .description('The full-screen portal; also without a command, on a terminal.')
    .option(
      '-c, --config <file>',
      `configuration (default: ${CONFIGURATION_FILE} here or in --data)`,
    )
    .option('--no-mesh', 'stay on what is here, without a mesh')
    .addHelpText(
      'after',
      `
Keys: 1 to 6 views, / filter, : jump, t as of a moment, u undo, ? help, q quit.

Examples:
  bzzz-hap
  bzzz-hap portal --no-mesh
`,
    )
    .action(async ({ config, mesh }: PortalOptions) => {
      const { stdin, stdout, stderr } = own
      const isTerminal = stdin.isTTY && stdout.isTTY
      if (!isTerminal && program.args[0] !== 'portal') program.help({ error: true })
      const io = { name: 'bzzz-hap', output: stdout, errors: stderr, signals: own }
      own.exitCode = await runCommand(io, async (signal) => {
        if (!isTerminal)
          throw new CommandError(
            'ERR_HAP_TERMINAL',
            'The portal needs a terminal: see --help for commands',
          )
        const home = resolve(program.opts<{ data: string }>().data)
        const configuration = await configurationOf(home, config, own.env)
        // React has checks for developers that cost half of a frame.
        own.env['NODE_ENV'] ??= 'production'
        // Loaded here alone: no other command pays for it.
        const { startPortal } = await import('./start.ts')
        const { env: environment } = own
        const init = {
          configuration,
          version,
          self: selfOf(configuration, userInfo().username),
          alone: !mesh,
          now,
          stdin,
          stdout,
          environment,
          signal,
        }
        await startPortal(init)
        return EXIT.done
      })
    })
}

async function configurationOf(home: string, given: string | undefined, env: NodeJS.ProcessEnv) {
  const places = [CONFIGURATION_FILE, join(home, CONFIGURATION_FILE)]
  const path = given ?? places.find((place) => existsSync(place))
  // Where the home is was said already; it is no setting.
  const { BZZZ_DATA: _, ...environment } = env
  const flags = { home }
  return (await loadConfiguration({ path, kind: 'human', environment, flags })).value
}
