import { createLog } from '../log.ts'
import { returnMemory } from '../memory.ts'
import type { Output } from '../progress.ts'
import { runServices } from '../run.ts'
import type { Health, Running } from '../services.ts'
import { workerService } from '../worker/service.ts'
import { loadConfiguration, type LoadOptions } from './load.ts'
import { participantServices } from './participant.ts'

// From being ready until what the start left behind is given back.
const SETTLED_MS = 2000

export interface RunEnvironment {
  /** Where the log goes. */
  readonly output: Output
  readonly now: () => number
  /** From 0 up to but not including 1. */
  readonly random: () => number
  readonly signal: AbortSignal
  readonly version: string
}

/** What `runParticipant` does, once all that takes is loaded. */
export async function run(
  sources: LoadOptions,
  { output, now, random, signal, version }: RunEnvironment,
): Promise<boolean> {
  const began = now()
  const { value } = await loadConfiguration(sources)
  const { level, format } = value.log
  const log = createLog({ output, now, level, ...(format && { format }) })
  let running: Running | undefined
  let settling: (() => void) | undefined
  const fatal = new AbortController()
  const health = async (): Promise<ReadonlyMap<string, Health>> =>
    running?.health() ?? new Map<string, Health>()
  const { services, participant, metrics } = participantServices({
    configuration: value,
    log,
    now,
    health,
    version,
    onFatal: (error) => {
      log.error({ code: error.code }, error.message)
      fatal.abort(error)
    },
  })
  const { name, worker, about } = value
  const all = [...services]
  if (worker && worker.handler !== 'none') {
    const of = { ...about, name, settings: worker, environment: sources.environment ?? {} }
    all.push(
      workerService({
        ...of,
        participant,
        metrics,
        log: log.child({ part: 'worker' }),
        now,
        schedule,
        random,
      }),
    )
  }
  const failures = await runServices(all, {
    schedule,
    signal: AbortSignal.any([signal, fatal.signal]),
    onEvent: ({ type, service, ...rest }) => {
      const isFailure = type === 'start-failed' || type === 'stop-failed'
      log[isFailure ? 'error' : 'debug']({ service, ...rest }, type)
    },
    onReady: (started) => {
      running = started
      const { identity, mesh, url, healthUrl } = participant
      const addresses = mesh.addresses
      log.info({ did: identity.did, url, health: healthUrl, addresses, ms: now() - began }, 'ready')
      settling = schedule(returnMemory, SETTLED_MS)
    },
  })
  settling?.()
  log.info('stopped')
  // After all was stopped: the folder is free again, and nothing is cut short.
  fatal.signal.throwIfAborted()
  return failures.size === 0
}

function schedule(act: () => void, ms: number): () => void {
  const timer = setTimeout(act, ms)
  return () => clearTimeout(timer)
}
