import type { Schedule } from '@bzzz/context-store'
import {
  openHome,
  RuntimeError,
  startServices,
  type Health,
  type Home,
  type ParticipantConfiguration,
  type Running,
} from '@bzzz/runtime'
import { createLog, participantServices, type ParticipantServices } from '@bzzz/runtime/participant'
import { createUcxi } from '@bzzz/ucxi'
import { Writable } from 'node:stream'
import { createInbox, type Self } from '@bzzz/inbox'
import { createElsewhere, type Elsewhere } from './elsewhere.ts'
import type { Source, Standing } from './source.ts'

export interface OpenSourceInit {
  /** With its `home` folder. */
  readonly configuration: ParticipantConfiguration
  readonly version: string
  /** How addresses name the person. */
  readonly self: Self
  readonly now: () => number
  readonly schedule: Schedule
  /** Stays on the home's store, without a mesh. */
  readonly alone?: boolean
  /** Told when it is known how it stands with the mesh. */
  readonly onStanding?: () => void
}

export interface OpenSource extends Source {
  /** Leaves the mesh and closes the home. */
  close(): Promise<void>
}

/**
 * Opens a home for a person: its store at once, and the mesh behind that. Where another process has the
 * home, or a port, the store serves alone, and says why.
 *
 * @throws as `openHome`.
 */
export async function openSource(init: OpenSourceInit): Promise<OpenSource> {
  const { configuration, self, now, alone = false, onStanding } = init
  const home = await openHome(configuration.home, { now })
  const local = createUcxi({ store: home.store, now })
  const { did } = home.identity
  const inbox = createInbox({ store: home.store, self, schedule: init.schedule })
  const stop = new AbortController()
  let standing: Standing = { mesh: alone ? 'alone' : 'joining' }
  let joined: Joined | undefined
  let elsewhere: Elsewhere | undefined
  const joining = alone ? Promise.resolve() : begin()

  async function begin(): Promise<void> {
    try {
      joined = await join(init, stop.signal)
      standing = { mesh: 'joined' }
    } catch (error) {
      standing = { mesh: 'alone', reason: reasonOf(error) }
      if (isLocked(error)) elsewhere = createElsewhere(configuration.health)
    }
    if (!stop.signal.aborted) onStanding?.()
  }

  return {
    did,
    self,
    inbox,
    store: home.store,
    local,
    get standing() {
      return standing
    },
    get ucxi() {
      return joined?.ucxi ?? local
    },
    graph: graphsOf(home),
    health: async () =>
      joined?.running.health() ??
      (await elsewhere?.health(stop.signal)) ??
      new Map<string, Health>(),
    peers: () => joined?.parts.participant.mesh.presence() ?? elsewhere?.peers ?? [],
    missing: () =>
      (joined?.parts.participant.mesh.joins() ?? [])
        .filter(({ state }) => state !== 'joined')
        .map(({ address, error, state }) => ({ address, reason: error?.message ?? state })),
    async close() {
      stop.abort()
      inbox.close()
      await joining
      await joined?.running.stop()
      await home.close()
    },
  }
}

interface Joined {
  readonly parts: ParticipantServices
  readonly running: Running
  readonly ucxi: Source['ucxi']
}

async function join(
  { configuration, version, now, schedule }: OpenSourceInit,
  signal: AbortSignal,
): Promise<Joined> {
  let running: Running | undefined
  // What a log would say is seen in the views; a line on the terminal would break the picture.
  const log = createLog({ output: nowhere(), level: 'silent', format: 'json', now })
  const health = async (): Promise<ReadonlyMap<string, Health>> => running?.health() ?? new Map()
  const parts = participantServices({ configuration, version, log, now, health })
  running = await startServices(parts.services, { schedule }, { signal })
  const { store, mesh } = parts.participant
  return { parts, running, ucxi: createUcxi({ store, mesh, now }) }
}

function nowhere(): Writable {
  return new Writable({ write: (_piece, _encoding, done) => done() })
}

/** Two that ask at once are not to take the same decisions in twice. */
function graphsOf(home: Home): Source['graph'] {
  let before: Promise<unknown> = Promise.resolve()
  return async ({ signal }) => {
    const graph = before.then(async () => {
      signal.throwIfAborted()
      return home.graph({ signal })
    })
    before = graph.catch(() => {})
    return graph
  }
}

function reasonOf(error: unknown): string {
  const cause = causeOf(error)
  if (RuntimeError.is(cause) && isLocked(error))
    return `No mesh here: ${cause.message.replace(/: stop it first.*$/, '')}, which is on the mesh in its place`
  const code = cause instanceof Error && 'code' in cause ? `${String(cause.code)}: ` : ''
  return `No mesh: ${code}${cause instanceof Error ? cause.message : String(cause)}`
}

/** Another process has the home. */
function isLocked(error: unknown): boolean {
  return RuntimeError.is(causeOf(error), 'ERR_RUNTIME_LOCKED')
}

function causeOf(error: unknown): unknown {
  return RuntimeError.is(error) && RuntimeError.is(error.cause) ? error.cause : error
}
