/**
 * Follows `work`, but rejects with the signal's reason as soon as the signal fires. For work that
 * waits its turn: what runs is stopped by the signal that it was given itself.
 */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work
  const aborted = Promise.withResolvers<void>()
  const stop = (): void => aborted.resolve()
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop)
  try {
    await Promise.race([work, aborted.promise])
    signal.throwIfAborted()
    return await work
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
