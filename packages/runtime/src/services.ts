import type { Schedule } from '@bzzz/context-store'
import type { BreakerState } from '@bzzz/slurp-client'
import { within } from './deadline.ts'
import { RuntimeError, type RuntimeErrorCode } from './errors.ts'
import { orderOf } from './service-order.ts'

/** When a service starts: each phase has an error code of its own, `ERR_RUNTIME_START_<PHASE>`. */
export type Phase = 'identity' | 'storage' | 'mesh' | 'core' | 'app' | 'monitoring'

/** How a service is. `degraded` still serves, though not all of it. */
export interface Health {
  readonly status: 'ok' | 'degraded' | 'down'
  /** Why, for people. */
  readonly reason?: string
  /** How it stands with what it asks outside this process: a service, an endpoint. */
  readonly circuit?: BreakerState
  /** Anything more, in JSON. */
  readonly details?: unknown
}

/** A part of an app that is started and stopped. */
export interface Service {
  readonly name: string
  readonly phase: Phase
  /** Names of the services that run before it starts and until it has stopped. None if left out. */
  readonly needs?: readonly string[]
  /** Resolves when it serves. What it opened before it failed is its own to close. */
  start(options: { readonly signal: AbortSignal }): Promise<void>
  /** Ends it. Called once, and only where `start` resolved. */
  stop(): Promise<void>
  /** How it is now; ok if left out. What it throws counts as down. */
  health?(): Health | Promise<Health>
}

export interface ServicesInit {
  readonly schedule: Schedule
  /** Milliseconds that one service may take to start; 30,000 if left out. */
  readonly startMs?: number
  /** Milliseconds that one service may take to stop; 10,000 if left out. */
  readonly stopMs?: number
  /** Told of each step. */
  readonly onEvent?: (event: ServiceEvent) => void
}

export type ServiceEvent =
  | { readonly type: 'starting' | 'started' | 'stopping' | 'stopped'; readonly service: string }
  | {
      readonly type: 'start-failed' | 'stop-failed'
      readonly service: string
      readonly error: unknown
    }

/** Services that run. */
export interface Running {
  /** How each is, by name. Each is given a second, and is down where it does not say. */
  health(): Promise<ReadonlyMap<string, Health>>
  /**
   * Stops all, each before those that it needs, side by side where they can. One that fails or takes too
   * long does not keep the others from stopping. Stopping twice is fine.
   *
   * @returns what failed, by name.
   */
  stop(): Promise<ReadonlyMap<string, unknown>>
}

const START_MS = 30_000
const STOP_MS = 10_000
const HEALTH_MS = 1000

/**
 * Starts services in the order of their needs, side by side where they can. Where one fails, those that
 * run are stopped again.
 *
 * @throws `ERR_RUNTIME_SERVICES` where needs are unknown, double or circular; `ERR_RUNTIME_START_…` by
 *   the phase of the service that failed, with its error as the cause; the signal's reason.
 */
export async function startServices(
  services: readonly Service[],
  init: ServicesInit,
  { signal = new AbortController().signal }: { readonly signal?: AbortSignal } = {},
): Promise<Running> {
  const running = new Started(orderOf(services), init)
  try {
    await running.start(signal)
  } catch (error) {
    await running.stop()
    throw error
  }
  return running
}

class Started implements Running {
  readonly #services: readonly Service[]
  readonly #init: ServicesInit
  readonly #running = new Set<Service>()
  #stopping: Promise<ReadonlyMap<string, unknown>> | undefined

  constructor(services: readonly Service[], init: ServicesInit) {
    this.#services = services
    this.#init = init
  }

  async start(signal: AbortSignal): Promise<void> {
    // The first that fails ends the start of the others.
    const failed = new AbortController()
    const either = AbortSignal.any([signal, failed.signal])
    const starting = new Map<string, Promise<void>>()
    for (const service of this.#services) {
      const needs = (service.needs ?? []).map(async (name) => starting.get(name))
      const started = Promise.all(needs).then(async () => this.#startOne(service, either))
      started.catch((error: unknown) => failed.abort(error))
      starting.set(service.name, started)
    }
    // All are waited for: none may come up after the others were stopped.
    await Promise.allSettled(starting.values())
    if (failed.signal.aborted) throw failed.signal.reason
  }

  async #startOne(service: Service, signal: AbortSignal): Promise<void> {
    const { schedule, startMs = START_MS, onEvent } = this.#init
    const { name } = service
    signal.throwIfAborted()
    onEvent?.({ type: 'starting', service: name })
    const deadline = { schedule, ms: startMs, signal, what: `${name} did not start` }
    try {
      await within(deadline, async (own) => {
        const started = service.start({ signal: own })
        // Where it starts after its deadline, nobody waits for it any more.
        void started.then(async () => (own.aborted ? service.stop() : undefined)).catch(() => {})
        return started
      })
    } catch (error) {
      if (signal.aborted) throw signal.reason
      onEvent?.({ type: 'start-failed', service: name, error })
      throw new RuntimeError(codeOf(service), `${name} could not start: ${messageOf(error)}`, {
        cause: error,
      })
    }
    this.#running.add(service)
    onEvent?.({ type: 'started', service: name })
  }

  async health(): Promise<ReadonlyMap<string, Health>> {
    const { schedule } = this.#init
    const signal = new AbortController().signal
    const all = this.#services.map(async (service): Promise<[string, Health]> => {
      const { name } = service
      if (!this.#running.has(service)) return [name, { status: 'down', reason: 'It does not run' }]
      const deadline = { schedule, ms: HEALTH_MS, signal, what: 'It did not say how it is' }
      try {
        const said = await within(deadline, async () => service.health?.())
        return [name, said ?? { status: 'ok' }]
      } catch (error) {
        return [name, { status: 'down', reason: messageOf(error) }]
      }
    })
    return new Map(await Promise.all(all))
  }

  async stop(): Promise<ReadonlyMap<string, unknown>> {
    this.#stopping ??= this.#stopAll()
    return this.#stopping
  }

  async #stopAll(): Promise<ReadonlyMap<string, unknown>> {
    const failures = new Map<string, unknown>()
    const stopping = new Map<string, Promise<void>>()
    for (const service of this.#services.toReversed()) {
      const users = this.#services.filter(({ needs }) => needs?.includes(service.name))
      const before = users.map(async ({ name }) => stopping.get(name))
      const stopped = Promise.all(before).then(async () => this.#stopOne(service, failures))
      stopping.set(service.name, stopped)
    }
    await Promise.all(stopping.values())
    return failures
  }

  async #stopOne(service: Service, failures: Map<string, unknown>): Promise<void> {
    if (!this.#running.delete(service)) return
    const { schedule, stopMs = STOP_MS, onEvent } = this.#init
    const { name } = service
    const signal = new AbortController().signal
    onEvent?.({ type: 'stopping', service: name })
    try {
      const deadline = { schedule, ms: stopMs, signal, what: `${name} did not stop` }
      await within(deadline, async () => service.stop())
      onEvent?.({ type: 'stopped', service: name })
    } catch (error) {
      failures.set(name, error)
      onEvent?.({ type: 'stop-failed', service: name, error })
    }
  }
}

function codeOf({ phase }: Service): RuntimeErrorCode {
  return `ERR_RUNTIME_START_${phase.toUpperCase() as Uppercase<Phase>}`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
