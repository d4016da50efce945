import type { ContextVersion, StoredVersion } from '@bzzz/context-store'
import type { Dht, Provider, Receipt } from '@bzzz/dht'
import { parse, type Address } from '@bzzz/ucxl-address'
import { MeshError } from './errors.ts'
import { examine, type Diagnosis } from './doctor.ts'
import { findMembers, type Facet } from './facets.ts'
import type { Copies, Follow, ReplicateOptions } from './follow/follow.ts'
import { within } from './follow/deadline.ts'
import type { JoinState } from './join/join-target.ts'
import { headsDigest, type Head, type Manifest } from './manifest.ts'
import type { Membership } from './membership.ts'
import type { MeshInit } from './mesh-init.ts'
import { MeshParts, type Surroundings } from './mesh-parts.ts'
import type { CollectionState, Mesh, MeshCallOptions, Origin, ResolveOptions } from './mesh.ts'
import type { HeardMessage, Topic } from './messages/messaging.ts'
import type { NetworkNode } from './network-node.ts'
import type { Presence, PresenceBook } from './presence.ts'
import type { QueryOptions, QueryResult } from './query-contract.ts'
import { runQuery } from './query.ts'
import type { HeadTuple } from './reconcile/comparing.ts'
import type { OfferAnswer } from './reconcile/reconciler.ts'
import type { ReconcileOptions, ReconcileReport } from './reconcile/report.ts'

const PASS_ON_MS = 10_000
const OFFER_MS = 60_000
// Timelines that a collection may have gained since its manifest was signed.
const MAX_AHEAD = 10_000

/** A node of the mesh: what its users and the other nodes ask, handed to its parts. */
export class MeshNode implements Mesh {
  readonly #node: NetworkNode
  readonly #init: MeshInit
  readonly #membership: Membership
  readonly #presence: PresenceBook
  readonly #parts: MeshParts

  constructor(surroundings: Surroundings) {
    this.#node = surroundings.node
    this.#init = surroundings.init
    this.#membership = surroundings.membership
    this.#presence = surroundings.presence
    this.#parts = new MeshParts(surroundings)
  }

  get peerId(): string {
    return this.#node.peerId
  }

  get addresses(): readonly string[] {
    return this.#node.addresses
  }

  get dht(): Dht {
    return this.#parts.dht
  }

  peers(): string[] {
    return this.#node.peers()
  }

  /** Begins what a node does by itself. */
  async start(): Promise<void> {
    await this.#parts.start()
  }

  welcome(peer: string): void {
    this.#parts.welcome(peer)
  }

  hangUp(peer: string): void {
    void this.#node.hangUp(peer)
  }

  async knownProviders(key: string): Promise<readonly Provider[]> {
    return this.#node.knownProviders(key)
  }

  found(peer: string, addresses: readonly string[]): void {
    this.#parts.joins.found(addresses, peer)
  }

  presence(): Presence[] {
    const connected = new Set(this.#node.peers())
    return this.#presence.list().filter(({ peer }) => connected.has(peer))
  }

  joins(): JoinState[] {
    return this.#parts.joins.states()
  }

  async ready({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    signal?.throwIfAborted()
    this.#parts.lifetime.assertOpen()
    const ends = signal ? [signal, this.#parts.lifetime.signal] : [this.#parts.lifetime.signal]
    if (!this.#init.alone) await this.#node.ready({ signal: AbortSignal.any(ends) })
  }

  async join(address: string, options?: MeshCallOptions): Promise<string> {
    return this.#parts.lifetime.call(options, async (signal) => {
      const peer = await this.#parts.meet(address, { signal })
      await this.#node.ready({ signal })
      return peer
    })
  }

  async publish(
    collection: string,
    options?: MeshCallOptions,
  ): Promise<Receipt & { readonly manifest: Manifest }> {
    return this.#parts.publisher.publish(collection, options)
  }

  announce(collection: string): void {
    this.#parts.renewal.announce(collection)
  }

  async collection(name: string, options?: MeshCallOptions): Promise<CollectionState> {
    return this.#parts.lifetime.call(options, async (signal) => {
      const { manifest, providers } = await this.#parts.directory.lookUp(name, {
        signal,
        renew: true,
      })
      return this.#parts.resolver.fromAny(
        providers,
        { collection: name, signal },
        async (client) => {
          const heads: Head[] = []
          for await (const head of client.heads(name, { signal })) {
            heads.push(head)
            if (heads.length > manifest.timelines + MAX_AHEAD)
              throw new MeshError('ERR_MESH_PROTOCOL', `${client.peer} lists heads without end`)
          }
          const fits = headsDigest(heads) === manifest.heads
          return { manifest, heads, provider: client.peer, fits }
        },
      )
    })
  }

  async *providersOf(facet: Facet, options: MeshCallOptions = {}): AsyncGenerator<Provider> {
    this.#parts.lifetime.assertOpen()
    const { dht, clients, timing } = this.#parts
    const { peerId: self } = this.#node
    const { schedule } = timing
    const from = { dht, self, clients, peers: this.#node.peers(), schedule }
    yield* findMembers(facet, from, options)
  }

  query(
    pattern: string | Address | readonly (string | Address)[],
    options: QueryOptions = {},
  ): QueryResult {
    this.#parts.lifetime.assertOpen()
    return runQuery([pattern].flat(), options, {
      store: this.#init.store,
      clients: this.#parts.clients,
      membership: this.#membership,
      peers: () => this.#node.peers(),
      providersOf: (facet, signal) => this.providersOf(facet, { signal }),
      schedule: this.#parts.timing.schedule,
      emit: this.#parts.judge,
    })
  }

  async refresh(key: string, options?: MeshCallOptions): Promise<Origin> {
    return this.#parts.lifetime.call(options, async (signal) =>
      this.#parts.resolver.refresh(key, { signal, renew: true }),
    )
  }

  async reconcile(
    peer: string,
    { pattern = '', ...options }: ReconcileOptions = {},
  ): Promise<ReconcileReport> {
    return this.#parts.lifetime.call(options, async (signal) =>
      this.#parts.followers.reconciler.reconcile(peer, { pattern, signal }),
    )
  }

  /** The patterns of which this node takes what others hand over. */
  takes(): readonly string[] {
    return this.#parts.followers.taking.patterns()
  }

  /** Takes note of a peer that compares what it has with what this node has. */
  comparing(peer: string): void {
    this.#parts.followers.onComparing(peer)
  }

  /** Fetches what another node says that this one lacks. */
  async offered(peer: string, heads: readonly HeadTuple[]): Promise<OfferAnswer> {
    return this.#parts.lifetime.call({ timeoutMs: OFFER_MS }, async (signal) =>
      this.#parts.followers.reconciler.offered(peer, heads, signal),
    )
  }

  async resolve(
    address: string | Address,
    options: ResolveOptions = {},
  ): Promise<StoredVersion & Origin> {
    const parsed = typeof address === 'string' ? parse(address) : address
    return this.#parts.lifetime.call(options, async (signal) =>
      this.#parts.resolver.resolve(parsed, { ...options, signal }),
    )
  }

  async get(
    address: string | Address,
    options: ResolveOptions = {},
  ): Promise<ContextVersion & Origin> {
    const parsed = typeof address === 'string' ? parse(address) : address
    // What is settled here needs neither a deadline nor anybody else.
    const settled = this.#parts.lifetime.isOpen
      ? await this.#parts.resolver.getSettled(parsed, options)
      : undefined
    return (
      settled ??
      this.#parts.lifetime.call(options, async (signal) =>
        this.#parts.resolver.get(parsed, { ...options, signal }),
      )
    )
  }

  follow(pattern: string | Address): Follow {
    this.#parts.lifetime.assertOpen()
    return this.#parts.followers.follow(pattern)
  }

  async replicate(target: string | Address, options?: ReplicateOptions): Promise<Copies> {
    this.#parts.lifetime.assertOpen()
    return this.#parts.followers.replicate(target, options)
  }

  async hold(peer: string, heads: readonly Head[]): Promise<void> {
    this.#parts.lifetime.assertOpen()
    return this.#parts.followers.hold(peer, heads)
  }

  async say(topic: Topic, kind: string, body: unknown): Promise<number> {
    this.#parts.lifetime.assertOpen()
    return this.#parts.messages.say(topic, kind, body)
  }

  hear(topic: Topic, kind: string, listener: (message: HeardMessage) => void): () => void {
    this.#parts.lifetime.assertOpen()
    return this.#parts.messages.hear(topic, kind, listener)
  }

  async spread(options?: MeshCallOptions): Promise<number> {
    return this.#parts.lifetime.call(options, async (signal) => {
      const told = await this.#parts.clients.tell({ signal })
      await this.#partFromOthers()
      return told
    })
  }

  /** Whoever is no member any more is not kept on the line. */
  async #partFromOthers(): Promise<void> {
    const others = this.#presence.peers().filter((peer) => !this.#membership.isMember(peer))
    await Promise.all(others.map(async (peer) => this.#node.hangUp(peer)))
  }

  /** Tells the others what a peer told this node. */
  async passOn(peer: string): Promise<void> {
    if (!this.#parts.lifetime.isOpen) return
    const { clients, lifetime, timing } = this.#parts
    const limit = { schedule: timing.schedule, ms: PASS_ON_MS, signal: lifetime.signal }
    await within(limit, async (signal) => clients.tell({ signal, except: peer }))
    await this.#partFromOthers()
  }

  async doctor(options?: MeshCallOptions): Promise<Diagnosis> {
    const { lifetime, dht, joined, joins, timing } = this.#parts
    const { addresses, peerId } = this.#node
    const [standing] = this.#membership.standingOf(peerId) ?? []
    return lifetime.call(options, async (signal) =>
      examine(
        {
          identity: this.#init.identity,
          name: standing?.name ?? `node-${peerId.slice(-12).toLowerCase()}`,
          dht,
          addresses,
          peers: this.#node.peers(),
          joined,
          joins: joins.states(),
          known: this.#node.knownPeers(),
          alone: this.#init.alone ?? false,
          now: timing.now(),
        },
        signal,
      ),
    )
  }

  async stop(): Promise<void> {
    if (this.#parts.lifetime.isOpen) await this.#parts.stop()
  }
}
