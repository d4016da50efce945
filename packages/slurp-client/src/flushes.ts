/** Those who wait until what was pending is delivered. */
export interface Flushes {
  /** Resolves once the log is delivered up to a sequence, or a round after this one found nothing. */
  wait(
    until: { readonly sequence: number; readonly round: number },
    signal?: AbortSignal,
  ): Promise<void>
  readonly progress: (sequence: number) => void
  readonly idle: (round: number) => void
  /** Rejects all who wait, and who will. */
  end(reason: Error): void
}

interface Waiter {
  readonly sequence: number
  readonly round: number
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

export function createFlushes(): Flushes {
  const waiters = new Set<Waiter>()
  let ended: Error | undefined

  const settle = (isDone: (waiter: Waiter) => boolean): void => {
    for (const waiter of waiters) if (isDone(waiter)) waiter.resolve()
  }

  return {
    wait: async ({ sequence, round }, signal) => {
      if (ended) throw ended
      signal?.throwIfAborted()
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const waiter = { sequence, round, resolve, reject }
      const onAbort = (): void => reject(signal?.reason)
      waiters.add(waiter)
      signal?.addEventListener('abort', onAbort)
      try {
        return await promise
      } finally {
        waiters.delete(waiter)
        signal?.removeEventListener('abort', onAbort)
      }
    },
    progress: (done) => settle(({ sequence }) => sequence <= done),
    idle: (round) => settle((waiter) => waiter.round < round),
    end: (reason) => {
      ended = reason
      for (const waiter of waiters) waiter.reject(reason)
    },
  }
}
