import type { LoadOptions } from './participant/load.ts'
import type { RunEnvironment } from './participant/run.ts'

/**
 * Runs a participant until the signal; an agent takes tasks where it has a handler.
 *
 * @returns false where something did not stop as it should: the log says what.
 * @throws RuntimeError `ERR_RUNTIME_IDENTITY_TWICE` where another node runs with its key.
 */
export async function runParticipant(
  sources: LoadOptions,
  environment: RunEnvironment,
): Promise<boolean> {
  // Mesh, server and metrics take longer to load than most commands of the same program take to run.
  const { run } = await import('./participant/run.ts')
  return run(sources, environment)
}
