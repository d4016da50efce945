import type { ContextStore } from '@bzzz/context-store'
import type { Dht, Receipt } from '@bzzz/dht'
import type { Identity } from '@bzzz/identity'
import type { Directory } from './directory.ts'
import { MeshError } from './errors.ts'
import type { Lifetime } from './lifetime.ts'
import {
  collectionOf,
  dhtKeyOf,
  encodeManifest,
  headsDigest,
  signManifest,
  type Head,
  type Manifest,
} from './manifest.ts'
import type { Membership } from './membership.ts'
import type { MeshCallOptions, MeshEvent } from './mesh.ts'
import { headsPage } from './sync-pages.ts'

export interface PublisherComponents {
  readonly identity: Identity
  readonly dht: Dht
  /** What this node may announce of its store. */
  readonly announced: ContextStore
  readonly membership: Membership
  readonly directory: Directory
  readonly lifetime: Lifetime
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly emit: (event: MeshEvent) => void
  /** Tells those who follow it of a new state. */
  readonly tell: (manifest: Manifest) => void
}

/** Signs the states of this node's collections, and puts them into the DHT. */
export class Publisher {
  readonly #with: PublisherComponents
  /** The manifests that this node put last: a DHT that lost one does not make it begin anew. */
  readonly #manifests = new Map<string, Manifest>()
  /** Redactions by collection, and how far they were counted. */
  readonly #erased = new Map<string, number>()
  #counted = 0
  /** The last call for each collection that is under way. */
  readonly #turns = new Map<string, Promise<unknown>>()

  constructor(components: PublisherComponents) {
    this.#with = components
  }

  /** @throws as `Mesh.publish`. */
  async publish(
    collection: string,
    options?: MeshCallOptions,
  ): Promise<Receipt & { readonly manifest: Manifest }> {
    return this.#with.lifetime.call(options, async (signal) =>
      this.#inTurn(collection, async () => this.#publish(collection, signal)),
    )
  }

  /**
   * Publishes, and tells by events what became of it.
   *
   * @returns how many peers stored it, 0 where it failed; undefined where it is not this node's to put.
   */
  async publishQuietly(collection: string): Promise<number | undefined> {
    const { emit } = this.#with
    try {
      const { manifest, stored } = await this.publish(collection)
      emit({ type: 'announced', collection, sequence: manifest.sequence, stored })
      return stored
    } catch (error) {
      emit({ type: 'announce-failed', collection, error })
      return error instanceof MeshError && error.code === 'ERR_MESH_MANIFEST' ? undefined : 0
    }
  }

  /** Says that this node holds what a DHT key names. @returns as {@link publishQuietly}. */
  async provideQuietly(key: string): Promise<number> {
    const { lifetime, dht, emit } = this.#with
    try {
      return (await lifetime.call(undefined, async (signal) => dht.provide(key, { signal }))).stored
    } catch (error) {
      emit({ type: 'provide-failed', key, error })
      return 0
    }
  }

  /** The heads of a collection, as this node announces them. */
  async headsOf(collection: string): Promise<Head[]> {
    const heads: Head[] = []
    let more = true
    while (more) {
      const page = await headsPage(this.#with.announced, collection, heads.at(-1)?.key ?? '')
      heads.push(...page.heads)
      more = page.more
    }
    return heads
  }

  /** How much of a collection was erased: who follows it asks for that where there is more. */
  async #erasedOf(collection: string): Promise<number> {
    for (;;) {
      const after = this.#counted
      const { redactions, last } = await this.#with.announced.redactionPage({ after })
      // Another collection, which is announced at the same time, may have counted them meanwhile.
      if (after !== this.#counted) continue
      if (last === after) return this.#erased.get(collection) ?? 0
      this.#counted = last
      for (const { key } of redactions) {
        const name = collectionOf(key)
        this.#erased.set(name, (this.#erased.get(name) ?? 0) + 1)
      }
    }
  }

  async #publish(
    collection: string,
    signal: AbortSignal,
  ): Promise<Receipt & { readonly manifest: Manifest }> {
    const { dht, tell } = this.#with
    signal.throwIfAborted()
    const manifest = await this.#manifestOf(collection, signal)
    // Before the DHT has it: who follows need not wait for that.
    tell(manifest)
    const key = dhtKeyOf(collection)
    const receipt = await dht.putValue(key, encodeManifest(manifest), { signal })
    this.#manifests.set(collection, manifest)
    await dht.provide(key, { signal })
    return { ...receipt, manifest }
  }

  /** Two at once would sign two manifests of one sequence, and the nodes would refuse one of them. */
  async #inTurn<Result>(collection: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#turns.get(collection) ?? Promise.resolve()
    const turn = before.catch(() => {}).then(work)
    this.#turns.set(collection, turn)
    try {
      return await turn
    } finally {
      if (this.#turns.get(collection) === turn) this.#turns.delete(collection)
    }
  }

  async #manifestOf(collection: string, signal: AbortSignal): Promise<Manifest> {
    const { directory, membership, identity, now } = this.#with
    const found = await directory.manifest(collection, { signal })
    const last = this.#manifests.get(collection)
    const standing = found && found.sequence >= (last?.sequence ?? 0) ? found : last
    if (!membership.hasRules && standing && standing.writer !== identity.did) {
      throw new MeshError(
        'ERR_MESH_MANIFEST',
        `The collection ${collection} belongs to ${standing.writer}: write under an agent name of your own`,
      )
    }
    const heads = await this.headsOf(collection)
    const erased = await this.#erasedOf(collection)
    const isSame = standing?.heads === headsDigest(heads) && (standing.erased ?? 0) === erased
    const sequence = (standing?.sequence ?? 0) + 1
    // A state that was announced before is put again as it is.
    const manifest =
      isSame && standing.writer === identity.did
        ? standing
        : signManifest({ collection, sequence, heads, erased, now: now() }, identity)
    membership.assertMayAnnounce(manifest)
    return manifest
  }
}
