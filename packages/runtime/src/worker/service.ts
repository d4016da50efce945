import { Gauge, type Registry } from '@prometheus-io/client'
import type { Schedule } from '@bzzz/context-store'
import { createInbox, type Inbox } from '@bzzz/inbox'
import { collectionOf } from '@bzzz/mesh'
import { RuntimeError } from '../errors.ts'
import type { Handler } from '../handlers/handler.ts'
import { httpHandler } from '../handlers/http.ts'
import { moduleHandler } from '../handlers/module.ts'
import { programHandler } from '../handlers/program.ts'
import type { Log } from '../log.ts'
import type { Participant } from '../participant/participant.ts'
import type { Health, Service } from '../services.ts'
import { claimOf, type WorkerName } from '../tasks/places.ts'
import { Desk } from './desk.ts'
import { Questions } from './questions.ts'
import { nameOf, type WorkerSettings } from './settings.ts'
import { Worker, type WorkerEvent, type WorkerStatus } from './worker.ts'

export interface WorkerServiceInit {
  readonly settings: WorkerSettings
  /** Name in addresses; made of the key if left out. */
  readonly name?: string | undefined
  readonly roles: readonly string[]
  readonly capabilities: readonly string[]
  readonly participant: Participant
  readonly log: Log
  /** Where the tasks are counted. */
  readonly metrics: Registry
  readonly now: () => number
  readonly schedule: Schedule
  /** From 0 up to but not including 1. */
  readonly random: () => number
  /** What a program is run with, without what configures this agent. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

// Of what the agent has for its work, and a program has no need of.
const OWN_VARIABLE = /^BZZZ_/
const HAND_BACK_MS = 2000

/** The service that takes tasks: `worker`. It needs those of a participant. */
export function workerService(init: WorkerServiceInit): Service {
  const { settings, participant, log } = init
  let worker: Worker | undefined
  let handler: Handler | undefined
  let name: WorkerName | undefined
  let inbox: Inbox | undefined
  observe(init.metrics, () => worker?.status())
  return {
    name: 'worker',
    phase: 'app',
    needs: ['store', 'mesh', 'decisions'],
    async start({ signal }) {
      const { identity, store, mesh, decisions } = participant
      name = nameOf({ name: init.name, roles: init.roles, did: identity.did })
      for (const project of settings.projects) mesh.follow(`ucxl://any:any@${project}:any/**`)
      const announce = (collection: string): void => mesh.announce(collection)
      inbox = createInbox({
        store,
        self: { name: name.agent, roles: [name.role] },
        projects: settings.projects,
        schedule: init.schedule,
        onWritten: ({ record }) => announce(collectionOf(record.key)),
      })
      handler = handlerOf(init)
      const started = new Worker({
        ...settings,
        store,
        handler,
        desk: new Desk({ store, decisions, announce, name }),
        read: async (address, options) => mesh.get(address, options),
        questions: new Questions({ store, inbox, did: identity.did }),
        did: identity.did,
        roles: init.roles,
        capabilities: init.capabilities,
        now: init.now,
        schedule: init.schedule,
        random: init.random,
        onEvent: (event) => tell(log, event),
      })
      await started.start({ signal })
      worker = started
      log.info({ name: `${name.agent}:${name.role}`, projects: settings.projects }, 'takes tasks')
    },
    async stop() {
      const running = worker?.status().running ?? []
      await worker?.stop()
      inbox?.close()
      // Whoever is to go on must hear of it before this node is gone.
      const { mesh } = participant
      const own = name
      if (!own || mesh.peers().length === 0) return
      const claims = running.map((task) => claimOf(task, own))
      const told = await Promise.allSettled(
        claims.map(async (claim) =>
          mesh.replicate(claim, { copies: 1, timeoutMs: HAND_BACK_MS, orFail: true }),
        ),
      )
      for (const one of told)
        if (one.status === 'rejected') log.warn({ error: one.reason as unknown }, 'not handed back')
    },
    health(): Health {
      const { running = [], waiting = [], ...status } = worker?.status() ?? {}
      const circuit = handler?.circuit?.()
      const said = { ...(circuit && { circuit }), details: { running, waiting, ...status } }
      if (!circuit || circuit.state === 'closed') return { status: 'ok', ...said }
      return { status: 'degraded', reason: 'What works on tasks fails: it is left alone', ...said }
    },
  }
}

/** Adds what is read when it is asked for. */
function observe(metrics: Registry, statusOf: () => WorkerStatus | undefined): void {
  const registers = [metrics]
  // oxlint-disable-next-line no-new -- A gauge adds itself to its registry.
  new Gauge({
    name: 'bzzz_tasks',
    help: 'Tasks that this agent knows of, by how they stand',
    labelNames: ['status'],
    registers,
    collect() {
      for (const [status, count] of Object.entries(statusOf()?.tasks ?? {}))
        this.set({ status }, count)
    },
  })
  // oxlint-disable-next-line no-new
  new Gauge({
    name: 'bzzz_task_attempts_total',
    help: 'Attempts of this agent that came to an end, by which',
    labelNames: ['end'],
    registers,
    collect() {
      const { done = 0, failed = 0 } = statusOf() ?? {}
      this.set({ end: 'done' }, done)
      this.set({ end: 'failed' }, failed)
    },
  })
}

function handlerOf({ settings, environment, schedule, now }: WorkerServiceInit): Handler {
  const { handler, command, args, url, model, system, apiKey, askTo, module, outputBytes } =
    settings
  if (handler === 'program' && command !== undefined) {
    const own = Object.entries(environment).filter(([variable]) => !OWN_VARIABLE.test(variable))
    const rest = { environment: Object.fromEntries(own), outputBytes, schedule }
    return programHandler({ command, args, ...rest })
  }
  if (handler === 'http' && url !== undefined && model !== undefined)
    return httpHandler({ url, model, system, apiKey, askTo, outputBytes, schedule, now })
  if (handler === 'module' && module !== undefined)
    return moduleHandler({ path: module, outputBytes, schedule })
  throw new RuntimeError('ERR_RUNTIME_CONFIGURATION', 'worker.handler: there is none to work with')
}

function tell(log: Log, { type, ...event }: WorkerEvent): void {
  if (type === 'malformed' || type === 'error') log.warn(event, type)
  else if (type === 'ended') log[isFault(event) ? 'warn' : 'info'](event, type)
  else log.info(event, type)
}

function isFault(event: object): boolean {
  return 'state' in event && event.state === 'failed'
}
