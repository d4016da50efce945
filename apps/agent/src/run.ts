import {
  createLog,
  loadConfiguration,
  participantServices,
  runServices,
  type Health,
  type LoadOptions,
  type Output,
  type Running,
} from '@bzzz/runtime'

export interface RunEnvironment {
  /** Where the log goes. */
  readonly output: Output
  readonly now: () => number
  readonly signal: AbortSignal
  readonly version: string
}

/**
 * Runs an agent until the signal.
 *
 * @returns false where something did not stop as it should: the log says what.
 */
export async function runAgent(
  sources: LoadOptions,
  { output, now, signal, version }: RunEnvironment,
): Promise<boolean> {
  const began = now()
  const { value } = await loadConfiguration(sources)
  const { level, format } = value.log
  const log = createLog({ output, now, level, ...(format && { format }) })
  let running: Running | undefined
  const health = async (): Promise<ReadonlyMap<string, Health>> =>
    running?.health() ?? new Map<string, Health>()
  const { services, participant } = participantServices({
    configuration: value,
    log,
    now,
    health,
    version,
  })
  const failures = await runServices(services, {
    schedule: (run, ms) => {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    },
    signal,
    onEvent: ({ type, service, ...rest }) => {
      const isFailure = type === 'start-failed' || type === 'stop-failed'
      log[isFailure ? 'error' : 'debug']({ service, ...rest }, type)
    },
    onReady: (all) => {
      running = all
      const { identity, mesh, url, healthUrl } = participant
      const addresses = mesh.addresses
      log.info({ did: identity.did, url, health: healthUrl, addresses, ms: now() - began }, 'ready')
    },
  })
  log.info('stopped')
  return failures.size === 0
}
