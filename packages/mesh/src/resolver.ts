import type {
  ContextStore,
  ContextVersion,
  StoredVersion,
  VersionRecord,
} from '@bzzz/context-store'
import type { Provider } from '@bzzz/dht'
import { keyOf, type Address } from '@bzzz/ucxl-address'
import type { ContentFetcher } from './content-fetcher.ts'
import type { Directory } from './directory.ts'
import { MeshError } from './errors.ts'
import { collectionOf } from './manifest.ts'
import type { Membership } from './membership.ts'
import type { MeshEvent, Origin, ResolveOptions } from './mesh.ts'
import type { PeerClients } from './peer-clients.ts'
import type { SyncClient } from './sync-client.ts'

export interface ResolverComponents {
  readonly store: ContextStore
  readonly directory: Directory
  readonly clients: PeerClients
  readonly contents: ContentFetcher
  /** `did:key` of this node: what it wrote itself is never asked of others. */
  readonly self: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** How long a comparison with another node counts, in milliseconds. */
  readonly freshMs: number
  readonly emit: (event: MeshEvent) => void
  readonly membership: Membership
}

type Call = Pick<ResolveOptions, 'consistency'> & { readonly signal: AbortSignal }

// Timelines of which it is remembered when they were last checked.
const KEPT_CHECKS = 10_000

/** Whom a question is about, for errors and events. */
interface Scope {
  readonly collection: string
  readonly key?: string
  readonly signal: AbortSignal
}

interface Asking<Result> extends Scope {
  /** Whether those who answered, one or more, are enough. */
  readonly isEnough: (answered: readonly Result[]) => boolean
}

// Nodes that are asked where freshness matters.
const FRESH_ANSWERS = 2

/** Finds what an address means: here, or at the nodes that the directory names. */
export class Resolver {
  readonly #with: ResolverComponents
  /** When a timeline was last compared with another node's, in milliseconds since 1970. */
  readonly #checked = new Map<string, number>()

  constructor(components: ResolverComponents) {
    this.#with = components
  }

  /** The version and its bytes where both are here and nobody else could know better. */
  async getSettled(
    address: Address,
    { consistency = 'cached', signal }: ResolveOptions,
  ): Promise<(ContextVersion & Origin) | undefined> {
    signal?.throwIfAborted()
    if (consistency === 'latest') return undefined
    const { store, self } = this.#with
    const key = keyOf(address)
    if (!(address.temporal.kind === 'latest' && this.#isFresh(key))) {
      const head = await store.head(key)
      if (!head || !(head.record.writer === self || this.#isSettled(address, key, head)))
        return undefined
    }
    // What fails here is tried once more by who has the time, and says then what is wrong.
    const version = await store.get(address).catch(() => undefined)
    return version && { ...version, source: 'local', fresh: true }
  }

  async get(address: Address, call: Call): Promise<ContextVersion & Origin> {
    const { store, directory } = this.#with
    const { signal } = call
    const version = await this.resolve(address, call)
    const { key, content: id } = version.record
    const here = id === null ? undefined : await store.content(id)
    if (here) return { ...version, content: here }
    if (id === null || call.consistency === 'local') {
      return { ...version, ...(await store.get(address)) }
    }
    const collection = collectionOf(key)
    const { providers } = await directory.lookUp(collection, { signal })
    const { size } = version.record
    const source = await this.#with.contents.fetch({ id, size, key, providers, signal })
    const content = await store.content(id)
    return content ? { ...version, content, source } : { ...version, ...(await store.get(address)) }
  }

  async resolve(
    address: Address,
    { consistency = 'cached', signal }: Call,
  ): Promise<StoredVersion & Origin> {
    const { store, self } = this.#with
    const key = keyOf(address)
    let origin: Origin = { source: 'local', fresh: true }
    const head = await store.head(key)
    const own = head?.record.writer === self
    const settled = head !== undefined && this.#isSettled(address, key, head)
    if (!own && (consistency === 'latest' || (consistency === 'cached' && !settled))) {
      try {
        origin = await this.refresh(key, { signal, renew: consistency === 'latest' })
      } catch (error) {
        signal.throwIfAborted()
        if (consistency === 'latest' || !head || !isAbsence(error)) throw error
        origin = { source: 'local', fresh: false }
      }
    }
    return { ...(await store.resolve(address)), ...origin }
  }

  /** Fetches, verifies and keeps what other nodes have of a timeline and this one has not. */
  async refresh(
    key: string,
    { signal, renew }: { readonly signal: AbortSignal; readonly renew: boolean },
  ): Promise<Origin> {
    const { store, directory } = this.#with
    const collection = collectionOf(key)
    const { manifest, providers } = await directory.lookUp(collection, { signal, renew })
    // Where rules say who may sign, the store asks them for each record.
    const writer = this.#with.membership.hasRules ? undefined : manifest.writer
    // One of them may be behind and not know it.
    const wanted = renew ? FRESH_ANSWERS : 1
    const scope: Asking<{ isEmpty: boolean }> = {
      collection,
      key,
      signal,
      isEnough: (found) => found.filter(({ isEmpty }) => !isEmpty).length >= wanted,
    }
    const answers = await this.#fromSome(providers, scope, async (client) => {
      let version = (await store.head(key))?.record.version ?? 0
      let added = 0
      for await (const records of client.timeline(key, version, { signal })) {
        for (const record of records) {
          assertOf(record, key, writer)
          // Else the same ones could come without end.
          assertNext(record, ++version)
        }
        // Of any shape whatever: the store checks each.
        added += await store.append(records as VersionRecord[])
      }
      // Who has nothing of it may only say that it holds the collection.
      return { source: client.peer, added, isEmpty: version === 0 }
    })
    this.#remember(key)
    const { source } = answers.findLast(({ added }) => added > 0) ?? answers[0] ?? { source: '' }
    return { source, fresh: true }
  }

  /** Tries one provider after the other; what does not verify is told and never kept. */
  async fromAny<Result>(
    providers: readonly Provider[],
    scope: Scope,
    work: (client: SyncClient) => Promise<Result>,
  ): Promise<Result> {
    const [answer] = await this.#fromSome(providers, { ...scope, isEnough: () => true }, work)
    return answer as Result
  }

  /** The same until it is enough, or all were asked. @returns at least one answer. */
  async #fromSome<Result>(
    providers: readonly Provider[],
    { collection, key = '', signal, isEnough }: Asking<Result>,
    work: (client: SyncClient) => Promise<Result>,
  ): Promise<Result[]> {
    let failure: unknown
    const answered: Result[] = []
    for (const { id, addresses } of providers) {
      if (answered.length > 0 && isEnough(answered)) break
      try {
        answered.push(await work(await this.#with.clients.to(id, { signal, addresses })))
      } catch (error) {
        signal.throwIfAborted()
        if (isDistrust(error)) {
          this.#with.emit({ type: 'refused', peer: id, key, error })
          failure = new MeshError(
            'ERR_MESH_UNTRUSTED',
            `${id} sent what does not verify, and nothing of it was kept: ${error instanceof Error ? error.message : ''}`,
            { cause: error },
          )
        } else failure ??= error
      }
    }
    if (answered.length > 0) return answered
    if (failure instanceof MeshError) throw failure
    throw new MeshError(
      'ERR_MESH_UNREACHABLE',
      `None of ${providers.length} nodes that hold ${collection} could be asked`,
      { cause: failure },
    )
  }

  /** True where the mesh could not change what is here: what is past, or was just checked. */
  #isSettled({ temporal }: Address, key: string, { record }: StoredVersion): boolean {
    if (temporal.kind === 'version' && temporal.number <= record.version) return true
    if (temporal.kind === 'instant' && Date.parse(temporal.instant) < Date.parse(record.time))
      return true
    return this.#isFresh(key)
  }

  /** Whether a timeline was compared with another node's not long ago. */
  #isFresh(key: string): boolean {
    const { now, freshMs } = this.#with
    return now() - (this.#checked.get(key) ?? Number.NEGATIVE_INFINITY) < freshMs
  }

  #remember(key: string): void {
    this.#checked.delete(key)
    this.#checked.set(key, this.#with.now())
    const [oldest] = this.#checked.keys()
    if (this.#checked.size > KEPT_CHECKS && oldest !== undefined) this.#checked.delete(oldest)
  }
}

/** A node answers for the key it was asked for, and with what the collection's owner signed. */
function assertOf(record: unknown, key: string, writer: string | undefined): void {
  const { key: ofKey, writer: by } = (record ?? {}) as Partial<VersionRecord>
  if (ofKey === key && (writer === undefined || by === writer)) return
  throw new MeshError(
    'ERR_MESH_UNTRUSTED',
    `expected records of ${key} by ${writer ?? 'its writers'}, got ${String(ofKey).slice(0, 200)} by ${String(by).slice(0, 64)}`,
  )
}

/** Versions go up; that none is left out is for the store to see. */
function assertNext(record: unknown, version: number): void {
  const { version: given = 0 } = record as Partial<VersionRecord>
  if (given >= version) return
  throw new MeshError(
    'ERR_MESH_PROTOCOL',
    `expected version ${version}, got ${String(given).slice(0, 20)}`,
  )
}

/** True for what says that a peer sent something forged or broken. */
function isDistrust(error: unknown): boolean {
  const code = codeOf(error)
  return (
    code.startsWith('ERR_RECORD_') ||
    code === 'ERR_STORE_WRITER' ||
    code === 'ERR_STORE_CONTENT_MISMATCH' ||
    code === 'ERR_TEMPORAL_AHEAD' ||
    code === 'ERR_MESH_UNTRUSTED' ||
    code === 'ERR_MESH_PROTOCOL'
  )
}

/** True where the mesh could not say anything, as opposed to saying something wrong. */
function isAbsence(error: unknown): boolean {
  return [
    'ERR_MESH_BUSY',
    'ERR_MESH_NOT_FOUND',
    'ERR_MESH_UNREACHABLE',
    'ERR_DHT_UNREACHABLE',
  ].includes(codeOf(error))
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
