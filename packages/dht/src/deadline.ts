import type { DhtCallOptions } from './dht.ts'
import { DhtError } from './errors.ts'

/** Milliseconds that a call may take where it is not told. */
export const DEFAULT_TIMEOUT_MS = 10_000

/**
 * Runs a call under its deadline and signal: both abort the work itself, by the signal handed to it.
 *
 * @throws the signal's reason, or `ERR_DHT_TIMEOUT`; else what the work throws.
 */
export async function withDeadline<Result>(
  options: DhtCallOptions | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = options ?? {}
  signal?.throwIfAborted()
  const timeout = AbortSignal.timeout(timeoutMs)
  const either = signal ? AbortSignal.any([signal, timeout]) : timeout
  let onAbort: (() => void) | undefined
  // A work that does not heed its signal is left behind: the caller is answered in time.
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(either.reason as Error)
    either.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([work(either), aborted])
  } catch (error) {
    signal?.throwIfAborted()
    if (!timeout.aborted) throw error
    throw new DhtError('ERR_DHT_TIMEOUT', `No answer within ${timeoutMs} ms`, { cause: error })
  } finally {
    if (onAbort) either.removeEventListener('abort', onAbort)
  }
}
