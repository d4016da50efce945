import type { Identity } from '@bzzz/identity'
import {
  assertNotAhead,
  nextTime,
  resolveTemporal,
  toInstant,
  type TimelineIndex,
  type VersionEntry,
} from '@bzzz/temporal-nav'
import { compilePattern, keyOf, parse, type Address } from '@bzzz/ucxl-address'
import type { Backend, FullRow, VersionRow } from './backend.ts'
import { contentIdOf, isContentId } from './content-id.ts'
import { StoreError } from './errors.ts'
import {
  assertFollows,
  MAX_CONTENT_BYTES,
  signRecord,
  verifyRecord,
  type SealedVersion,
  type StoredVersion,
  type VersionRecord,
} from './record.ts'
import type {
  CallOptions,
  ContextStore,
  ContextVersion,
  ContextWrite,
  HistoryOptions,
  ListOptions,
  StoreStats,
} from './store.ts'

/** What every store is made with. */
export interface StoreInit {
  /** Who signs what is written here; without it the store is read-only, but for records of others. */
  readonly writer?: Identity
  /** Milliseconds since 1970; the system's clock if left out. */
  readonly now?: () => number
  /** The largest content, in bytes; 16 MiB if left out. */
  readonly maxContentBytes?: number
}

// Rows read in one go: enough to make paging cheap, few enough that a page is no pause.
const PAGE = 256

/** The rules of a store, over any backend. */
export function createStore(backend: Backend, init: StoreInit): ContextStore {
  return new Store(backend, init)
}

class Store implements ContextStore {
  readonly index: ContextStore['index']
  readonly #rowIndex: TimelineIndex
  /** Rows with their bytes, in one look-up, where the newest one is meant … */
  readonly #fullLatest: TimelineIndex
  /** … and where another one is, for which the newest may only be counted from. */
  readonly #fullOthers: TimelineIndex
  readonly #backend: Backend
  readonly #writer: Identity | undefined
  readonly #now: () => number
  readonly #maxContentBytes: number
  #open = true

  constructor(backend: Backend, init: StoreInit) {
    this.#backend = backend
    this.#writer = init.writer
    this.#now = init.now ?? Date.now
    this.#maxContentBytes = init.maxContentBytes ?? MAX_CONTENT_BYTES
    this.#rowIndex = this.#timelines((row) => row)
    this.#fullLatest = {
      ...this.#rowIndex,
      latest: async (key, options) => this.#ready(options).fullHead(key),
    }
    this.#fullOthers = {
      ...this.#rowIndex,
      at: async (key, version, options) => this.#ready(options).fullVersion(key, version),
      asOf: async (key, time, options) => this.#ready(options).fullAsOf(key, time),
    }
    this.index = {
      ...this.#timelines(toEntry),
      currentAt: (pattern, time, options) => this.#snapshot(pattern, time, options),
    }
  }

  async put(write: ContextWrite, options?: CallOptions): Promise<StoredVersion> {
    const backend = this.#ready(options)
    return backend.transaction(() => this.#write(write))
  }

  async putAll(writes: readonly ContextWrite[], options?: CallOptions): Promise<StoredVersion[]> {
    const backend = this.#ready(options)
    return backend.transaction(() => writes.map((write) => this.#write(write)))
  }

  async append(records: readonly VersionRecord[], options?: CallOptions): Promise<number> {
    const backend = this.#ready(options)
    // Signatures first, and outside the transaction: they take longer than all the rest.
    const verified = records.map((record) => verifyRecord(record))
    const now = this.#now()
    for (const { record } of verified) assertNotAhead(Date.parse(record.time), now)
    return backend.transaction(() => verified.filter((version) => this.#take(version)).length)
  }

  async addContent(id: string, bytes: Uint8Array, options?: CallOptions): Promise<void> {
    const backend = this.#ready(options)
    this.#assertSize(bytes)
    const actual = contentIdOf(bytes)
    if (actual !== id) {
      throw new StoreError(
        'ERR_STORE_CONTENT_MISMATCH',
        `Expected the bytes of ${id.slice(0, 64)}, got those of ${actual}: they were changed on the way`,
      )
    }
    backend.transaction(() => {
      if (!backend.hasContent(id)) backend.insertContent(id, bytes)
    })
  }

  async content(id: string, options?: CallOptions): Promise<Uint8Array | undefined> {
    const backend = this.#ready(options)
    return isContentId(id) ? backend.content(id) : undefined
  }

  async resolve(address: string | Address, options?: CallOptions): Promise<StoredVersion> {
    const { temporal, key } = located(address)
    // The rows serve as entries themselves: the one that is meant needs no second look-up.
    return storedOf((await resolveTemporal(this.#rowIndex, key, temporal, options)) as VersionRow)
  }

  async get(address: string | Address, options?: CallOptions): Promise<ContextVersion> {
    const { temporal, key } = located(address)
    const index = temporal.kind === 'latest' ? this.#fullLatest : this.#fullOthers
    const row = (await resolveTemporal(index, key, temporal, options)) as FullRow
    const { id, record } = storedOf(row)
    if (!row.bytes) {
      throw new StoreError(
        'ERR_STORE_CONTENT_MISSING',
        `Version ${record.version} of ${record.key} is known, but its bytes are not here: fetch ${record.content}`,
      )
    }
    return { id, record, content: row.bytes }
  }

  async head(key: string, options?: CallOptions): Promise<StoredVersion | undefined> {
    const row = this.#ready(options).head(key)
    return row && storedOf(row)
  }

  async *history(key: string, options: HistoryOptions = {}): AsyncIterable<StoredVersion> {
    for (const row of this.#rows(key, options)) {
      options.signal?.throwIfAborted()
      yield storedOf(row)
    }
  }

  async *list(pattern: string | Address, options: ListOptions = {}): AsyncIterable<StoredVersion> {
    const address = typeof pattern === 'string' ? parse(pattern) : pattern
    for (const row of this.#matching(address, options)) {
      options.signal?.throwIfAborted()
      yield storedOf(row)
    }
  }

  async stats(options?: CallOptions): Promise<StoreStats> {
    return this.#ready(options).stats()
  }

  async close(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    this.#backend.close()
  }

  #ready(options?: CallOptions): Backend {
    options?.signal?.throwIfAborted()
    if (!this.#open) throw new StoreError('ERR_STORE_CLOSED', 'The store is closed')
    return this.#backend
  }

  /** Look-ups that give each row as what an index speaks of. */
  #timelines(entryOf: (row: VersionRow) => VersionEntry): TimelineIndex {
    const found = (row: VersionRow | undefined): VersionEntry | undefined => row && entryOf(row)
    return {
      first: async (key, options) => found(this.#ready(options).version(key, 1)),
      latest: async (key, options) => found(this.#ready(options).head(key)),
      at: async (key, version, options) => found(this.#ready(options).version(key, version)),
      asOf: async (key, time, options) => found(this.#ready(options).asOf(key, time)),
      range: (key, range, options) => this.#entries(key, { ...range, ...options }, entryOf),
      aliveBefore: async (key, version, options) =>
        found(this.#ready(options).aliveBefore(key, version)),
    }
  }

  /** Signs and keeps one version; inside a transaction. */
  #write(write: ContextWrite): StoredVersion {
    const writer = this.#writer
    if (!writer?.canSign) {
      throw new StoreError(
        'ERR_STORE_READ_ONLY',
        'This store was opened without a writer that can sign',
      )
    }
    const { key } = located(write.address)
    const head = this.#backend.head(key)
    const before = head && storedOf(head)
    assertExpected(write, key, before)
    if (before && before.record.writer !== writer.did) {
      throw new StoreError(
        'ERR_STORE_WRITER',
        `${key} belongs to ${before.record.writer}: write under an agent name of your own`,
      )
    }
    const now = this.#now()
    const time = nextTime(write.time ?? now, head?.time)
    assertNotAhead(time, now)
    if (write.content) this.#assertSize(write.content)
    const content = write.content && contentIdOf(write.content)
    const version = signRecord(
      {
        key,
        version: (before?.record.version ?? 0) + 1,
        time: toInstant(time),
        previous: before?.id ?? null,
        content,
        content_type: write.content && (write.contentType ?? 'application/octet-stream'),
        size: write.content?.length ?? 0,
        ...(write.validFrom === undefined ? {} : { valid_from: toInstant(write.validFrom) }),
        ...(write.validTo === undefined ? {} : { valid_to: toInstant(write.validTo) }),
        ...(write.tags ? { tags: write.tags } : {}),
        ...(write.relationships ? { relationships: write.relationships } : {}),
        ...(write.provenance ? { provenance: write.provenance } : {}),
      },
      writer,
    )
    this.#backend.insertVersion(rowOf(version))
    if (content && write.content && !this.#backend.hasContent(content)) {
      this.#backend.insertContent(content, write.content)
    }
    return { id: version.id, record: version.record }
  }

  /** Keeps one verified record of another writer, unless it is here; inside a transaction. */
  #take(version: SealedVersion): boolean {
    const { record } = version
    const here = this.#backend.version(record.key, record.version)
    if (here?.id === version.id) return false
    if (here) {
      throw new StoreError(
        'ERR_RECORD_FORK',
        `${record.writer} signed two different versions ${record.version} of ${record.key}: ${here.id} is kept, ${version.id} is not`,
      )
    }
    const head = this.#backend.head(record.key)
    assertFollows(record, head && storedOf(head))
    this.#backend.insertVersion(rowOf(version))
    return true
  }

  *#rows(key: string, options: HistoryOptions): Iterable<VersionRow> {
    const { reverse = false } = options
    let from = options.from ?? 1
    let to = options.to ?? Number.MAX_SAFE_INTEGER
    for (;;) {
      const page = this.#ready(options).range(key, from, to, reverse, PAGE)
      yield* page
      const last = page.at(-1)
      if (page.length < PAGE || !last) return
      if (reverse) to = last.version - 1
      else from = last.version + 1
    }
  }

  *#matching(pattern: Address, options: ListOptions): Iterable<VersionRow> {
    const compiled = compilePattern(pattern)
    const prefix = literalPrefix(pattern)
    const time = options.at ?? Number.POSITIVE_INFINITY
    let after = options.after ?? ''
    for (;;) {
      const page = this.#ready(options).contexts({ prefix, after, time, limit: PAGE })
      for (const row of page) if (compiled.testKey(row.key)) yield row
      const last = page.at(-1)
      if (page.length < PAGE || !last) return
      after = last.key
    }
  }

  async *#entries(
    key: string,
    options: HistoryOptions,
    entryOf: (row: VersionRow) => VersionEntry,
  ): AsyncIterable<VersionEntry> {
    for (const row of this.#rows(key, options)) {
      options.signal?.throwIfAborted()
      yield entryOf(row)
    }
  }

  async *#snapshot(
    pattern: Address,
    time: number,
    options: CallOptions = {},
  ): AsyncIterable<{ key: string } & VersionEntry> {
    for (const row of this.#matching(pattern, { ...options, at: time })) {
      options.signal?.throwIfAborted()
      yield { key: row.key, ...toEntry(row) }
    }
  }

  #assertSize(bytes: Uint8Array): void {
    if (bytes.length <= this.#maxContentBytes) return
    throw new StoreError(
      'ERR_STORE_CONTENT_TOO_LARGE',
      `Expected at most ${this.#maxContentBytes} bytes, got ${bytes.length}`,
    )
  }
}

function assertExpected(write: ContextWrite, key: string, head: StoredVersion | undefined): void {
  const current = head?.record.version ?? 0
  if (write.ifVersion === undefined || write.ifVersion === current) return
  throw new StoreError(
    'ERR_STORE_CONFLICT',
    `Expected ${key} to stand at version ${write.ifVersion}, it stands at ${current}: read it again, then write`,
  )
}

function located(address: string | Address): { temporal: Address['temporal']; key: string } {
  const parsed = typeof address === 'string' ? parse(address) : address
  return { temporal: parsed.temporal, key: keyOf(parsed) }
}

/** The longest beginning that all keys which match a pattern share. */
function literalPrefix(pattern: Address): string {
  let prefix = ''
  const names = [pattern.agent, pattern.role, pattern.project, pattern.task]
  for (const [place, name] of names.entries()) {
    if (name === 'any') return prefix
    const star = name.indexOf('*')
    if (star >= 0) return prefix + name.slice(0, star)
    prefix += name + ':@:/'[place]
  }
  const star = pattern.path.indexOf('*')
  // `a/**` matches `a` as well: the slash before a star is not in every key.
  return prefix + (star < 0 ? pattern.path : pattern.path.slice(0, star).replace(/\/$/, ''))
}

function rowOf({ id, record, text }: SealedVersion): VersionRow {
  const { key, version, content } = record
  return { key, version, time: Date.parse(record.time), content, id, record: text }
}

function storedOf(row: VersionRow): StoredVersion {
  return { id: row.id, record: JSON.parse(row.record) as VersionRecord }
}

function toEntry({ version, time, content, record }: VersionRow): VersionEntry {
  // Most versions say nothing of validity: their records are not parsed for it.
  if (!record.includes('"valid_')) return { version, time, content }
  const { valid_from: from, valid_to: to } = JSON.parse(record) as VersionRecord
  return {
    version,
    time,
    content,
    ...(from === undefined ? {} : { validFrom: Date.parse(from) }),
    ...(to === undefined ? {} : { validTo: Date.parse(to) }),
  }
}
