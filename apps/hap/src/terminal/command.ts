import type { Command } from 'commander'
import { addFlags, EXIT, loadConfiguration, sourcesFor, type ParticipantApp } from '@bzzz/runtime'
import { CommandError } from '../command-error.ts'
import { selfOf } from '../person.ts'

/** What the portal is given of the system that it runs on. */
export interface PortalSystem {
  readonly process: NodeJS.Process
  readonly now: () => number
  readonly version: string
  /** Name of the user. */
  readonly user: string
}

/** Adds `portal`, which is also what a terminal shows where no command is named. */
export function addPortalCommand(
  program: Command,
  app: ParticipantApp,
  { process: own, now, version, user }: PortalSystem,
): void {
  addFlags(program.command('portal', { isDefault: true }), app)
    .description('The full-screen portal; also without a command, on a terminal.')
    // Whatever is no command comes here as well.
    .allowExcessArguments()
    .option('--no-mesh', 'stay on what is here, without a mesh')
    .addHelpText(
      'after',
      `
Keys: 1 to 6 views, / filter, : jump, t as of a moment, u undo, ? help, q quit.

Examples:
  bzzz-hap
  bzzz-hap portal --no-mesh
  bzzz-hap portal --mesh-bootstrap /ip4/192.0.2.7/tcp/4001/p2p/12D3KooW...
`,
    )
    .action(async (_: object, command: Command) => {
      const [word] = command.args
      if (word !== undefined) program.error(`error: unknown command '${word}'`)
      const { stdin, stdout, env: environment } = own
      const isTerminal = stdin.isTTY && stdout.isTTY
      if (!isTerminal && program.args[0] !== 'portal') program.help({ error: true })
      await app.run(async (signal) => {
        if (!isTerminal) {
          const why = 'The portal needs a terminal: see bzzz-hap --help for commands'
          throw new CommandError('ERR_HAP_TERMINAL', why)
        }
        const options = command.optsWithGlobals<Record<string, unknown>>()
        const sources = sourcesFor(app, { home: options['data'], ...options })
        const { value: configuration } = await loadConfiguration(sources)
        // React has checks for developers that cost half of a frame.
        environment['NODE_ENV'] ??= 'production'
        // Loaded here alone: no other command pays for it.
        const { startPortal } = await import('./start.ts')
        await startPortal({
          configuration,
          version,
          self: selfOf(configuration, { user }),
          alone: options['mesh'] === false,
          now,
          stdin,
          stdout,
          environment,
          signal,
        })
        return EXIT.done
      })
    })
}
