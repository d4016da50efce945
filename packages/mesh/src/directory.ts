import { DhtError, type Dht, type Provider } from '@bzzz/dht'
import { MeshError } from './errors.ts'
import { decodeManifest, dhtKeyOf, originOf, type Manifest } from './manifest.ts'
import type { Membership } from './membership.ts'

/** What the mesh says of a collection. */
export interface DirectoryEntry {
  readonly manifest: Manifest
  /** The nodes that hold it, without this one. */
  readonly providers: readonly Provider[]
}

interface Kept extends DirectoryEntry {
  /** Milliseconds since 1970. */
  readonly at: number
}

// Collections remembered, at most: the oldest is forgotten first.
const KEPT = 1000
// Enough providers to find one that answers.
const MAX_PROVIDERS = 8
// Looked through for the writer, whom those who only say that they hold something could hide.
const MAX_LOOKED_THROUGH = 64

/** Looks collections up in the DHT, and remembers for a while what it found. */
export class Directory {
  readonly #dht: Dht
  readonly #self: string
  readonly #now: () => number
  readonly #freshMs: number
  readonly #membership: Membership
  readonly #kept = new Map<string, Kept>()

  constructor(init: {
    dht: Dht
    self: string
    now: () => number
    freshMs: number
    membership: Membership
  }) {
    this.#membership = init.membership
    this.#dht = init.dht
    this.#self = init.self
    this.#now = init.now
    this.#freshMs = init.freshMs
  }

  /**
   * @param renew asks the DHT even where an answer is remembered.
   * @throws `ERR_MESH_NOT_FOUND`; `ERR_DHT_UNREACHABLE`.
   */
  async lookUp(
    collection: string,
    { signal, renew = false }: { readonly signal: AbortSignal; readonly renew?: boolean },
  ): Promise<DirectoryEntry> {
    const kept = this.#kept.get(collection)
    if (kept && !renew && this.#now() - kept.at < this.#freshMs) return kept
    const manifest = await this.manifest(collection, { signal })
    if (!manifest) {
      throw new MeshError(
        'ERR_MESH_NOT_FOUND',
        `No node of the mesh announced the collection ${collection}`,
      )
    }
    const providers = await this.#providers(manifest, signal)
    const entry = { manifest, providers, at: this.#now() }
    this.#kept.delete(collection)
    this.#kept.set(collection, entry)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest)
    return entry
  }

  /** Who holds a collection; its writer first, for whom nobody else can stand. */
  async #providers(manifest: Manifest, signal: AbortSignal): Promise<Provider[]> {
    const origin = originOf(manifest)
    const key = dhtKeyOf(manifest.collection)
    let writer: Provider | undefined
    const others: Provider[] = []
    let looked = 0
    for await (const provider of this.#dht.findProviders(key, { signal })) {
      if (provider.id === origin) writer = provider
      else if (provider.id !== this.#self && others.length < MAX_PROVIDERS) others.push(provider)
      const isEnough = writer !== undefined && others.length === MAX_PROVIDERS
      if (isEnough || ++looked === MAX_LOOKED_THROUGH) break
    }
    if (origin === this.#self) return others
    if (writer) return [writer, ...others]
    // Among so many it may be there and not be seen: the last that is asked.
    return others.length < MAX_PROVIDERS ? others : [...others, { id: origin, addresses: [] }]
  }

  /** The manifest that stands in the DHT; undefined where none does. @throws `ERR_DHT_UNREACHABLE`. */
  async manifest(
    collection: string,
    options: { readonly signal: AbortSignal },
  ): Promise<Manifest | undefined> {
    const key = dhtKeyOf(collection)
    try {
      const manifest = decodeManifest(key, (await this.#dht.getValue(key, options)).value)
      this.#membership.assertMayAnnounce(manifest)
      return manifest
    } catch (error) {
      if (error instanceof DhtError && error.code === 'ERR_DHT_NOT_FOUND') return undefined
      throw error
    }
  }
}
