import { setImmediate } from 'node:timers/promises'
import type { ContextStore, ContextWrite } from '@bzzz/context-store'
import type { ImportSkip } from './contract.ts'

export interface BatchWriterInit {
  readonly store: ContextStore
  /** Number of the newest version of each timeline that is written to. */
  readonly heads: ReadonlyMap<string, number>
  readonly signal: AbortSignal | undefined
  readonly onBatch: () => void
}

/** Writes versions in batches that are small enough to be held in memory. */
export interface BatchWriter {
  /** Versions written so far. */
  readonly versions: number
  /** Bytes of the contents written so far. */
  readonly bytes: number
  /** Records that the store refused, once each. */
  readonly refused: readonly ImportSkip[]
  add(item: BatchItem): Promise<void>
  /** Writes what is left. */
  flush(): Promise<void>
}

/** A write whose bytes are at hand, so that they can be counted. */
export type WholeWrite = ContextWrite & { readonly content: Uint8Array | null }

export interface BatchItem {
  readonly key: string
  /** The record's name, for people. */
  readonly name: string
  readonly write: WholeWrite
}

const BATCH_VERSIONS = 64
const BATCH_BYTES = 8 * 1024 * 1024
// What is wrong with one version or one timeline. All else is wrong with the store.
const REFUSALS: ReadonlySet<unknown> = new Set([
  'ERR_STORE_CONFLICT',
  'ERR_STORE_CONTENT_TOO_LARGE',
  'ERR_STORE_WRITER',
  'ERR_RECORD_INVALID',
  'ERR_TEMPORAL_AHEAD',
])

export function createBatchWriter(init: BatchWriterInit): BatchWriter {
  const { store, signal, onBatch } = init
  const options = signal ? { signal } : {}
  const heads = new Map(init.heads)
  const refused = new Map<string, ImportSkip>()
  let batch: BatchItem[] = []
  let batchBytes = 0
  let versions = 0
  let bytes = 0

  /** The item with the version number that must stand before it: nobody else writes in between. */
  function numbered(items: readonly BatchItem[]): ContextWrite[] {
    const next = new Map<string, number>()
    return items.map(({ key, write }) => {
      const ifVersion = next.get(key) ?? heads.get(key) ?? 0
      next.set(key, ifVersion + 1)
      return { ...write, ifVersion }
    })
  }

  async function put(items: readonly BatchItem[]): Promise<void> {
    const written = await store.putAll(numbered(items), options)
    for (const { record } of written) {
      heads.set(record.key, record.version)
      versions += 1
      bytes += record.size
    }
  }

  /** One by one, so that a record that is refused does not hold up the others. */
  async function putSingly(items: readonly BatchItem[]): Promise<void> {
    for (const item of items) {
      if (refused.has(item.key)) continue
      try {
        await put([item])
      } catch (error) {
        const refusal = refusalOf(item, error)
        if (!refusal) throw error
        refused.set(item.key, refusal)
      }
    }
  }

  async function flush(): Promise<void> {
    const items = batch
    batch = []
    batchBytes = 0
    if (items.length === 0) return
    try {
      await put(items)
    } catch (error) {
      if (!items.some((item) => refusalOf(item, error))) throw error
      await putSingly(items)
    }
    onBatch()
    // A store may answer without ever waiting: others get their turn here.
    await setImmediate()
    signal?.throwIfAborted()
  }

  return {
    get versions() {
      return versions
    },
    get bytes() {
      return bytes
    },
    get refused() {
      return [...refused.values()]
    },
    async add(item) {
      if (refused.has(item.key)) return
      batch.push(item)
      batchBytes += item.write.content?.length ?? 0
      if (batch.length >= BATCH_VERSIONS || batchBytes >= BATCH_BYTES) await flush()
    },
    flush,
  }
}

function refusalOf({ name }: BatchItem, error: unknown): ImportSkip | undefined {
  if (!(error instanceof Error) || !('code' in error) || !REFUSALS.has(error.code)) return undefined
  return { path: name, reason: error.message, code: String(error.code) }
}
