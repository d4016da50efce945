import { startServices, type Running, type Service, type ServicesInit } from './services.ts'

/** How services run until they are told to end. */
export interface RunInit extends ServicesInit {
  /** Ends them; {@link runCommand} aborts it on SIGINT and SIGTERM. */
  readonly signal: AbortSignal
  /** Told when all of them serve. */
  readonly onReady?: (running: Running) => void
}

/**
 * Starts services, lets them run until the signal, and stops them again: taking work first, the store and
 * the mesh last, by their needs.
 *
 * @returns what failed to stop, by name.
 * @throws as {@link startServices}; a signal during the start ends it without an error.
 */
export async function runServices(
  services: readonly Service[],
  { signal, onReady, ...init }: RunInit,
): Promise<ReadonlyMap<string, unknown>> {
  let running: Running
  try {
    running = await startServices(services, init, { signal })
  } catch (error) {
    if (signal.aborted && error === signal.reason) return new Map()
    throw error
  }
  const ended = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => ended.resolve(), { once: true })
  if (signal.aborted) ended.resolve()
  onReady?.(running)
  await ended.promise
  return running.stop()
}
