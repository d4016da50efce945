import { fromInstant, resolveTemporal, validAt, type VersionEntry } from '@bzzz/temporal-nav'
import { compilePattern, keyOf, parse, type Address } from '@bzzz/ucxl-address'
import type { Access } from './access.ts'
import type { Backend, FullRow, SequencedRow, VersionRow } from './backend.ts'
import { isContentId } from './content-id.ts'
import { assertMay, type Core } from './core.ts'
import { StoreError } from './errors.ts'
import type { HeadsSummary, SummaryOptions } from './heads-summary.ts'
import { listStretch, PAGE } from './listing.ts'
import type { StoredVersion } from './record.ts'
import { redacted, type Redaction } from './redaction.ts'
import { entryOf, fullOf, storedOf } from './rows.ts'
import { Timelines } from './timelines.ts'
import type {
  CallOptions,
  Change,
  ChangesOptions,
  ContentRange,
  Fork,
  HistoryOptions,
  ListOptions,
  Page,
  PageOptions,
  ReadOptions,
  RedactionPage,
  RedactionPageOptions,
} from './queries.ts'
import type { ContextStore, ContextVersion } from './store.ts'

// Redactions of a page: so many of the longest fit a message of a megabyte.
const REDACTIONS = 100
// Keys that are looked at for one page of a listing.
const MAX_SCANNED = 2048

/** Reading, as one party may. */
export class Reader {
  readonly index: ContextStore['index']
  readonly #core: Core
  readonly #access: Access | undefined
  readonly #timelines: Timelines

  constructor(core: Core, access: Access | undefined) {
    this.#core = core
    this.#access = access
    this.#timelines = new Timelines((key, options) => this.#ready(key, options))
    this.index = {
      ...this.#timelines.index,
      currentAt: (pattern, time, options) => this.#snapshot(pattern, time, options),
    }
  }

  async get(address: string | Address, options?: ReadOptions): Promise<ContextVersion> {
    const { temporal, key } = located(address)
    const backend = this.#ready(key, options)
    if (options?.validAt === undefined) {
      const found = directly(backend, key, temporal)
      if (found?.bytes) return fullOf(found, found.bytes)
    }
    const row = await this.#meant(key, temporal, options)
    return { ...storedOf(row), content: this.#bytesOf(row) }
  }

  async resolve(address: string | Address, options?: ReadOptions): Promise<StoredVersion> {
    const { temporal, key } = located(address)
    return storedOf(await this.#meant(key, temporal, options))
  }

  async head(key: string, options?: CallOptions): Promise<StoredVersion | undefined> {
    const row = this.#ready(key, options).head(key)
    return row && storedOf(row)
  }

  async *history(key: string, options: HistoryOptions = {}): AsyncIterable<StoredVersion> {
    for (const row of this.#timelines.rows(key, options)) {
      options.signal?.throwIfAborted()
      yield storedOf(row)
    }
  }

  async *list(pattern: string | Address, options: ListOptions = {}): AsyncIterable<StoredVersion> {
    for await (const row of this.#listed(addressOf(pattern), options)) yield storedOf(row)
  }

  async page(pattern: string | Address, options: PageOptions = {}): Promise<Page> {
    const { limit = 100, ...rest } = options
    const address = addressOf(pattern)
    const rows: VersionRow[] = []
    let after: string | undefined = rest.after
    for (let scanned = 0; scanned < MAX_SCANNED; scanned += PAGE) {
      const stretch = await this.#stretch(address, after === undefined ? rest : { ...rest, after })
      rows.push(...stretch.rows)
      after = rows.length > limit ? rows[limit - 1]?.key : stretch.next
      if (rows.length >= limit || after === undefined) break
      await new Promise(setImmediate)
    }
    const versions = rows.slice(0, limit).map((row) => storedOf(row))
    return after === undefined ? { versions } : { versions, next: after }
  }

  async changes(options: ChangesOptions = {}): Promise<readonly Change[]> {
    const { limit = PAGE } = options
    const found: SequencedRow[] = []
    let after = options.after ?? 0
    while (found.length < limit) {
      const rows = this.#core.ready(options).changes(after, limit)
      after = rows.at(-1)?.sequence ?? after
      found.push(...rows.filter(({ key }) => this.may(key)))
      if (rows.length < limit) break
      if (found.length < limit) await new Promise(setImmediate)
    }
    return found.slice(0, limit).map((row) => ({ sequence: row.sequence, ...storedOf(row) }))
  }

  async content(id: string, options?: CallOptions): Promise<Uint8Array | undefined> {
    const backend = this.#core.ready(options)
    return isContentId(id) && this.#mayContent(id) ? backend.content(id) : undefined
  }

  async contentSize(id: string, options?: CallOptions): Promise<number | undefined> {
    const backend = this.#core.ready(options)
    if (!isContentId(id) || !this.#mayContent(id)) return undefined
    const { state, size } = backend.contentInfo(id)
    return state === 'here' ? size : undefined
  }

  async *contentStream(id: string, range: ContentRange = {}): AsyncIterable<Uint8Array> {
    const { start = 0, end = Number.POSITIVE_INFINITY } = range
    const { state, size } = this.#core.ready(range).contentInfo(id)
    if (state !== 'here' || !this.#mayContent(id)) throw missing(id)
    const stop = Math.min(end, size)
    for (let at = start; at < stop;) {
      const piece = this.#core.ready(range).contentPiece(id, at)
      if (!piece || piece.length === 0) throw missing(id)
      yield piece.subarray(0, stop - at)
      at += piece.length
    }
  }

  async *forks(
    pattern: string | Address = 'ucxl://any:any@any:any/**',
    options: CallOptions = {},
  ): AsyncIterable<Fork> {
    const compiled = compilePattern(addressOf(pattern))
    let after: VersionRow | undefined
    for (;;) {
      const backend = this.#core.ready(options)
      const page = backend.forks(after, PAGE)
      for (const row of page) {
        if (!compiled.testKey(row.key) || !this.may(row.key)) continue
        const standing = backend.version(row.key, row.version)?.id ?? ''
        yield { ...storedOf(row), standing }
      }
      after = page.at(-1)
      if (page.length < PAGE) return
    }
  }

  async summary(options: SummaryOptions = {}): Promise<HeadsSummary> {
    const may = this.#access && ((key: string): boolean => this.may(key))
    return this.#core.heads.summary(() => this.#core.ready(), options, may)
  }

  async *redactions(options: CallOptions = {}): AsyncIterable<Redaction> {
    let after = 0
    for (;;) {
      const { redactions, last } = await this.redactionPage({ ...options, after })
      yield* redactions
      if (last === after) return
      after = last
    }
  }

  async redactionPage({ after = 0, ...call }: RedactionPageOptions = {}): Promise<RedactionPage> {
    const page = this.#core.ready(call).redactions(after, REDACTIONS)
    const redactions = page.map(({ record }) => JSON.parse(record) as Redaction)
    const last = page.at(-1)?.sequence ?? after
    return { redactions: redactions.filter(({ key }) => this.may(key)), last }
  }

  may(key: string): boolean {
    return this.#access?.may('read', key) ?? true
  }

  #ready(key: string, options?: CallOptions): Backend {
    const backend = this.#core.ready(options)
    assertMay(this.#access, 'read', key)
    return backend
  }

  /** Bytes have no address of their own: who may read a version with them may read them. */
  #mayContent(id: string): boolean {
    if (!this.#access) return true
    return this.#core.backend.versionsOf(id, PAGE).some(({ key }) => this.may(key))
  }

  /** The row of the version that an address means. */
  async #meant(
    key: string,
    temporal: Address['temporal'],
    options: ReadOptions = {},
  ): Promise<VersionRow> {
    const { validAt: moment, ...call } = options
    if (moment === undefined)
      return (await resolveTemporal(this.#timelines.rowIndex, key, temporal, call)) as VersionRow
    const latest = temporal.kind === 'latest'
    const instant = temporal.kind === 'instant' ? Date.parse(temporal.instant) : undefined
    const recordedAt = latest
      ? undefined
      : (instant ?? (await resolveTemporal(this.index, key, temporal, call)).time)
    const { version } = await validAt(this.index, key, {
      validAt: moment,
      ...(recordedAt !== undefined && { recordedAt }),
      ...call,
    })
    const row = this.#ready(key, call).version(key, version)
    if (!row) throw missing(`${key} *~${version}`)
    return row
  }

  #bytesOf({ key, version, content }: VersionRow): Uint8Array {
    const id = content ?? ''
    const bytes = this.#core.backend.content(id)
    if (bytes) return bytes
    const { state } = this.#core.backend.contentInfo(id)
    if (state === 'redacted') throw redacted(key, version, this.#core.backend.redactionOf(id))
    if (state === 'dropped') {
      throw new StoreError(
        'ERR_STORE_DROPPED',
        `The bytes of version ${version} of ${key} were dropped by a retention rule; its record is kept`,
      )
    }
    throw new StoreError(
      'ERR_STORE_CONTENT_MISSING',
      `Version ${version} of ${key} is known, but its bytes are not here: fetch ${id}`,
    )
  }

  async *#snapshot(
    pattern: Address,
    time: number,
    options: CallOptions = {},
  ): AsyncIterable<{ key: string } & VersionEntry> {
    for await (const row of this.#listed(pattern, { ...options, at: time }))
      yield { key: row.key, ...entryOf(row) }
  }

  async *#listed(pattern: Address, options: ListOptions): AsyncIterable<VersionRow> {
    let after = options.after
    for (;;) {
      const stretch = await this.#stretch(pattern, {
        ...options,
        ...(after !== undefined && { after }),
      })
      for (const row of stretch.rows) {
        options.signal?.throwIfAborted()
        yield row
      }
      if (stretch.next === undefined) return
      after = stretch.next
      await new Promise(setImmediate)
    }
  }

  async #stretch(pattern: Address, options: ListOptions): ReturnType<typeof listStretch> {
    const backend = (): Backend => this.#core.ready(options)
    return listStretch(pattern, options, { backend, access: this.#access, index: this.index })
  }
}

/** The version with its bytes in one look-up, where its place needs no counting. */
function directly(
  backend: Backend,
  key: string,
  temporal: Address['temporal'],
): FullRow | undefined {
  switch (temporal.kind) {
    case 'latest':
      return backend.fullHead(key)
    case 'version':
      return backend.fullVersion(key, temporal.number)
    case 'instant':
      return backend.fullAsOf(key, fromInstant(temporal.instant))
    case 'back':
    case 'forward':
      return undefined
  }
}

function located(address: string | Address): { temporal: Address['temporal']; key: string } {
  const parsed = addressOf(address)
  return { temporal: parsed.temporal, key: keyOf(parsed) }
}

function addressOf(address: string | Address): Address {
  return typeof address === 'string' ? parse(address) : address
}

function missing(what: string): StoreError {
  return new StoreError(
    'ERR_STORE_CONTENT_MISSING',
    `The bytes of ${what.slice(0, 200)} are not here`,
  )
}
