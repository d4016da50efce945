import type { ContextStore, StoredVersion } from '@bzzz/context-store'
import type { Provider } from '@bzzz/dht'
import type { ContentFetcher } from '../content-fetcher.ts'
import type { Directory } from '../directory.ts'
import { MeshError } from '../errors.ts'
import { collectionOf, headsDigest, originOf, type Head, type Manifest } from '../manifest.ts'
import type { Membership } from '../membership.ts'
import type { PeerClients } from '../peer-clients.ts'
import type { Reconciler } from '../reconcile/reconciler.ts'
import type { SyncClient } from '../sync-client.ts'
import { PAGE_ITEMS } from '../sync-messages.ts'
import { erasureOf } from './erasure.ts'
import type { Redactions } from './redactions.ts'

export interface FetcherComponents {
  readonly store: ContextStore
  readonly membership: Membership
  readonly directory: Directory
  readonly clients: PeerClients
  readonly contents: ContentFetcher
  readonly reconciler: Reconciler
  readonly redactions: Redactions
}

interface Call {
  readonly signal: AbortSignal
}

/** What is wanted of a collection. */
export interface Wanted extends Call {
  readonly wants: (key: string) => boolean
  /** The same as patterns, each within the collection. */
  readonly patterns: readonly string[]
}

/** A content that is not here, though a record that names it is. */
export interface Lacking {
  readonly id: string
  readonly key: string
  readonly version: number
  /** Id of the record, and who signed it. */
  readonly record: string
  readonly writer: string
  readonly size: number
}

/** Brings here what is followed: from a node that holds it, verified before it is kept. */
export class Fetcher {
  readonly #with: FetcherComponents

  constructor(components: FetcherComponents) {
    this.#with = components
  }

  /**
   * Fetches what a manifest speaks of: from its writer, else from whoever the DHT names.
   *
   * @throws `ERR_MESH_UNREACHABLE` where no node has that state; `ERR_MESH_UNTRUSTED`.
   */
  async collection(manifest: Manifest, wanted: Wanted): Promise<void> {
    let failure: unknown
    for await (const provider of this.#sources(manifest, wanted)) {
      try {
        return await this.#from(provider, manifest, wanted)
      } catch (error) {
        wanted.signal.throwIfAborted()
        failure ??= error
      }
    }
    if (failure instanceof MeshError) throw failure
    throw new MeshError(
      'ERR_MESH_UNREACHABLE',
      `No node that holds ${manifest.collection} could be asked`,
      { cause: failure },
    )
  }

  /**
   * Makes sure that versions are here, with their contents; fetches them from a node if need be.
   *
   * @throws `ERR_MESH_NOT_FOUND` where one is not here after that.
   */
  async hold(heads: readonly Head[], peer: string, { signal }: Call): Promise<void> {
    const missing: Head[] = []
    for (const head of heads) if (!(await this.#isHere(head))) missing.push(head)
    if (missing.length === 0) return
    const { reconciler } = this.#with
    await reconciler.pull(peer, async () => missing, { signal })
    await this.#complete(missing, peer, { signal })
    for (const head of missing) {
      if (await this.#isHere(head)) continue
      throw new MeshError('ERR_MESH_NOT_FOUND', `${head.key} is not here as it was asked for`)
    }
  }

  /** Fetches contents from a node. @returns those that it does not have either. */
  async fetchLacking(
    lacking: readonly Lacking[],
    peer: string,
    { signal }: Call,
  ): Promise<Lacking[]> {
    const rest: Lacking[] = []
    for (const one of lacking) {
      if (!(await this.#isLacking(one))) continue
      try {
        const providers = [{ id: peer, addresses: [] }]
        await this.#with.contents.fetch({ ...one, providers, signal })
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof MeshError)) throw error
        rest.push(one)
      }
    }
    return rest
  }

  /** What lacks of a version; undefined where its content is here, or is not to be here. */
  async lackOf({ id: record, record: said }: StoredVersion): Promise<Lacking | undefined> {
    const { content: id, key, version, writer, size } = said
    if (id === null) return undefined
    const lack = { id, key, version, record, writer, size }
    return (await this.#isLacking(lack)) ? lack : undefined
  }

  async #from(provider: Provider, manifest: Manifest, wanted: Wanted): Promise<void> {
    const { clients, reconciler, membership } = this.#with
    const { wants, patterns, signal } = wanted
    const { collection, writer } = manifest
    const peer = provider.id
    // By the addresses that the DHT knows; whoever asks for it next has it.
    await clients.to(peer, { signal, addresses: provider.addresses })
    const compare = async (): Promise<void> => {
      for (const pattern of patterns) await reconciler.reconcile(peer, { pattern, signal })
    }
    // Listing costs a message for each page; comparing follows what differs.
    if (manifest.timelines > PAGE_ITEMS) return compare()
    const all: Head[] = []
    let isTooLong = false
    const list = async (client: SyncClient): Promise<Head[]> => {
      for await (const head of client.heads(collection, { signal })) {
        all.push(head)
        // It has been written to since, or never ends: comparing is bounded.
        isTooLong = all.length > manifest.timelines + PAGE_ITEMS
        if (isTooLong) return []
      }
      return all.filter(({ key }) => wants(key))
    }
    const writerOf = async (): Promise<string> => (membership.hasRules ? 'any' : writer)
    const heads = await reconciler.pull(peer, list, { writerOf, signal })
    if (isTooLong) return compare()
    await this.#complete(heads, peer, { signal })
    // Its writer may be ahead of what it announced; anybody else may be behind.
    if (peer === originOf(manifest) || headsDigest(all) === manifest.heads) return
    throw new MeshError('ERR_MESH_UNREACHABLE', `${peer} has another state of ${collection}`)
  }

  async *#sources(manifest: Manifest, { signal }: Call): AsyncGenerator<Provider> {
    const origin = originOf(manifest)
    yield { id: origin, addresses: [] }
    const { directory } = this.#with
    const { providers } = await directory.lookUp(manifest.collection, { signal, renew: true })
    for (const provider of providers) if (provider.id !== origin) yield provider
  }

  /** Fetches contents of newest versions that came without, as one does that was only looked up. */
  async #complete(heads: readonly Head[], peer: string, { signal }: Call): Promise<void> {
    // Some may have been erased by their writer, of which the heads say nothing.
    for (const collection of new Set(heads.map(({ key }) => collectionOf(key))))
      await this.#with.redactions.pull(peer, allOf(collection), { signal })
    const lacking: Lacking[] = []
    for (const { key } of heads) {
      const head = await this.#with.store.head(key)
      const lack = head && (await this.lackOf(head))
      if (lack) lacking.push(lack)
    }
    const [rest] = await this.fetchLacking(lacking, peer, { signal })
    if (rest) throw new MeshError('ERR_MESH_NOT_FOUND', `${peer} does not give ${rest.id}`)
  }

  async #isHere({ key, version, id }: Head): Promise<boolean> {
    for await (const stored of this.#with.store.history(key, { from: version, to: version }))
      return stored.id === id && (await this.lackOf(stored)) === undefined
    return false
  }

  /** False where bytes are here, or are not to be here: what was redacted or dropped is not fetched again. */
  async #isLacking({ id, key, version, record, writer }: Lacking): Promise<boolean> {
    const { store, redactions } = this.#with
    if (redactions.covers({ record, writer })) return false
    if ((await store.contentSize(id)) !== undefined) return false
    return (await erasureOf(store, { key, version })) === undefined
  }
}

function allOf(collection: string): string {
  const [agent = '', project = ''] = collection.split('@')
  return `ucxl://${agent}:any@${project}:any/**`
}
