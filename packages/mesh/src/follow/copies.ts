import type { Schedule } from '@bzzz/context-store'
import type { Copies } from './follow.ts'
import type { Head } from '../manifest.ts'
import { PAGE_ITEMS } from '../sync-messages.ts'

export interface CopiesInit {
  readonly heads: readonly Head[]
  readonly wanted: number
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  readonly schedule: Schedule
  /** True where nobody more can be asked, whatever the time. */
  readonly isOver: () => boolean
  /** Nodes that might follow them, the likeliest first. */
  readonly candidates: (signal: AbortSignal) => Promise<readonly string[]>
  /** Asks one node to keep up to 500 versions; rejects where it does not. */
  readonly hold: (peer: string, heads: readonly Head[], signal: AbortSignal) => Promise<void>
}

// Nodes that are asked at once.
const PARALLEL = 8
// Who could not yet is asked again, and so is who has come meanwhile.
const AGAIN_MS = 500

/** Asks other nodes to keep versions, until as many as wanted do, or the time is over. */
export async function collectCopies(init: CopiesInit): Promise<Copies> {
  const { wanted, signal, schedule, timeoutMs } = init
  signal?.throwIfAborted()
  const holders = new Set<string>()
  const enough = new AbortController()
  const end = (): void => enough.abort()
  const cancel = schedule(end, timeoutMs)
  signal?.addEventListener('abort', end, { once: true })
  try {
    while (holders.size < wanted && !enough.signal.aborted) {
      await round(init, holders, enough)
      if (init.isOver()) break
      if (holders.size < wanted) await pause(init, enough.signal)
    }
  } finally {
    cancel()
    signal?.removeEventListener('abort', end)
    enough.abort()
  }
  signal?.throwIfAborted()
  return { copies: holders.size, holders: [...holders], wanted }
}

/** Asks everybody once who does not hold them yet. Ends when there are enough, or all were asked. */
async function round(
  { candidates, hold, heads, wanted }: CopiesInit,
  holders: Set<string>,
  enough: AbortController,
): Promise<void> {
  const ended = once(enough.signal)
  const waiting = await Promise.race([candidates(enough.signal).catch(() => []), ended])
  if (!waiting) return
  const asked = waiting.filter((peer) => !holders.has(peer)).values()
  const worker = async (): Promise<void> => {
    for (const peer of asked) {
      if (enough.signal.aborted) return
      try {
        for (let from = 0; from < heads.length; from += PAGE_ITEMS)
          await hold(peer, heads.slice(from, from + PAGE_ITEMS), enough.signal)
      } catch {
        continue
      }
      if (holders.size < wanted) holders.add(peer)
      if (holders.size >= wanted) enough.abort()
    }
  }
  await Promise.race([Promise.all(Array.from({ length: PARALLEL }, worker)), ended])
}

async function pause({ schedule }: CopiesInit, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const cancel = schedule(resolve, AGAIN_MS)
  await Promise.race([promise, once(signal)])
  cancel()
}

async function once(signal: AbortSignal): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  if (signal.aborted) resolve(undefined)
  else signal.addEventListener('abort', () => resolve(undefined), { once: true })
  return promise
}
