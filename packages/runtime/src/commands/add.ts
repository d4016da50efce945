import { join } from 'node:path'
import { loadOrCreateIdentity } from '@bzzz/identity'
import type { Command } from 'commander'
import { RuntimeError } from '../errors.ts'
import { checkConfigs, printConfig, printSchema } from './config.ts'
import { addFlags, sourcesOf, type FlagsInit } from './flags.ts'
import { initParticipant, tellInitialised } from './init.ts'
import { foundCluster } from '../cluster/admin.ts'
import { listOf } from './lists.ts'
import { status } from './status.ts'
import type { LoadOptions } from '../participant/load.ts'
import type { Output } from '../progress.ts'

type Options = Readonly<Record<string, unknown>>

/** An app that is a participant: what its commands are called, and where they find what they need. */
export interface ParticipantApp extends FlagsInit {
  /** Such as `bzzz-agent`. */
  readonly program: string
  readonly output: Output
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The options of a command as settings are read from them; as they are if left out. */
  readonly optionsOf?: (options: Options) => Options
  /** The configuration that is there where none is named, by the options of a command. */
  readonly fileOf: (options: Options) => string | undefined
  /** Where `init` makes home and configuration where nothing is said, by its options. */
  readonly placeOf: (options: Options) => { readonly home: string; readonly file: string }
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Runs a command to its end. */
  readonly run: (action: (signal: AbortSignal) => Promise<number | void>) => Promise<void>
}

/** Where the configuration of a command comes from. */
export function sourcesFor(app: ParticipantApp, options: Options): LoadOptions {
  const { kind, settings, environment, optionsOf = (given: Options) => given } = app
  return sourcesOf(optionsOf(options), { kind, settings, environment, file: app.fileOf(options) })
}

/** Adds what every participant has: `init`, `status`, and `config print|schema|check`. */
export function addParticipantCommands(program: Command, app: ParticipantApp): void {
  const { output, settings, kind } = app
  addInit(program, app)

  addFlags(program.command('status'), app)
  program.commands
    .at(-1)
    ?.description('Ask a running one how it is. Status 0 where it can serve, 5 where none answers.')
    .option('-w, --wait <seconds>', 'wait until all is well', Number)
    .option('--json', 'print JSON')
    .action(async (_: object, command: Command) => {
      const options = command.optsWithGlobals<{ json?: boolean; wait?: number }>()
      const { json = false, wait = 0 } = options
      await app.run(async (signal) =>
        status(sourcesFor(app, { ...options }), { output, json, wait, now: app.now, signal }),
      )
    })

  const config = program
    .command('config')
    .description('What is configured: from defaults, a file, the environment, and flags.')
    .addHelpText(
      'after',
      `
Examples:
  ${app.program} config print --http-port 9000
  ${app.program} config schema > schema.json
  ${app.program} config check agent.yaml hap.yaml
`,
    )

  addFlags(config.command('print'), app)
    .description('Print what is in force, and where each value comes from.')
    .option('--json', 'print JSON')
    .action(async (_: object, command: Command) => {
      const options = command.optsWithGlobals()
      const json = options['json'] === true
      await app.run(async () => printConfig(sourcesFor(app, options), { output, json }))
    })

  config
    .command('schema')
    .description('Print JSON Schema, for editors.')
    .action(async () => app.run(async () => printSchema(output, kind)))

  config
    .command('check')
    .description('Say whether configurations are right, and can run side by side.')
    .argument('<files...>', 'YAML files, of agents and portals')
    .option('--json', 'print JSON')
    .action(async (files: string[], _: object, command: Command) => {
      const json = command.optsWithGlobals()['json'] === true
      await app.run(async () => checkConfigs(files, { output, json }))
    })

  async function found(called: string, options: InitFlags, home: string): Promise<void> {
    const { name, role: roles, open } = options
    if (name === undefined || roles === undefined)
      throw new RuntimeError(
        'ERR_RUNTIME_CONFIGURATION',
        'A cluster needs --name and --role of its founder',
      )
    const identity = await loadOrCreateIdentity(join(home, 'identity.json'))
    const member = {
      name,
      roles: [...roles],
      capabilities: [],
      kind: kind === 'agent' ? ('agent' as const) : ('human' as const),
    }
    const mode = open === true ? 'open' : 'closed'
    await foundCluster({ home, name: called, mode, member, identity, now: app.now })
  }

  function addInit(to: Command, { program: name }: ParticipantApp): void {
    to.command('init')
      .description('Make a key, and a configuration with every setting in it.')
      .option('--home <folder>', 'folder of the key and the contexts')
      .option('--name <name>', 'name in the addresses of what it writes')
      .option('--role <roles>', 'roles that it plays, the one in its addresses first', listOf)
      .option('--project <projects>', 'projects that it takes part in', listOf)
      .option('--bootstrap <addresses>', 'nodes to join', listOf)
      .option('--cluster <name>', 'found a cluster, whose admin this home is')
      .option('--open', 'in that cluster a name belongs to the first key that uses it')
      .option('--force', 'take the place of a configuration that is there')
      .option('--json', 'print JSON')
      .addHelpText(
        'after',
        `
Example:
  ${name} init --name ada --role lead --project shop
`,
      )
      .action(async (_: object, command: Command) => {
        const options = command.optsWithGlobals<InitFlags>()
        const {
          name: called,
          role: roles,
          project: projects,
          bootstrap,
          force,
          json = false,
        } = options
        const place = app.placeOf(options as unknown as Options)
        await app.run(async () => {
          const made = await initParticipant(
            { ...place, force: force === true, name: called, roles, projects, bootstrap },
            { kind, settings, program: name },
          )
          if (options.cluster !== undefined) await found(options.cluster, options, made.home)
          tellInitialised(made, { output, json, next: `${name} run` })
        })
      })
  }
}

interface InitFlags {
  readonly cluster?: string
  readonly open?: boolean
  readonly name?: string
  readonly role?: readonly string[]
  readonly project?: readonly string[]
  readonly bootstrap?: readonly string[]
  readonly force?: boolean
  readonly json?: boolean
}
