import { assertNotAhead, toInstant } from '@bzzz/temporal-nav'
import { keyOf, parse, type Address } from '@bzzz/ucxl-address'
import type { Access } from './access.ts'
import type { Backend, VersionRow } from './backend.ts'
import { checkStore, type CheckReport } from './check.ts'
import { contentOf, dropContent, readContent } from './content-input.ts'
import { assertMay, Core, type StoreInit } from './core.ts'
import { erase } from './erase.ts'
import { denied, StoreError } from './errors.ts'
import { Reader } from './reader.ts'
import { verifyRecord, type StoredVersion, type VersionRecord } from './record.ts'
import {
  signRedaction,
  verifyRedaction,
  type Redaction,
  type SealedRedaction,
} from './redaction.ts'
import {
  retain,
  type RetentionOptions,
  type RetentionReport,
  type RetentionRule,
} from './retention.ts'
import { storedOf } from './rows.ts'
import { searchStore } from './search.ts'
import type * as query from './queries.ts'
import type * as api from './store.ts'
import { takeRecord } from './take-record.ts'
import {
  keepContent,
  signAhead,
  signerOf,
  writeVersion,
  type ReadyContent,
  type ReadyWrite,
  type SignedAhead,
  type Writing,
} from './write-versions.ts'

export type { StoreInit } from './core.ts'

/** The rules of a store, over any backend. */
export function createStore(backend: Backend, init: StoreInit): api.ContextStore {
  return new Store(new Core(backend, init))
}

class Store implements api.ContextStore {
  readonly index: api.ContextStore['index']
  readonly get: api.ContextStore['get']
  readonly resolve: api.ContextStore['resolve']
  readonly head: api.ContextStore['head']
  readonly history: api.ContextStore['history']
  readonly list: api.ContextStore['list']
  readonly page: api.ContextStore['page']
  readonly changes: api.ContextStore['changes']
  readonly content: api.ContextStore['content']
  readonly contentSize: api.ContextStore['contentSize']
  readonly contentStream: api.ContextStore['contentStream']
  readonly forks: api.ContextStore['forks']
  readonly summary: api.ContextStore['summary']
  readonly redactionPage: api.ContextStore['redactionPage']
  readonly redactions: api.ContextStore['redactions']
  readonly #core: Core
  readonly #access: Access | undefined
  readonly #reader: Reader

  constructor(core: Core, access?: Access) {
    const reader = new Reader(core, access)
    this.#core = core
    this.#access = access
    this.#reader = reader
    this.index = reader.index
    this.get = reader.get.bind(reader)
    this.resolve = reader.resolve.bind(reader)
    this.head = reader.head.bind(reader)
    this.history = reader.history.bind(reader)
    this.list = reader.list.bind(reader)
    this.page = reader.page.bind(reader)
    this.changes = reader.changes.bind(reader)
    this.content = reader.content.bind(reader)
    this.contentSize = reader.contentSize.bind(reader)
    this.contentStream = reader.contentStream.bind(reader)
    this.forks = reader.forks.bind(reader)
    this.summary = reader.summary.bind(reader)
    this.redactionPage = reader.redactionPage.bind(reader)
    this.redactions = reader.redactions.bind(reader)
  }

  async put(write: api.ContextWrite, options?: query.CallOptions): Promise<StoredVersion> {
    const [version] = await this.putAll([write], options)
    if (!version) throw new Error('A write gave no version')
    return version
  }

  async putAll(
    writes: readonly api.ContextWrite[],
    options?: query.CallOptions,
  ): Promise<StoredVersion[]> {
    this.#core.ready(options)
    const ready: ReadyWrite[] = []
    try {
      for (const write of writes) {
        const { address, content: source } = write
        const reading = source && this.#read(source, options)
        // Bytes at hand are not waited for: each write's signature is begun while the next one is read.
        const content = reading instanceof Promise ? await reading : reading
        const key = keyOf(typeof address === 'string' ? parse(address) : address)
        ready.push({ ...write, key, content })
      }
      return await this.#write(ready, options)
    } catch (error) {
      for (const { content } of ready) dropContent(content)
      throw error
    }
  }

  async restore(address: string | Address, options?: query.CallOptions): Promise<StoredVersion> {
    const { record, content } = await this.get(address, options)
    const { tags, relationships, encryption, provenance } = record
    return this.put(
      {
        address: `ucxl://${record.key.replace('/', '/*^/')}`,
        content,
        ...(record.content_type !== null && { contentType: record.content_type }),
        ...(record.valid_from && { validFrom: Date.parse(record.valid_from) }),
        ...(record.valid_to && { validTo: Date.parse(record.valid_to) }),
        ...(tags && { tags }),
        ...(relationships && { relationships }),
        ...(encryption && { encryption }),
        ...(provenance && { provenance }),
      },
      options,
    )
  }

  async append(records: readonly VersionRecord[], options?: query.CallOptions): Promise<number> {
    this.#core.ready(options)
    // Signatures first, and outside the transaction: they take longer than all the rest.
    const verified = records.map((record) => verifyRecord(record))
    const now = this.#core.now()
    for (const { record } of verified) {
      assertNotAhead(Date.parse(record.time), now)
      assertMay(this.#access, record.content === null ? 'delete' : 'write', record.key)
    }
    if (verified.length === 0) return 0
    const forks: { fork: VersionRow; standing: VersionRow }[] = []
    const fresh = await this.#commit((backend) => {
      forks.length = 0
      return verified.filter((version) => {
        const taken = takeRecord(version, backend, this.#core.writers)
        if (typeof taken === 'object') forks.push(taken)
        return taken !== 'known'
      }).length
    }, options)
    for (const { fork, standing } of forks)
      this.#core.onFork({ ...storedOf(fork), standing: standing.id })
    return fresh
  }

  async addContent(
    id: string,
    bytes: api.ContentSource,
    options?: query.CallOptions,
  ): Promise<void> {
    this.#core.ready(options)
    const content = await this.#read(bytes, options)
    try {
      if (content.id !== id) {
        throw new StoreError(
          'ERR_STORE_CONTENT_MISMATCH',
          `Expected the bytes of ${id.slice(0, 64)}, got those of ${content.id}: they were changed on the way`,
        )
      }
      await this.#commit((backend) => {
        keepContent(content, backend)
        // The search passed over these versions, which had no text yet.
        for (const { key } of backend.versionsOf(id, MAX_SHARING)) backend.searchAgain(key)
      }, options)
    } catch (error) {
      dropContent(content)
      throw error
    }
  }

  async search(text: string, options: query.SearchOptions = {}): Promise<query.SearchPage> {
    return searchStore(this.#core, text, options, (key) => this.#reader.may(key))
  }

  watch(listener: (changes: readonly query.Change[]) => void): () => void {
    this.#core.ready()
    return this.#core.feed.watch((changes) => {
      const own = changes.filter(({ record }) => this.#reader.may(record.key))
      if (own.length > 0) listener(own)
    })
  }

  async redact(
    address: string | Address,
    reason: string,
    options?: query.CallOptions,
  ): Promise<Redaction> {
    const writer = signerOf(this.#core)
    const { id, record } = await this.resolve(address, options)
    assertMay(this.#access, 'delete', record.key)
    const { key, version, content } = record
    const time = toInstant(this.#core.now())
    const statement = { key, version, record: id, content: content ?? '', reason, time }
    const sealed = signRedaction(statement, writer)
    await this.#erase(sealed, options)
    return sealed.redaction
  }

  async applyRedaction(redaction: Redaction, options?: query.CallOptions): Promise<boolean> {
    const sealed = verifyRedaction(redaction)
    assertMay(this.#access, 'delete', sealed.redaction.key)
    if (this.#core.ready(options).redaction(sealed.id)) return false
    await this.#erase(sealed, options)
    return true
  }

  async retain(
    rules: readonly RetentionRule[],
    options: RetentionOptions = {},
  ): Promise<RetentionReport> {
    return retain(this.#whole(options), rules, { ...options, now: this.#core.now() })
  }

  async check(options: query.CallOptions = {}): Promise<CheckReport> {
    const rules = { anyWriter: this.#core.writers !== undefined }
    return checkStore(this.#whole(options), { ...options, ...rules })
  }

  async sync(options?: query.CallOptions): Promise<void> {
    await this.#core.ready(options).sync()
  }

  async stats(options?: query.CallOptions): Promise<query.StoreStats> {
    return this.#core.ready(options).stats()
  }

  restrictedTo(access: Access): api.ContextStore {
    const outer = this.#access
    return new Store(
      this.#core,
      outer
        ? { may: (operation, key) => outer.may(operation, key) && access.may(operation, key) }
        : access,
    )
  }

  async close(): Promise<void> {
    // A view ends with the store, not the store with a view.
    if (!this.#access) this.#core.close()
  }

  async #write(
    ready: readonly ReadyWrite[],
    options?: query.CallOptions,
  ): Promise<StoredVersion[]> {
    const backend = this.#core.ready(options)
    const { writer, writers, queue } = this.#core
    const on = (): Writing => {
      return { backend, writer, writers, access: this.#access, now: this.#core.now() }
    }
    const ahead: SignedAhead[] = []
    const prepare = async (): Promise<void> => {
      const writing = on()
      const signing = ready.map(async (write, place) => {
        ahead[place] = await signAhead(write, writing)
      })
      await Promise.all(signing)
    }
    const work = (): StoredVersion[] => {
      const writing = on()
      return ready.map((write, place) => writeVersion(write, writing, ahead[place]))
    }
    return queue.run(work, {
      signal: options?.signal,
      // A large batch would keep the threads from all who need them as well.
      prepare: backend.expectedHead && ready.length <= MAX_AHEAD ? prepare : undefined,
    })
  }

  async #commit<Result>(
    work: (backend: Backend) => Result,
    options?: query.CallOptions,
  ): Promise<Result> {
    const backend = this.#core.ready(options)
    return this.#core.queue.run(() => work(backend), { signal: options?.signal })
  }

  #read(
    source: api.ContentSource,
    options?: query.CallOptions,
  ): ReadyContent | Promise<ReadyContent> {
    const { maxContentBytes: max } = this.#core
    if (source instanceof Uint8Array) return contentOf(source, max)
    return readContent(source, () => this.#core.ready(options), max, options?.signal)
  }

  async #erase(sealed: SealedRedaction, options?: query.CallOptions): Promise<void> {
    const { writers } = this.#core
    await this.#commit((backend) => {
      erase(sealed, { backend, writers, now: this.#core.now() })
    }, options)
    this.#core.ready(options).scrub()
  }

  /** The backend, for what concerns all contexts. */
  #whole(options: query.CallOptions): Backend {
    if (this.#access) throw denied('administer', 'the whole store')
    return this.#core.ready(options)
  }
}

// Writes of one call that are signed beside the main thread.
const MAX_AHEAD = 16

// Versions that share the same bytes, as far as the search is told at once.
const MAX_SHARING = 1000
