import type { ContextStore } from '@bzzz/context-store'
import type { Provider } from '@bzzz/dht'
import { peerIdOf, publicKeyOfDid } from '@bzzz/identity'
import type { ContentFetcher } from './content-fetcher.ts'
import type { Directory } from './directory.ts'
import { MeshError } from './errors.ts'
import { collectionOf, headsDigest, type Head, type Manifest } from './manifest.ts'
import type { Membership } from './membership.ts'
import type { PeerClients } from './peer-clients.ts'
import type { Resolver } from './resolver.ts'
import type { SyncClient } from './sync-client.ts'

export interface FetcherComponents {
  readonly store: ContextStore
  readonly membership: Membership
  readonly directory: Directory
  readonly resolver: Resolver
  readonly clients: PeerClients
  readonly contents: ContentFetcher
}

interface Call {
  readonly signal: AbortSignal
}

/** What came of a fetch. */
export interface Fetched {
  /** Versions that are new here. */
  readonly versions: number
  /** Collections of which something matches, and is here now. */
  readonly collections: ReadonlySet<string>
  /** Collections of which something matches, and was left alone because nobody announced them yet. */
  readonly unknown: ReadonlySet<string>
}

/**
 * Brings whole timelines here, records and contents, from a node that holds them. Whatever comes is
 * verified before it is kept.
 */
export class Fetcher {
  readonly #with: FetcherComponents

  constructor(components: FetcherComponents) {
    this.#with = components
  }

  /**
   * Fetches what a manifest speaks of: from its writer, else from whoever the DHT names.
   *
   * @param wants says which keys.
   * @throws `ERR_MESH_UNREACHABLE` where no node has that state; `ERR_MESH_UNTRUSTED`.
   */
  async collection(
    manifest: Manifest,
    wants: (key: string) => boolean,
    { signal }: Call,
  ): Promise<Fetched> {
    const { membership, resolver } = this.#with
    const { collection } = manifest
    const writer = membership.hasRules ? undefined : manifest.writer
    const origin = peerIdOf(publicKeyOfDid(manifest.writer))
    const from = async (providers: readonly Provider[]): Promise<Fetched> =>
      resolver.fromAny(providers, { collection, signal }, async (client) => {
        const heads: Head[] = []
        for await (const head of client.heads(collection, { signal })) heads.push(head)
        const fetched = await this.#take(
          client,
          heads.filter(({ key }) => wants(key)),
          {
            writerOf: async () => writer,
            signal,
          },
        )
        // Its writer may be ahead of what it announced; anybody else may be behind.
        if (client.peer === origin || headsDigest(heads) === manifest.heads) return fetched
        throw new MeshError(
          'ERR_MESH_UNREACHABLE',
          `${client.peer} has another state of ${collection}`,
        )
      })
    try {
      return await from([{ id: origin, addresses: [] }])
    } catch (error) {
      signal.throwIfAborted()
      const { providers } = await this.#with.directory.lookUp(collection, { signal, renew: true })
      const others = providers.filter(({ id }) => id !== origin)
      if (others.length === 0) throw error
      return from(others)
    }
  }

  /**
   * Catches up with one node: fetches what it holds, matches a pattern, and is not here. Collections
   * that nobody announced are left alone.
   */
  async catchUp(pattern: string, peer: Provider, { signal }: Call): Promise<Fetched> {
    const scope = { collection: pattern, signal }
    return this.#with.resolver.fromAny([peer], scope, async (client) => {
      const heads: Head[] = []
      for await (const head of client.matching(pattern, { signal })) heads.push(head)
      return this.#take(client, heads, { writerOf: this.#writers(signal), signal })
    })
  }

  /** Makes sure that versions are here, with their contents; fetches them from a node if need be. */
  async hold(heads: readonly Head[], peer: string, { signal }: Call): Promise<Fetched> {
    const { clients } = this.#with
    const missing: Head[] = []
    for (const head of heads) if (!(await this.#isHere(head))) missing.push(head)
    if (missing.length === 0) return { versions: 0, collections: new Set(), unknown: new Set() }
    const client = await clients.to(peer, { signal })
    const fetched = await this.#take(client, missing, { writerOf: this.#writers(signal), signal })
    for (const head of missing) {
      if (await this.#isHere(head)) continue
      throw new MeshError('ERR_MESH_NOT_FOUND', `${head.key} is not here as it was asked for`)
    }
    return fetched
  }

  /** Fetches what is missing of timelines, each up to where the other node has it. */
  async #take(
    client: SyncClient,
    heads: readonly Head[],
    {
      writerOf,
      signal,
    }: {
      /** Null for a collection that is left alone. */
      readonly writerOf: (collection: string) => Promise<string | undefined | null>
      readonly signal: AbortSignal
    },
  ): Promise<Fetched> {
    const { store, resolver } = this.#with
    const collections = new Set<string>()
    const unknown = new Set<string>()
    let versions = 0
    for (const head of heads) {
      signal.throwIfAborted()
      const collection = collectionOf(head.key)
      const before = (await store.head(head.key))?.record.version ?? 0
      if (before < head.version) {
        const writer = await writerOf(collection)
        if (writer === null) {
          unknown.add(collection)
          continue
        }
        await resolver.take(client, head.key, { writer, signal })
      }
      const after = (await store.head(head.key))?.record.version ?? 0
      versions += after - before
      await this.#contents(client, head.key, { from: Math.min(before + 1, after), signal })
      collections.add(collection)
    }
    return { versions, collections, unknown }
  }

  /** Fetches the contents of a timeline's versions from one on; those of old ones may be gone. */
  async #contents(
    client: SyncClient,
    key: string,
    { from, signal }: { readonly from: number; readonly signal: AbortSignal },
  ): Promise<void> {
    const { store, contents } = this.#with
    let newest = true
    for await (const { record } of store.history(key, { from, reverse: true })) {
      const id = record.content
      const needed = newest
      newest = false
      if (id === null || (await this.#hasContent(id))) continue
      try {
        const providers = [{ id: client.peer, addresses: [] }]
        await contents.fetch({ id, size: record.size, key, providers, signal })
      } catch (error) {
        const gone = error instanceof MeshError && error.code === 'ERR_MESH_NOT_FOUND'
        if (needed || !gone) throw error
      }
    }
  }

  async #isHere({ key, version, id }: Head): Promise<boolean> {
    for await (const stored of this.#with.store.history(key, { from: version, to: version })) {
      const { content } = stored.record
      return stored.id === id && (content === null || (await this.#hasContent(content)))
    }
    return false
  }

  async #hasContent(id: string): Promise<boolean> {
    try {
      // One byte says as much as all of them.
      for await (const _ of this.#with.store.contentStream(id, { start: 0, end: 1 })) break
      return true
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : ''
      if (code === 'ERR_STORE_CONTENT_MISSING') return false
      // What was redacted or dropped here is not fetched again.
      if (code === 'ERR_STORE_REDACTED' || code === 'ERR_STORE_DROPPED') return true
      throw error
    }
  }

  /** Who wrote a collection, by its manifest in the DHT; asked once for each. */
  #writers(signal: AbortSignal): (collection: string) => Promise<string | undefined | null> {
    const known = new Map<string, string | undefined | null>()
    return async (collection) => {
      if (!known.has(collection)) known.set(collection, await this.#writerOf(collection, signal))
      return known.get(collection)
    }
  }

  async #writerOf(collection: string, signal: AbortSignal): Promise<string | undefined | null> {
    const { membership, directory } = this.#with
    try {
      const { manifest } = await directory.lookUp(collection, { signal })
      return membership.hasRules ? undefined : manifest.writer
    } catch (error) {
      if (error instanceof MeshError && error.code === 'ERR_MESH_NOT_FOUND') return null
      throw error
    }
  }
}
