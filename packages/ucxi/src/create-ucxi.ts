import {
  collectionOf,
  StoreError,
  type Access,
  type CallOptions,
  type ContentRange,
  type ContentSource,
  type ContextStore,
  type ContextWrite,
  type Operation,
  type ContextVersion,
  type ReadOptions,
  type StoredVersion,
  type StoreStats,
} from '@bzzz/context-store'
import type { ClusterView } from '@bzzz/identity/cluster'
import type { Mesh } from '@bzzz/mesh'
import type { VersionEntry } from '@bzzz/temporal-nav'
import { isAddress, keyOf, parse, parseKey, type Address } from '@bzzz/ucxl-address'
import { UcxiError } from './errors.ts'
import { begun } from './begun.ts'
import { ContentKeeper, noContentKeys, wholeOf, type ContentsInit } from './content-keeper.ts'
import { Feed } from './feed.ts'
import { codeOf, MeshLink } from './mesh-link.ts'
import { SmallContexts } from './small-contexts.ts'
import { find } from './find.ts'
import { around, nearest, timelinePage } from './timeline.ts'
import { markBy, type Mark } from './trust.ts'
import { validate, type DecisionCheck } from './validate.ts'
import { addressOfVersion } from './views.ts'
import { childOf, expectation, writeOf } from './write.ts'
import type { Verdict } from './schemas.ts'
import type {
  Around,
  Conditions,
  OpenVersion,
  Origin,
  PutInput,
  QueryOptions,
  QueryPage,
  SubscribeOptions,
  Subscription,
  TimelineOptions,
  TimelinePage,
  Ucxi,
} from './ucxi.ts'

export interface UcxiInit {
  readonly store: ContextStore
  /** With it, what the store does not hold is fetched from other nodes, and writes are announced. */
  readonly mesh?: Mesh
  /** Checks a decision: gives what is wrong with it. Without it, decisions are not checked here. */
  readonly checkDecision?: DecisionCheck
  /** With it, contexts are encrypted for roles, and decrypted where this node is a reader. */
  readonly contents?: ContentsInit
  /** The cluster: with it, everything that is shown says how far its signer is known. */
  readonly cluster?: Pick<ClusterView, 'check'>
  /** Milliseconds since 1970, for the names of new contexts; the system's clock if left out. */
  readonly now?: () => number
  /** From 0 to less than 1, for the same; the system's cryptographic source if left out. */
  readonly random?: () => number
}

/** Contents up to this many bytes are read whole: a stream of one piece costs more than it saves. */
const WHOLE_BYTES = 64 * 1024

/** The operations over a store, and, where there is one, a mesh that knows what the store does not. */
export function createUcxi(init: UcxiInit): Ucxi {
  const { store, mesh, contents, cluster } = init
  const mark = markBy(cluster)
  const keeper =
    contents &&
    new ContentKeeper({
      ...contents,
      store,
      get: async (address, options) => (mesh ?? store).get(address, options),
      onWritten: (key) => mesh?.announce(collectionOf(key)),
    })
  return new LocalUcxi(init, {
    feed: new Feed(store, mark),
    mark,
    small: new SmallContexts(),
    keeper,
  })
}

/** What all views of one store share, whatever they may see of it. */
interface Shared {
  readonly feed: Feed
  readonly small: SmallContexts
  readonly keeper: ContentKeeper | undefined
  readonly mark: Mark
}

class LocalUcxi implements Ucxi {
  readonly #init: UcxiInit
  readonly #store: ContextStore
  readonly #mesh: MeshLink
  readonly #feed: Feed
  readonly #access: Access | undefined
  readonly #small: SmallContexts
  readonly #keeper: ContentKeeper | undefined
  readonly #mark: Mark

  constructor(init: UcxiInit, { feed, small, keeper, mark }: Shared, access?: Access) {
    this.#init = init
    this.#store = access ? init.store.restrictedTo(access) : init.store
    this.#mesh = new MeshLink(init.mesh, access)
    this.#feed = feed
    this.#small = small
    this.#keeper = keeper
    this.#mark = mark
    this.#access = access
  }

  async get(
    address: string | Address,
    options: ReadOptions = {},
  ): Promise<ContextVersion & Origin> {
    const found = await this.#find(address, options)
    const content = await this.#opened(found, found.content, options)
    return this.#mark({ ...found, content })
  }

  async open(address: string | Address, options: ReadOptions = {}): Promise<OpenVersion> {
    const parsed = addressOf(address)
    if (!this.#mesh.isThere && this.#small.has(parsed)) {
      const version = await this.#store.get(parsed, options)
      const content = await this.#opened(version, version.content, options)
      if (content.length > WHOLE_BYTES) this.#small.note(parsed, false)
      return { version: this.#mark(version), content, source: 'local', fresh: true }
    }
    const { source, fresh, ...version } = await this.resolve(parsed, options)
    this.#small.note(parsed, version.record.size <= WHOLE_BYTES)
    return { version, source, fresh }
  }

  async resolve(
    address: string | Address,
    options: ReadOptions = {},
  ): Promise<StoredVersion & Origin> {
    const mesh = this.#meshFor(address, options)
    if (!mesh) return this.#mark({ ...(await this.#store.resolve(address, options)), ...LOCAL })
    const { validAt, ...rest } = options
    const known = await mesh.resolve(address, rest)
    if (validAt === undefined) return this.#mark(known)
    const { source, fresh } = known
    return this.#mark({ ...(await this.#store.resolve(address, options)), source, fresh })
  }

  async read(version: StoredVersion, range: ContentRange = {}): Promise<ContentSource> {
    const { content, size, key, version: number } = version.record
    // A deletion has none, and says so.
    if (content === null) return (await this.get(addressOfVersion(key, number))).content
    const { start = 0, end = size, signal } = range
    const options = signal ? { signal } : {}
    if (version.record.encryption) {
      const opened = (await this.get(addressOfVersion(key, number), options)).content
      return opened.subarray(start, end)
    }
    if (size > WHOLE_BYTES) {
      try {
        return await begun(this.#store.contentStream(content, range))
      } catch (error) {
        if (!this.#mesh.isThere || codeOf(error) !== 'ERR_STORE_CONTENT_MISSING') throw error
      }
    }
    const bytes = await this.#store.content(content, options)
    // What is not here is fetched, or said to be erased, dropped or missing.
    const whole = bytes ?? (await this.get(addressOfVersion(key, number), options)).content
    return start === 0 && end >= size ? whole : whole.subarray(start, end)
  }

  async put(
    address: string | Address,
    input: PutInput,
    options: CallOptions = {},
  ): Promise<StoredVersion> {
    const key = keyOf(addressOf(address))
    const expected = await this.#expected(key, input, options)
    const write = { ...(await this.#sealed(key, writeOf(address, input), input)), ...expected }
    const written = await this.#store.put(write, options)
    this.#mesh.tell(key)
    return this.#mark(written)
  }

  async post(
    folder: string | Address,
    input: PutInput,
    options: CallOptions = {},
  ): Promise<StoredVersion> {
    const child = childOf(addressOf(folder), this.#init)
    const write = await this.#sealed(keyOf(child), writeOf(child, input), input)
    const written = await this.#store.put({ ...write, ifVersion: 0 }, options)
    this.#mesh.tell(written.record.key)
    return this.#mark(written)
  }

  async delete(
    address: string | Address,
    { signal, ...conditions }: Conditions & CallOptions = {},
  ): Promise<StoredVersion> {
    const options = signal ? { signal } : {}
    const key = keyOf(addressOf(address))
    await this.#mesh.learn(key, options)
    // Where there is nothing alive, this says so. Who may delete need not be allowed to read.
    const head = await this.#storeFor('delete', key).resolve(parseKey(key), options)
    const { ifVersion = head.record.version } = expectation(conditions, head)
    const written = await this.#store.put(
      { address: parseKey(key), content: null, ifVersion },
      options,
    )
    this.#mesh.tell(key)
    return this.#mark(written)
  }

  async restore(address: string | Address, options: CallOptions = {}): Promise<StoredVersion> {
    const key = keyOf(addressOf(address))
    // Brings the bytes here, where another node has them.
    if (this.#mesh.isThere) await this.get(address, options)
    const written = await this.#store.restore(address, options)
    this.#mesh.tell(key)
    return this.#mark(written)
  }

  async announce(address: string | Address, options: CallOptions = {}): Promise<string> {
    const key = keyOf(addressOf(address))
    const store = this.#storeFor('announce', key)
    if (!this.#mesh.isThere) {
      throw new UcxiError(
        'ERR_UCXI_NO_MESH',
        'Expected a node with a mesh: this one was started without, so there is nobody to tell',
      )
    }
    if (!(await store.head(key, options))) await store.resolve(parseKey(key), options)
    this.#mesh.tell(key)
    return collectionOf(key)
  }

  async timeline(address: string | Address, options: TimelineOptions = {}): Promise<TimelinePage> {
    const key = keyOf(addressOf(address))
    await this.#mesh.learn(key, options)
    const page = await timelinePage(this.#store, key, options)
    return { ...page, versions: page.versions.map(this.#mark) }
  }

  async around(key: string, version: number, options?: CallOptions): Promise<Around> {
    return around(this.#store.index, { key, version }, options)
  }

  async nearest(
    address: string | Address,
    time: number,
    options?: CallOptions,
  ): Promise<VersionEntry> {
    const key = keyOf(addressOf(address))
    await this.#mesh.learn(key, options)
    return nearest(this.#store.index, { key, time }, options)
  }

  async query(options: QueryOptions = {}): Promise<QueryPage> {
    const page = await find(this.#store, options)
    return { ...page, versions: page.versions.map(this.#mark) }
  }

  async subscribe(options: SubscribeOptions = {}): Promise<Subscription> {
    return this.#feed.subscribe(options, this.#access)
  }

  async validate(subject: { address?: string; decision?: unknown }): Promise<Verdict> {
    return validate(subject, this.#init.checkDecision)
  }

  async shareKey(
    keyId: string,
    recipients: readonly string[],
    beside: string | Address,
  ): Promise<void> {
    const address = addressOf(beside)
    this.#mayEncrypt(keyOf(address))
    await this.#keeper?.share(keyId, recipients, address)
  }

  async stats(options?: CallOptions): Promise<StoreStats> {
    return this.#store.stats(options)
  }

  restrictedTo(access: Access): Ucxi {
    const outer = this.#access
    const both = outer
      ? {
          may: (...asked: Parameters<Access['may']>) => outer.may(...asked) && access.may(...asked),
        }
      : access
    return new LocalUcxi(
      this.#init,
      { feed: this.#feed, small: this.#small, keeper: this.#keeper, mark: this.#mark },
      both,
    )
  }

  /** The store, to look at what an operation is about that may be done. @throws `ERR_STORE_DENIED`. */
  #storeFor(operation: Operation, key: string): ContextStore {
    if (this.#access && !this.#access.may(operation, key)) {
      throw new StoreError('ERR_STORE_DENIED', `No rule allows to ${operation} ${key}`)
    }
    return this.#init.store
  }

  async #find(address: string | Address, options: ReadOptions): Promise<ContextVersion & Origin> {
    const mesh = this.#meshFor(address, options)
    if (!mesh) return { ...(await this.#store.get(address, options)), ...LOCAL }
    if (options.validAt === undefined) return mesh.get(address, options)
    const { source, fresh } = await this.resolve(address, options)
    return { ...(await this.#store.get(address, options)), source, fresh }
  }

  /** The bytes as they were written, before they were encrypted. */
  #opened(
    version: StoredVersion,
    bytes: Uint8Array,
    options: CallOptions,
  ): Uint8Array | Promise<Uint8Array> {
    if (this.#keeper) return this.#keeper.open(version, bytes, options)
    if (!version.record.encryption) return bytes
    throw noContentKeys(version)
  }

  async #sealed(key: string, write: ContextWrite, input: PutInput): Promise<ContextWrite> {
    const { encryptFor } = input
    if (encryptFor === undefined) return write
    const keeper = this.#mayEncrypt(key)
    const { bytes, encryption } = await keeper.seal(encryptFor, key, await wholeOf(input.content))
    return { ...write, content: bytes, encryption }
  }

  /** @throws `ERR_UCXI_REQUEST`, `ERR_STORE_DENIED`. */
  #mayEncrypt(key: string): ContentKeeper {
    if (!this.#keeper) {
      throw new UcxiError(
        'ERR_UCXI_REQUEST',
        'Expected no role to encrypt for: this node has no content keys',
      )
    }
    this.#storeFor('write', key)
    return this.#keeper
  }

  /** The mesh, where there is one that may be asked for this. */
  #meshFor(address: string | Address, { signal }: CallOptions): Mesh | undefined {
    signal?.throwIfAborted()
    return this.#mesh.isThere ? this.#mesh.forReading(keyOf(addressOf(address))) : undefined
  }

  async #expected(
    key: string,
    conditions: Conditions,
    options: CallOptions,
  ): Promise<{ ifVersion?: number }> {
    const conditional = conditions.ifMatch !== undefined || conditions.ifNone !== undefined
    if (!conditional && !this.#mesh.isThere) return {}
    let head = await this.#store.head(key, options)
    // A context that another node holds goes on where it stands there, and is not begun anew.
    if (!head && this.#mesh.isThere) {
      await this.#mesh.learn(key, options)
      head = await this.#store.head(key, options)
    }
    return expectation(conditions, head)
  }
}

const LOCAL: Origin = Object.freeze({ source: 'local', fresh: true })

function addressOf(address: string | Address): Address {
  return isAddress(address) ? address : parse(address)
}
