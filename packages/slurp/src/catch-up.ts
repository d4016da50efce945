import { randomUUID } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import type { ContextStore } from '@bzzz/context-store'
import { followStore } from './follow-store.ts'
import type { Slurp } from './slurp.ts'

export interface CatchUpInit {
  readonly slurp: Slurp
  readonly store: ContextStore
  /** Where it is kept how far the store was looked at. */
  readonly file: string
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, all: number) => void
}

/**
 * Takes into a graph what came to a store since the last time. What does not hold is left out: the
 * graph trusts nobody, its own store neither. Taking a thing twice does nothing, so a lost or old file
 * costs time only.
 */
export async function catchUp(init: CatchUpInit): Promise<void> {
  const { slurp, store, file, signal, onProgress } = init
  // A graph that is new, or was made anew, has nothing of what the file says was looked at.
  const isEmpty = (await slurp.counts()).position === 0
  const start = isEmpty ? 0 : await placeIn(file)
  const { versions } = await store.stats()
  const follower = followStore({
    slurp,
    store,
    after: start,
    onTaken: ({ sequence }) => onProgress?.(sequence - start, Math.max(sequence, versions) - start),
  })
  const aborted = Promise.withResolvers<never>()
  const onAbort = (): void => aborted.reject(signal?.reason as Error)
  signal?.addEventListener('abort', onAbort)
  try {
    signal?.throwIfAborted()
    await Promise.race([follower.settled(), aborted.promise])
  } finally {
    signal?.removeEventListener('abort', onAbort)
    await follower.close()
    // What is done is not looked at again, also where it was stopped in the middle.
    if (follower.position !== start) await keep(file, follower.position)
  }
}

async function placeIn(file: string): Promise<number> {
  try {
    const { after } = JSON.parse(await readFile(file, 'utf8')) as { after?: unknown }
    return Number.isSafeInteger(after) ? (after as number) : 0
  } catch {
    return 0
  }
}

async function keep(file: string, after: number): Promise<void> {
  // Another process may keep its place at the same time.
  const draft = `${file}.${randomUUID()}.new`
  await writeFile(draft, `${JSON.stringify({ after })}\n`)
  await rename(draft, file)
}
