import type { Schedule } from '@bzzz/context-store'
import { MeshError } from '../errors.ts'

/** Does something that is aborted when the time is over, or with another signal. */
export async function within<Result>(
  { schedule, ms, signal }: { schedule: Schedule; ms: number; signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const late = new AbortController()
  const cancel = schedule(
    () => late.abort(new MeshError('ERR_MESH_TIMEOUT', `Not within ${ms} ms`)),
    ms,
  )
  try {
    return await work(AbortSignal.any([signal, late.signal]))
  } finally {
    cancel()
  }
}
