/** Where time comes from: the machine's ({@link systemClock}), or one that a test moves. */
export interface Clock {
  /** Milliseconds since the epoch, with fractions. It never goes back. */
  now(): number
  /** Calls back once, in so many milliseconds and never before. What it returns cancels that. */
  schedule(ms: number, run: () => void): () => void
}

// What a timer of Node can hold; one that is longer would fire at once.
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** The clock of the machine, by its monotonic time: setting the date does not move it. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  schedule(ms, run) {
    const at = performance.now() + ms
    let timer: NodeJS.Timeout | undefined
    const wait = (): void => {
      const rest = at - performance.now()
      // Timers count whole milliseconds and may be a fraction early.
      if (rest <= 0) run()
      else timer = setTimeout(wait, Math.min(rest, LONGEST_TIMER_MS))
    }
    if (ms <= 0) timer = setTimeout(run, 0)
    else wait()
    return () => clearTimeout(timer)
  },
}

/** Waits on a clock. @throws the reason of the signal, as soon as it is aborted. */
export async function sleep(
  clock: Clock,
  ms: number,
  options: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  const { signal } = options
  signal?.throwIfAborted()
  await new Promise<void>((resolve, reject) => {
    const cancel = clock.schedule(ms, () => {
      signal?.removeEventListener('abort', stop)
      resolve()
    })
    const stop = (): void => {
      cancel()
      reject(signal?.reason as Error)
    }
    signal?.addEventListener('abort', stop, { once: true })
  })
}
