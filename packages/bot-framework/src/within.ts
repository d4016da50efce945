import { sleep, type Clock } from './clock.ts'

/** Waits for work, but not longer than that. Whether it was done; it throws what the work threw. */
export async function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<boolean> {
  const over = new AbortController()
  const patience = sleep(clock, ms, over).then(
    () => false,
    () => true,
  )
  try {
    return await Promise.race([work.then(() => true), patience])
  } finally {
    over.abort()
  }
}
