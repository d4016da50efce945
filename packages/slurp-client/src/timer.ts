import type { Schedule } from '@bzzz/context-store'

/** The system's timer. It keeps the process alive: something is waiting to be delivered. */
export const timer: Schedule = (run, milliseconds) => {
  const timeout = setTimeout(run, milliseconds)
  return () => clearTimeout(timeout)
}

/** What a piece of work with a deadline goes by. */
export interface Deadline {
  readonly schedule: Schedule
  readonly milliseconds: number
  /** Ends the work before its deadline. */
  readonly signal: AbortSignal
}

/** Thrown where the deadline came first. */
class DeadlineError extends Error {}

/**
 * Runs work that has to end in time. Past the deadline its signal fires, and it is not waited for
 * any more, whether it heeds the signal or not.
 */
export async function withDeadline<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  { schedule, milliseconds, signal }: Deadline,
): Promise<Result> {
  const own = new AbortController()
  const ended = Promise.withResolvers<never>()
  const end = (reason: unknown): void => {
    own.abort(reason)
    ended.reject(reason)
  }
  const onAbort = (): void => end(signal.reason)
  const cancel = schedule(
    () => end(new DeadlineError(`no answer within ${milliseconds} ms`)),
    milliseconds,
  )
  signal.addEventListener('abort', onAbort)
  try {
    signal.throwIfAborted()
    return await Promise.race([work(own.signal), ended.promise])
  } finally {
    cancel()
    signal.removeEventListener('abort', onAbort)
  }
}
