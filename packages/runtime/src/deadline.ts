import type { Schedule } from '@bzzz/context-store'
import { RuntimeError } from './errors.ts'

export interface Deadline {
  readonly schedule: Schedule
  /** Milliseconds. */
  readonly ms: number
  readonly signal: AbortSignal
  /** What did not happen, for the error. */
  readonly what: string
}

/**
 * Does something that is let go at the deadline, or when the signal aborts, whether it heeds its own
 * signal or not.
 *
 * @throws `ERR_RUNTIME_TIMEOUT`; the signal's reason; what the work throws.
 */
export async function within<Result>(
  { schedule, ms, signal, what }: Deadline,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted()
  const stop = new AbortController()
  const given = Promise.withResolvers<never>()
  const end = (reason: unknown): void => {
    stop.abort(reason)
    given.reject(reason)
  }
  const late = (): void => end(new RuntimeError('ERR_RUNTIME_TIMEOUT', `${what} within ${ms} ms`))
  const cancel = schedule(late, ms)
  const onAbort = (): void => end(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work(stop.signal), given.promise])
  } finally {
    cancel()
    signal.removeEventListener('abort', onAbort)
  }
}
