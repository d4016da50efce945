import type { DhtCallOptions } from './dht.ts'
import { DhtError } from './errors.ts'

/** Milliseconds that a call may take where it is not told. */
export const DEFAULT_TIMEOUT_MS = 10_000

/** How a call is ended in time. */
export interface DeadlineOptions extends DhtCallOptions {
  /** Calls back once after so many milliseconds; what it gives takes that back. The system's timer if left out. */
  readonly schedule?: (run: () => void, milliseconds: number) => () => void
}

/**
 * Runs a call under its deadline and signal: both abort the work itself, by the signal handed to it.
 *
 * @throws the signal's reason, or `ERR_DHT_TIMEOUT`; else what the work throws.
 */
export async function withDeadline<Result>(
  options: DeadlineOptions | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const { signal, timeoutMs = DEFAULT_TIMEOUT_MS, schedule = systemTimer } = options ?? {}
  signal?.throwIfAborted()
  const stop = new AbortController()
  const onAbort = (): void => stop.abort(signal?.reason)
  const onTimeout = (): void => {
    stop.abort(new DhtError('ERR_DHT_TIMEOUT', `No answer within ${timeoutMs} ms`))
  }
  // Not `AbortSignal.timeout`: its timer would outlive the call.
  const cancel = schedule(onTimeout, timeoutMs)
  signal?.addEventListener('abort', onAbort, { once: true })
  const ended = Promise.withResolvers<never>()
  stop.signal.addEventListener('abort', () => ended.reject(stop.signal.reason as Error), {
    once: true,
  })
  try {
    // A work that does not heed its signal is left behind: the caller is answered in time, and with
    // the reason, whatever the work makes of being aborted.
    return await Promise.race([work(stop.signal), ended.promise])
  } finally {
    cancel()
    signal?.removeEventListener('abort', onAbort)
  }
}

function systemTimer(run: () => void, milliseconds: number): () => void {
  const timer = setTimeout(run, milliseconds)
  return () => clearTimeout(timer)
}
