import { join } from 'node:path'
import { Registry } from '@prometheus-io/client'
import type { ContextStore, Schedule } from '@bzzz/context-store'
import { loadOrCreateIdentity, type Identity } from '@bzzz/identity'
import type { Certificate } from '@bzzz/identity/cluster'
import { createMesh, fileKnownPeers, type Mesh, type MeshEvent } from '@bzzz/mesh'
import { createMemoryState, createSlurpClient, type SlurpClient } from '@bzzz/slurp-client'
import { openSqliteState } from '@bzzz/slurp-client/sqlite'
import {
  createUcxi,
  startUcxiServer,
  UcxiError,
  type UcxiServer,
  type UcxiServerInit,
} from '@bzzz/ucxi'
import { admissionOf, isAdmin } from '../cluster/admin.ts'
import { readCluster, type HomeCluster } from '../cluster/files.ts'
import { ClusterKeeper } from '../cluster/keeper.ts'
import { RuntimeError } from '../errors.ts'
import { lockFolder } from '../lock.ts'
import type { Log } from '../log.ts'
import { createMonitoring } from '../monitoring.ts'
import type { Health, Service } from '../services.ts'
import type { ParticipantConfiguration } from './configuration.ts'
import { healthOfDecisions, healthOfMesh } from './health.ts'
import { deliveryOf, dhtOf, openStore, projectsOf } from './parts.ts'
import { tellOfMesh } from './tell.ts'

export interface ParticipantInit {
  readonly configuration: ParticipantConfiguration
  /** Version of the app. */
  readonly version: string
  readonly log: Log
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** The timer; the system's if left out. */
  readonly schedule?: Schedule
  /** How all services are, once they run. */
  readonly health: () => Promise<ReadonlyMap<string, Health>>
  /**
   * Told once of what it cannot go on with: whoever runs it stops it then.
   * `ERR_RUNTIME_IDENTITY_TWICE` where another node runs with its key, and began before it.
   */
  readonly onFatal?: (error: RuntimeError) => void
}

/** What a participant is made of, while it runs. */
export interface Participant {
  readonly identity: Identity
  readonly store: ContextStore
  readonly mesh: Mesh
  readonly decisions: SlurpClient
  /** Where UCXI answers. */
  readonly url: string
  /** Where health and metrics answer. */
  readonly healthUrl: string
}

/** The services of a participant, to be run together with those of an app. */
export interface ParticipantServices {
  /** `lock`, `identity`, `store`, `mesh`, `decisions`, `http` and `monitoring`. */
  readonly services: readonly Service[]
  /** What they are, once they run. */
  readonly participant: Participant
  /** What `/metrics` shows: an app adds its own. */
  readonly metrics: Registry
}

/** Composes a participant: key, contexts, mesh, decisions, HTTP, health. Nothing begins here. */
export function participantServices(init: ParticipantInit): ParticipantServices {
  const { configuration, log, now, schedule = systemSchedule } = init
  const { home, http, health, mesh: network, backends, about } = configuration
  const metrics = new Registry()
  const started: { -readonly [Part in keyof Participant]?: Participant[Part] } = {}
  const monitoring = createMonitoring({
    ...health,
    setting: 'health.port',
    health: init.health,
    metrics,
  })
  let lock: { release(): void } | undefined
  let server: UcxiServer | undefined
  let cluster: HomeCluster | undefined
  let keeper: ClusterKeeper | undefined

  /** Whoever was let in is known here at once, and to the others soon. */
  function onJoined(certificate: Certificate): void {
    log.info({ name: certificate.name, did: certificate.did }, 'joined the cluster')
    keeper?.look()
  }

  function keeperOf(of: HomeCluster): ClusterKeeper {
    return new ClusterKeeper({
      home,
      cluster: of,
      schedule,
      onAdded: () =>
        void part('mesh')
          .spread()
          .catch(() => {}),
      onError: (error) => log.warn({ error }, 'the cluster could not be kept'),
    })
  }

  const services: Service[] = [
    {
      name: 'lock',
      phase: 'storage',
      start: async () => {
        lock = lockFolder(home, { now })
      },
      stop: async () => lock?.release(),
    },
    {
      name: 'identity',
      phase: 'identity',
      needs: ['lock'],
      start: async () => {
        started.identity = await loadOrCreateIdentity(join(home, 'identity.json'))
        cluster = readCluster(home, now)
      },
      stop: async () => {},
    },
    {
      name: 'store',
      phase: 'storage',
      needs: ['identity'],
      start: async () => {
        started.store = openStore(configuration, { identity: part('identity'), cluster, now })
      },
      stop: async () => part('store').close(),
    },
    {
      name: 'mesh',
      phase: 'mesh',
      needs: ['store'],
      start: async () => {
        const identity = part('identity')
        const dht = dhtOf(configuration, identity)
        const of = log.child({ part: 'mesh' })
        const mesh = await createMesh({
          identity,
          store: part('store'),
          now,
          ...(dht && { dht }),
          ...(cluster && { cluster }),
          ...(cluster && isAdmin(home) && { admission: admissionOf(home, { now, onJoined }) }),
          listen: network.listen,
          bootstrap: network.bootstrap,
          mdns: network.mdns,
          knownPeers: fileKnownPeers(join(home, 'peers.json')),
          about: {
            kind: configuration.kind,
            version: init.version,
            projects: projectsOf(network.follow),
            ...about,
          },
          onEvent: (event: MeshEvent) => {
            tellOfMesh(of, event)
            if (event.type === 'twice') init.onFatal?.(identityTwice(home, event.since))
          },
        })
        for (const pattern of network.follow) mesh.follow(pattern)
        started.mesh = mesh
        keeper = cluster && keeperOf(cluster)
        keeper?.start()
      },
      stop: async () => {
        keeper?.stop()
        await part('mesh').stop()
      },
      health: () => healthOfMesh(part('mesh'), network.bootstrap.length > 0),
    },
    {
      name: 'decisions',
      phase: 'core',
      needs: ['store'],
      start: async () => {
        const store = part('store')
        const state =
          backends.store === 'mock'
            ? createMemoryState()
            : openSqliteState({ file: join(home, 'outbox.db') })
        const of = log.child({ part: 'decisions' })
        started.decisions = createSlurpClient({
          store,
          identity: part('identity'),
          state,
          now,
          ...deliveryOf(configuration, { store, now }),
          onEvent: ({ type, ...event }) => of.debug(event, type),
        })
      },
      stop: async () => part('decisions').close(),
      health: async () => healthOfDecisions(part('decisions')),
    },
    {
      name: 'http',
      phase: 'core',
      needs: ['store', 'mesh'],
      start: async () => {
        const ucxi = createUcxi({
          store: part('store'),
          mesh: part('mesh'),
          now,
          ...(cluster && { cluster: cluster.view }),
        })
        const of = log.child({ part: 'http' })
        server = await listen({
          ucxi,
          ...http,
          now,
          onError: (error) => of.error({ error }, 'failed'),
          onRefused: (refusal) => of.warn(refusal, 'refused'),
        })
        started.url = server.url
      },
      stop: async () => server?.close(),
    },
    {
      ...monitoring,
      start: async (options) => {
        await monitoring.start(options)
        started.healthUrl = monitoring.address
      },
    },
  ]

  function part<Name extends keyof Participant>(name: Name): Participant[Name] {
    const found = started[name]
    if (found === undefined) throw new Error(`${name} does not run`)
    return found
  }

  const participant: Participant = {
    get identity() {
      return part('identity')
    },
    get store() {
      return part('store')
    },
    get mesh() {
      return part('mesh')
    },
    get decisions() {
      return part('decisions')
    },
    get url() {
      return part('url')
    },
    get healthUrl() {
      return part('healthUrl')
    },
  }
  return { services, participant, metrics }
}

function identityTwice(home: string, since: number): RuntimeError {
  const when = new Date(since).toISOString()
  return new RuntimeError(
    'ERR_RUNTIME_IDENTITY_TWICE',
    `Another node has run with the key of ${home} since ${when}, as where the folder was copied: stop that one, or give this one a folder of its own (home) and with it a key of its own`,
  )
}

async function listen(init: UcxiServerInit): Promise<UcxiServer> {
  try {
    return await startUcxiServer(init)
  } catch (cause) {
    if (!(cause instanceof UcxiError) || cause.code !== 'ERR_UCXI_PORT') throw cause
    const message = `Port ${init.port} is in use: change http.port, or stop what listens there`
    throw new RuntimeError('ERR_RUNTIME_PORT', message, { cause })
  }
}

function systemSchedule(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}
