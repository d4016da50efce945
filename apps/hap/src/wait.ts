import { CommandError } from './command-error.ts'
import type { Desk } from './desk.ts'

const AGAIN_MS = 250

/**
 * Tries until there is something.
 *
 * @param seconds how long; at once where it is undefined.
 * @throws `ERR_HAP_WAIT_TIMEOUT`, with what is missing, as `attempt` says it.
 */
export async function waitFor<Value>(
  attempt: () => Promise<Value | undefined>,
  { seconds, what }: { readonly seconds: number; readonly what: string },
  { now, sleep, signal }: Pick<Desk, 'now' | 'sleep' | 'signal'>,
): Promise<Value> {
  const end = now() + seconds * 1000
  for (;;) {
    signal.throwIfAborted()
    const found = await attempt()
    if (found !== undefined) return found
    if (now() >= end)
      throw new CommandError('ERR_HAP_WAIT_TIMEOUT', `${what} did not come in ${seconds} s`)
    await sleep(AGAIN_MS)
  }
}
