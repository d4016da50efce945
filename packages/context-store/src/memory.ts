import type {
  Backend,
  BackendStats,
  ContentInfo,
  FullRow,
  HeadRow,
  KeyRange,
  Ranked,
  SearchEntry,
  SearchRequest,
  SequencedRow,
  Stage,
  VersionRow,
} from './backend.ts'
import { createStore, type StoreInit } from './engine.ts'
import { MemoryAside } from './memory-aside.ts'
import { MemoryContents } from './memory-contents.ts'
import { MemorySearch } from './memory-search.ts'
import { hasFacet, lowerBound } from './ordered-keys.ts'
import type { ContextStore } from './store.ts'

/** A store that lives as long as its process: for tests, and for what need not be kept. */
export function createMemoryStore(init: StoreInit = {}): ContextStore {
  return createStore(new MemoryBackend(), init)
}

class MemoryBackend implements Backend {
  readonly #timelines = new Map<string, SequencedRow[]>()
  /** Keys in order, for listing. */
  readonly #keys: string[] = []
  readonly #contents: MemoryContents
  readonly #search = new MemorySearch()
  readonly #aside: MemoryAside
  /** Versions in the order in which they came; those that lost their place are left out. */
  readonly #log = new Map<number, SequencedRow>()
  #sequence = 0
  #undo: (() => void)[] = []

  constructor() {
    const onUndo = (step: () => void): unknown => this.#undo.push(step)
    this.#contents = new MemoryContents(onUndo)
    this.#aside = new MemoryAside(onUndo)
  }

  transaction<Result>(run: () => Result): Result {
    this.#undo = []
    try {
      return this.savepoint(run)
    } finally {
      this.#undo = []
    }
  }

  savepoint<Result>(run: () => Result): Result {
    const start = this.#undo.length
    try {
      return run()
    } catch (error) {
      for (const step of this.#undo.splice(start).toReversed()) step()
      throw error
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

  contexts({ prefix, facet, after, time, limit }: KeyRange): VersionRow[] {
    const found: VersionRow[] = []
    const start =
      after >= prefix ? lowerBound(this.#keys, `${after}\0`) : lowerBound(this.#keys, prefix)
    for (let place = start; place < this.#keys.length && found.length < limit; place++) {
      const key = this.#keys[place] ?? ''
      if (!key.startsWith(prefix)) break
      const row = currentAt(this.#timelines.get(key) ?? [], time)
      if (row && hasFacet(key, facet)) found.push(row)
    }
    return found
  }

  heads(after: string, limit: number): HeadRow[] {
    const start = lowerBound(this.#keys, `${after}\0`)
    const keys = this.#keys.slice(start, start + limit)
    return keys.flatMap((key) => {
      const { version = 0, id = '' } = this.head(key) ?? {}
      return id === '' ? [] : { key, version, id }
    })
  }

  lastSequence(): number {
    return this.#sequence
  }

  changes(after: number, limit: number): SequencedRow[] {
    const rows: SequencedRow[] = []
    for (let place = after + 1; place <= this.#sequence && rows.length < limit; place++) {
      const row = this.#log.get(place)
      if (row) rows.push(row)
    }
    return rows
  }

  insertVersion(row: VersionRow): void {
    const sequenced = { ...row, sequence: ++this.#sequence }
    const rows = this.#timelines.get(row.key) ?? this.#newTimeline(row.key)
    rows.push(sequenced)
    this.#log.set(sequenced.sequence, sequenced)
    this.#undo.push(() => {
      rows.pop()
      this.#log.delete(sequenced.sequence)
      this.#sequence--
    })
    this.#contents.refer(row)
  }

  removeVersions(key: string, from: number): VersionRow[] {
    const rows = this.#timelines.get(key) ?? []
    const removed = rows.splice(from - 1)
    for (const { sequence } of removed) this.#log.delete(sequence)
    this.#undo.push(() => {
      rows.push(...removed)
      for (const row of removed) this.#log.set(row.sequence, row)
    })
    return removed
  }

  insertFork(row: VersionRow): void {
    this.#aside.insertFork(row)
  }

  fork(id: string): VersionRow | undefined {
    return this.#aside.fork(id)
  }

  forks(after: VersionRow | undefined, limit: number): VersionRow[] {
    return this.#aside.forks(after, limit)
  }

  contentInfo(id: string): ContentInfo {
    return this.#contents.info(id)
  }

  content(id: string): Uint8Array | undefined {
    return this.#contents.read(id)
  }

  contentPiece(id: string, start: number): Uint8Array | undefined {
    return this.#contents.piece(id, start)
  }

  insertContent(id: string, bytes: Uint8Array): ContentInfo['state'] {
    const { state } = this.#contents.info(id)
    if (state === 'missing' || state === 'dropped') this.#contents.insert(id, bytes)
    return state
  }

  stage(): Stage {
    return this.#contents.stage()
  }

  eraseContent(id: string, why: 'dropped' | 'redacted'): void {
    this.#contents.erase(id, why)
  }

  scrub(): void {
    // Nothing of it is anywhere else.
  }

  versionsOf(content: string, limit: number): VersionRow[] {
    return this.#contents.versionsOf(content).slice(0, limit)
  }

  unsearched(limit: number): VersionRow[] {
    const rows: VersionRow[] = []
    for (const key of this.#keys) {
      const head = this.head(key)
      if (head && this.#search.knows(key) !== head.id) rows.push(head)
      if (rows.length === limit) break
    }
    return rows
  }

  putSearch(entry: SearchEntry): void {
    this.#search.put(entry, this.version(entry.key, entry.version)?.id)
  }

  searchAgain(key: string): void {
    this.#search.forget(key)
  }

  search(request: SearchRequest): Iterable<Ranked> {
    const bytesOf = ({ content }: VersionRow): Uint8Array | undefined =>
      content === null ? undefined : this.#contents.piece(content, 0)
    return this.#search.find(request, (key) => this.head(key), bytesOf)
  }

  insertRedaction(id: string, content: string, record: string): void {
    this.#aside.insertRedaction(id, content, record)
  }

  redaction(id: string): string | undefined {
    return this.#aside.redaction(id)
  }

  redactionOf(content: string): string | undefined {
    return this.#aside.redactionOf(content)
  }

  redactions(after: number, limit: number): { sequence: number; record: string }[] {
    return this.#aside.redactions(after, limit)
  }

  async sync(): Promise<void> {
    // There is no disk.
  }

  stats(): BackendStats {
    let versions = 0
    for (const rows of this.#timelines.values()) versions += rows.length
    return { contexts: this.#keys.length, versions, ...this.#contents.stats() }
  }

  damage(): string[] {
    return []
  }

  changedElsewhere(): boolean {
    return false
  }

  close(): void {
    this.#timelines.clear()
    this.#keys.length = 0
    this.#log.clear()
    this.#contents.clear()
  }

  #newTimeline(key: string): SequencedRow[] {
    const rows: SequencedRow[] = []
    this.#timelines.set(key, rows)
    this.#keys.splice(lowerBound(this.#keys, key), 0, key)
    this.#undo.push(() => {
      this.#timelines.delete(key)
      this.#keys.splice(lowerBound(this.#keys, key), 1)
    })
    return rows
  }

  #full(row: VersionRow | undefined): FullRow | undefined {
    if (!row) return undefined
    return { id: row.id, record: row.record, bytes: row.content ? this.#whole(row.content) : null }
  }

  #whole(id: string): Uint8Array | null {
    return this.#contents.read(id) ?? null
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
