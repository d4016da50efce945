import { readFile, rename, writeFile } from 'node:fs/promises'
import type { ContextStore } from '@bzzz/context-store'
import { DECISION_MEDIA_TYPE } from '@bzzz/decision-schema'
import type { Slurp } from '@bzzz/slurp'

export interface CatchUpInit {
  readonly slurp: Slurp
  readonly store: ContextStore
  /** Where it is kept how far the store was looked at. */
  readonly file: string
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, all: number) => void
}

const LOT = 256

/**
 * Takes into a graph what came to a store since the last time. What does not hold is left out: the
 * graph trusts nobody, its own store neither. Taking a thing twice does nothing, so a lost or old file
 * costs time only.
 */
export async function catchUp(init: CatchUpInit): Promise<void> {
  const { slurp, store, file, signal, onProgress } = init
  const call = signal ? { signal } : {}
  const start = await placeIn(file)
  const { versions } = await store.stats(call)
  let after = start
  for (;;) {
    const changes = await store.changes({ after, limit: LOT, ...call })
    const last = changes.at(-1)
    if (!last) break
    const lot: { record: unknown; node: unknown }[] = []
    for (const { record } of changes) {
      if (record.content === null || record.content_type !== DECISION_MEDIA_TYPE) continue
      const node = await nodeOf(store, record.content)
      if (node !== undefined) lot.push({ record, node })
    }
    await slurp.ingestAll(lot, call)
    after = last.sequence
    onProgress?.(after - start, Math.max(after, versions) - start)
    await keep(file, after)
  }
}

async function nodeOf(store: ContextStore, content: string): Promise<unknown> {
  const bytes = await store.content(content)
  try {
    return bytes && JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
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
  await writeFile(`${file}.new`, `${JSON.stringify({ after })}\n`)
  await rename(`${file}.new`, file)
}
