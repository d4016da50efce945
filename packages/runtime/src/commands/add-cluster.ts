import type { Command } from 'commander'
import { loadConfiguration } from '../participant/load.ts'
import { sourcesFor, type ParticipantApp } from './add.ts'
import { addressesOf, invite, joinCluster, membersOf, revoke, type Joined } from './cluster.ts'
import { initParticipant } from './init.ts'
import { listOf } from './lists.ts'

const HOUR = 3_600_000

/** Adds what a cluster needs: `invite`, `join`, `members`, `revoke`. */
export function addClusterCommands(program: Command, app: ParticipantApp): void {
  const { output, now } = app
  const print = (json: boolean, value: unknown, text: string): void =>
    void output.write(`${json ? JSON.stringify(value) : text}\n`)
  const homeOf = async (options: Readonly<Record<string, unknown>>) =>
    (await loadConfiguration(sourcesFor(app, options))).value

  program
    .command('invite')
    .description('Invite somebody to the cluster: a text that is good once. For who founded it.')
    .argument('<name>', 'the name that they get')
    .requiredOption('--role <roles>', 'roles that they may play', listOf)
    .option('--capability <words>', 'what they can do', listOf)
    .option('--agent', 'it is a program, and no person')
    .option('--hours <number>', 'how long it is good (default: 24)', Number)
    .option('--home <folder>', 'folder of the key and the contexts')
    .option('--json', 'print JSON')
    .addHelpText('after', `\nExample:\n  ${app.program} invite builder --role coder --agent\n`)
    .action(async (name: string, _: object, command: Command) => {
      const options = command.optsWithGlobals<InviteFlags>()
      await app.run(async () => {
        const { home, health } = await homeOf({ ...options })
        const host = health.host.includes(':') ? `[${health.host}]` : health.host
        const addresses = await addressesOf(`http://${host}:${health.port}`)
        const invitation = await invite(
          home,
          {
            name,
            roles: options.role,
            capabilities: options.capability ?? [],
            kind: options.agent === true ? 'agent' : 'human',
            expiresIn: (options.hours ?? 24) * HOUR,
            addresses,
          },
          now,
        )
        const missing = `It does not say where: ${app.program} run does not run here. Tell them --at <address>.\n`
        const said = addresses.length === 0 ? `${invitation}\n${missing}` : invitation
        print(options.json === true, { invitation, addresses }, said.trimEnd())
      })
    })

  program
    .command('join')
    .description('Join the cluster that one was invited to.')
    .argument('<invitation>', 'the text that one was given')
    .option('--at <addresses>', "multiaddrs of the admin's node, where the text has none", listOf)
    .option('--project <projects>', 'projects to take part in', listOf)
    .option('--home <folder>', 'folder of the key and the contexts')
    .option('--json', 'print JSON')
    .action(async (invitation: string, _: object, command: Command) => {
      const options = command.optsWithGlobals<JoinFlags>()
      const place = app.placeOf({ ...options })
      await app.run(async (signal) => {
        const addresses = options.at ?? []
        const joined = await joinCluster(place.home, invitation, { addresses, signal, now })
        const configuration = await configure(joined, { ...place, projects: options.project })
        const { name, roles, cluster } = joined
        const who = `${name} (${roles.join(', ')})`
        const next = configuration === undefined ? '' : `Made ${configuration}.\n`
        print(
          options.json === true,
          { ...joined, configuration },
          `You are ${who} of the cluster ${cluster}.\n${next}\nNext: ${app.program} run`,
        )
      })
    })

  program
    .command('members')
    .description('List who is in the cluster.')
    .option('--home <folder>', 'folder of the key and the contexts')
    .option('--json', 'print JSON')
    .action(async (_: object, command: Command) => {
      const options = command.optsWithGlobals<{ json?: boolean }>()
      await app.run(async () => {
        const { cluster, members } = membersOf((await homeOf({ ...options })).home, now)
        const lines = members.map(
          ({ name, roles, kind, did, status, until }) =>
            `${name}  ${kind}  ${roles.join(', ')}  ${status} until ${until}  ${did}`,
        )
        print(options.json === true, { cluster, members }, [cluster, ...lines].join('\n'))
      })
    })

  program
    .command('revoke')
    .description('End what a member may do, for good. For who founded the cluster.')
    .argument('<who>', 'a name, or a did:key')
    .option('-m, --reason <text>', 'why', 'revoked')
    .option('--home <folder>', 'folder of the key and the contexts')
    .option('--json', 'print JSON')
    .action(async (who: string, _: object, command: Command) => {
      const options = command.optsWithGlobals<{ reason: string; json?: boolean }>()
      await app.run(async () => {
        const { home } = await homeOf({ ...options })
        const revoked = await revoke(home, who, { reason: options.reason, now })
        print(options.json === true, { revoked }, `Revoked: ${revoked.join(', ')}`)
      })
    })

  /** A configuration that says what the certificate does, where there is none yet. */
  async function configure(
    { name, roles, addresses }: Joined,
    place: {
      readonly home: string
      readonly file: string
      readonly projects: readonly string[] | undefined
    },
  ): Promise<string | undefined> {
    const { kind, settings, program: called } = app
    try {
      const made = await initParticipant(
        { ...place, name, roles, bootstrap: addresses },
        { kind, settings, program: called },
      )
      return made.configuration
    } catch (error) {
      // What is configured already is not touched.
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return undefined
      throw error
    }
  }
}

interface InviteFlags {
  readonly role: readonly string[]
  readonly capability?: readonly string[]
  readonly agent?: boolean
  readonly hours?: number
  readonly json?: boolean
}

interface JoinFlags {
  readonly at?: readonly string[]
  readonly project?: readonly string[]
  readonly json?: boolean
}
