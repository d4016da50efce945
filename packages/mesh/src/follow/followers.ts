import type { ContextStore } from '@bzzz/context-store'
import type { Identity } from '@bzzz/identity'
import { compilePattern, keyOf, parse, type Address } from '@bzzz/ucxl-address'
import { projectOf, topicOf } from './announcement.ts'
import { Announcements } from './announcements.ts'
import { collectionWriters } from '../collection-writers.ts'
import type { ContentFetcher } from '../content-fetcher.ts'
import { collectCopies } from './copies.ts'
import type { Directory } from '../directory.ts'
import { MeshError } from '../errors.ts'
import { Fetcher } from './fetcher.ts'
import type { Copies, Follow, Following, ReplicateOptions } from './follow.ts'
import { Follower } from './follower.ts'
import type { Gossip } from '../gossip.ts'
import { collectionOf, type Head, type Manifest } from '../manifest.ts'
import type { Membership } from '../membership.ts'
import type { MeshCallOptions, MeshEvent } from '../mesh.ts'
import type { PeerClients } from '../peer-clients.ts'
import { Redactions } from './redactions.ts'
import { Reconciler, type Taking } from '../reconcile/reconciler.ts'
import type { Timing } from '../timing.ts'

export interface FollowersInit {
  readonly identity: Identity
  readonly store: ContextStore
  readonly self: string
  readonly gossip: Gossip
  readonly membership: Membership
  readonly directory: Directory
  readonly clients: PeerClients
  readonly contents: ContentFetcher
  /** Peers with which hellos were exchanged. */
  readonly joined: ReadonlySet<string>
  readonly timing: Timing
  readonly emit: (event: MeshEvent) => void
  /** As `emit`, for what a peer itself sent: lies count against it. */
  readonly judge: (event: MeshEvent) => void
  /** Signs the state of a collection, and tells it. */
  readonly publish: (collection: string, options: MeshCallOptions) => Promise<unknown>
  /** Told of each collection that was published, or that could not be in the time there was. */
  readonly onPublished: (collection: string, isPublished: boolean) => void
  /** The heads of a collection as this node announces them. */
  readonly headsOf: (collection: string) => Promise<readonly Head[]>
  /** Says to the network, from now on, that this node holds something of a collection. */
  readonly provide: (collection: string) => void
  /** Patterns that other nodes may hand over; those that are followed if left out. */
  readonly takes?: readonly string[] | undefined
}

const MAX_COPIES = 100
const DEFAULT_TIMEOUT_MS = 10_000

/** All that a node has to do with followers: it tells them, is one, and asks them for copies. */
export class Followers implements Following {
  /** Compares with other nodes. */
  readonly reconciler: Reconciler
  /** What other nodes may hand over. */
  readonly taking: Taking
  readonly #init: FollowersInit
  readonly #announcements: Announcements
  readonly #follower: Follower

  constructor(init: FollowersInit) {
    this.#init = init
    this.taking = this.#takingOf(init.takes)
    this.reconciler = new Reconciler({
      ...init,
      emit: init.judge,
      schedule: init.timing.schedule,
      taking: this.taking,
      writers: (signal) => collectionWriters(init, signal),
      onTaken: (peer, taken) => this.#follower.onTaken(peer, taken),
      clientOf: async (peer, options) => init.clients.to(peer, options),
    })
    this.#announcements = new Announcements({
      ...init,
      ...init.timing,
      onNews: (manifest, peer) => this.#follower.onNews(manifest, peer),
    })
    const { reconciler } = this
    const redactions = new Redactions({
      ...init,
      clientOf: async (peer, options) => init.clients.to(peer, options),
    })
    this.#follower = new Follower({
      ...init,
      announcements: this.#announcements,
      fetcher: new Fetcher({ ...init, reconciler, redactions }),
      reconciler,
      redactions,
    })
  }

  follow(pattern: string | Address): Follow {
    return this.#follower.follow(pattern)
  }

  async replicate(
    target: string | Address,
    {
      copies: wanted = 1,
      orFail = false,
      signal,
      timeoutMs = DEFAULT_TIMEOUT_MS,
    }: ReplicateOptions = {},
  ): Promise<Copies> {
    if (!Number.isInteger(wanted) || wanted < 1 || wanted > MAX_COPIES)
      throw new RangeError(`Expected 1 to ${MAX_COPIES} copies, got ${wanted}`)
    signal?.throwIfAborted()
    const { collection, heads } = await this.#headsOf(target)
    if (heads.length === 0)
      throw new MeshError('ERR_MESH_NOT_FOUND', `This node holds nothing of ${String(target)}`)
    let refusal: MeshError | undefined
    let isTold = false
    const tell = async (ended: AbortSignal): Promise<void> => {
      try {
        await this.#init.publish(collection, { timeoutMs, signal: ended })
        isTold = true
      } catch (error) {
        // Alone there is nobody to tell: it is tried again when the others are asked again.
        if (error instanceof MeshError && error.code === 'ERR_MESH_MANIFEST') refusal = error
      }
    }
    const addresses = new Map<string, readonly string[]>()
    const { clients, timing } = this.#init
    const result = await collectCopies({
      heads,
      wanted,
      timeoutMs,
      signal,
      schedule: timing.schedule,
      candidates: async (ended) => {
        if (!isTold) await tell(ended)
        return isTold ? this.#candidates(collection, addresses, ended) : []
      },
      isOver: () => refusal !== undefined,
      hold: async (peer, some, ended) => {
        const known = addresses.get(peer)
        const client = await clients.to(peer, { signal: ended, ...(known && { addresses: known }) })
        await client.hold(some, { signal: ended })
      },
    })
    if (refusal !== undefined) throw refusal
    this.#init.onPublished(collection, isTold)
    if (orFail && result.copies < wanted) {
      throw new MeshError(
        'ERR_MESH_COPIES',
        `Expected ${wanted} copies of ${String(target)}, got ${result.copies} within ${timeoutMs} ms`,
      )
    }
    return result
  }

  /** Tells those who follow it of a new state of a collection. */
  tell(manifest: Manifest): void {
    this.#announcements.tell(manifest)
  }

  onJoined(peer: string): void {
    this.#follower.onJoined(peer)
  }

  onLeft(peer: string): void {
    this.#follower.onLeft(peer)
  }

  onComparing(peer: string): void {
    this.#follower.onComparing(peer)
  }

  async hold(peer: string, heads: readonly Head[]): Promise<void> {
    return this.#follower.hold(peer, heads)
  }

  async stop(): Promise<void> {
    this.#announcements.stop()
    await this.#follower.stop()
  }

  #takingOf(patterns: readonly string[] | undefined): Taking {
    if (!patterns)
      return {
        patterns: () => this.#follower.patterns(),
        test: (key) => this.#follower.matches(key),
      }
    const compiled = patterns.map((pattern) => compilePattern(parse(pattern)))
    return {
      patterns: () => patterns,
      test: (key) => compiled.some((one) => one.testKey(key)),
    }
  }

  async #headsOf(
    target: string | Address,
  ): Promise<{ readonly collection: string; readonly heads: readonly Head[] }> {
    if (typeof target === 'string' && !target.includes(':'))
      return { collection: target, heads: await this.#init.headsOf(target) }
    const key = keyOf(typeof target === 'string' ? parse(target) : target)
    const head = await this.#init.store.head(key)
    const heads = head ? [{ key, version: head.record.version, id: head.id }] : []
    return { collection: collectionOf(key), heads }
  }

  /** Nodes that listen to the project, and those that the DHT names. */
  async #candidates(
    collection: string,
    addresses: Map<string, readonly string[]>,
    signal: AbortSignal,
  ): Promise<string[]> {
    const { gossip, directory, self } = this.#init
    const found = new Set(gossip.subscribers(topicOf(projectOf(collection))))
    try {
      const { providers } = await directory.lookUp(collection, { signal })
      for (const { id, addresses: known } of providers) {
        found.add(id)
        addresses.set(id, known)
      }
    } catch {
      // Those who listen are enough to go on with.
    }
    found.delete(self)
    return [...found]
  }
}
