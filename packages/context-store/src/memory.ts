import type { Backend, BackendStats, FullRow, KeyRange, VersionRow } from './backend.ts'
import { createStore, type StoreInit } from './engine.ts'
import type { ContextStore } from './store.ts'

/** A store that lives as long as its process: for tests, and for what need not be kept. */
export function createMemoryStore(init: StoreInit = {}): ContextStore {
  return createStore(new MemoryBackend(), init)
}

class MemoryBackend implements Backend {
  readonly #timelines = new Map<string, VersionRow[]>()
  /** Keys in order, for listing. */
  readonly #keys: string[] = []
  readonly #contents = new Map<string, Uint8Array>()
  #undo: (() => void)[] = []

  transaction<Result>(run: () => Result): Result {
    this.#undo = []
    try {
      return run()
    } catch (error) {
      for (const step of this.#undo.toReversed()) step()
      throw error
    } finally {
      this.#undo = []
    }
  }

  head(key: string): VersionRow | undefined {
    return this.#timelines.get(key)?.at(-1)
  }

  version(key: string, version: number): VersionRow | undefined {
    return this.#timelines.get(key)?.[version - 1]
  }

  asOf(key: string, time: number): VersionRow | undefined {
    return currentAt(this.#timelines.get(key) ?? [], time)
  }

  fullHead(key: string): FullRow | undefined {
    return this.#full(this.head(key))
  }

  fullVersion(key: string, version: number): FullRow | undefined {
    return this.#full(this.version(key, version))
  }

  fullAsOf(key: string, time: number): FullRow | undefined {
    return this.#full(this.asOf(key, time))
  }

  aliveBefore(key: string, version: number): VersionRow | undefined {
    const rows = this.#timelines.get(key) ?? []
    let place = Math.min(version - 1, rows.length) - 1
    while (rows[place]?.content === null) place--
    return rows[place]
  }

  range(key: string, from: number, to: number, reverse: boolean, limit: number): VersionRow[] {
    const rows = this.#timelines.get(key) ?? []
    const first = Math.max(from, 1)
    const last = Math.min(to, rows.length)
    if (first > last) return []
    return reverse
      ? rows.slice(Math.max(first - 1, last - limit), last).toReversed()
      : rows.slice(first - 1, Math.min(last, first - 1 + limit))
  }

  contexts({ prefix, after, time, limit }: KeyRange): VersionRow[] {
    const found: VersionRow[] = []
    const start =
      after >= prefix ? lowerBound(this.#keys, `${after}\0`) : lowerBound(this.#keys, prefix)
    for (let place = start; place < this.#keys.length && found.length < limit; place++) {
      const key = this.#keys[place] ?? ''
      if (!key.startsWith(prefix)) break
      const row = currentAt(this.#timelines.get(key) ?? [], time)
      if (row) found.push(row)
    }
    return found
  }

  insertVersion(row: VersionRow): void {
    let rows = this.#timelines.get(row.key)
    if (!rows) {
      rows = []
      const place = lowerBound(this.#keys, row.key)
      this.#timelines.set(row.key, rows)
      this.#keys.splice(place, 0, row.key)
      this.#undo.push(() => {
        this.#timelines.delete(row.key)
        this.#keys.splice(lowerBound(this.#keys, row.key), 1)
      })
    }
    rows.push(row)
    this.#undo.push(() => rows.pop())
  }

  hasContent(id: string): boolean {
    return this.#contents.has(id)
  }

  content(id: string): Uint8Array | undefined {
    // A copy: the caller owns what it gets, and a content never changes.
    const bytes = this.#contents.get(id)
    return bytes && Uint8Array.from(bytes)
  }

  insertContent(id: string, bytes: Uint8Array): void {
    this.#contents.set(id, Uint8Array.from(bytes))
    this.#undo.push(() => this.#contents.delete(id))
  }

  stats(): BackendStats {
    let versions = 0
    let bytes = 0
    for (const rows of this.#timelines.values()) versions += rows.length
    for (const content of this.#contents.values()) bytes += content.length
    return { contexts: this.#timelines.size, versions, contents: this.#contents.size, bytes }
  }

  close(): void {
    this.#timelines.clear()
    this.#keys.length = 0
    this.#contents.clear()
  }

  #full(row: VersionRow | undefined): FullRow | undefined {
    return row && { ...row, bytes: (row.content && this.content(row.content)) || null }
  }
}

/** The newest row whose time is not after this; rows stand in the order of their times. */
function currentAt(rows: readonly VersionRow[], time: number): VersionRow | undefined {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rows[middle]?.time ?? 0) <= time) low = middle + 1
    else high = middle
  }
  return rows[low - 1]
}

/** The place of the first key that is not before this one. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] ?? '') < key) low = middle + 1
    else high = middle
  }
  return low
}
