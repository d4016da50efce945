import type { ContextStore, ContextVersion, Schedule, StoredVersion } from '@bzzz/context-store'
import { DhtError, withDeadline, type Dht, type Provider, type Receipt } from '@bzzz/dht'
import type { Identity } from '@bzzz/identity'
import { parse, type Address } from '@bzzz/ucxl-address'
import { ContentFetcher } from './content-fetcher.ts'
import { Directory } from './directory.ts'
import { MeshError } from './errors.ts'
import { assertFacetKey, findMembers, type Facet } from './facets.ts'
import { Health } from './health.ts'
import type { Copies, Follow, ReplicateOptions } from './follow/follow.ts'
import { Followers } from './follow/followers.ts'
import { HelloGate } from './join/hello-gate.ts'
import { JoinManager } from './join/join-manager.ts'
import type { JoinState } from './join/join-target.ts'
import type { KnownPeers } from './join/known-peers.ts'
import { startNode, type NetworkNode } from './libp2p/node.ts'
import {
  dhtKeyOf,
  encodeManifest,
  headsDigest,
  manifestRules,
  signManifest,
  type Head,
  type Manifest,
} from './manifest.ts'
import { Membership, type MeshCluster } from './membership.ts'
import type {
  CollectionState,
  Mesh,
  MeshCallOptions,
  MeshEvent,
  Origin,
  ResolveOptions,
} from './mesh.ts'
import { PeerClients } from './peer-clients.ts'
import type { HeadTuple } from './reconcile/comparing.ts'
import type { OfferAnswer } from './reconcile/reconciler.ts'
import type { ReconcileOptions, ReconcileReport } from './reconcile/report.ts'
import { Resolver } from './resolver.ts'
import { PresenceBook, type About, type Presence } from './presence.ts'
import type { QueryOptions, QueryResult } from './query-contract.ts'
import { runQuery } from './query.ts'
import { Renewal } from './renewal.ts'
import { MAX_MESSAGE_BYTES, SYNC_PROTOCOL } from './sync-messages.ts'
import { headsPage, serveSync } from './sync-server.ts'
import { timingOf } from './timing.ts'

export interface MeshInit {
  /** Whose node it is: signs manifests, and is the node's key on the network. */
  readonly identity: Identity
  /** What this node holds; it stays the caller's to close. */
  readonly store: ContextStore
  /** Multiaddrs to listen on; `/ip4/127.0.0.1/tcp/0` (loopback, any free port) if left out. */
  readonly listen?: readonly string[]
  /** Milliseconds since 1970; the system's clock if left out. */
  readonly now?: () => number
  /** How long what was learned of others counts as fresh, in milliseconds; 30,000 if left out. */
  readonly freshMs?: number
  /**
   * Multiaddrs of nodes to join at the start, and again when they are lost. A list that all nodes
   * share may hold this node's own address. None if left out.
   */
  readonly bootstrap?: readonly string[]
  /** Where known peers are kept over a restart ({@link fileKnownPeers}); nowhere if left out. */
  readonly knownPeers?: KnownPeers
  /** Looks for nodes on the local network by multicast DNS, and is found; false if left out. */
  readonly mdns?: boolean
  /** What this node says of itself to those it meets; nothing if left out. */
  readonly about?: About
  /** This node is the first, or the only one: it is ready without others. False if left out. */
  readonly alone?: boolean
  /** A number from 0 up to but not including 1; the system's if left out. */
  readonly random?: () => number
  /** Calls back once after so many milliseconds; the system's timer if left out. */
  readonly schedule?: Schedule
  /** The cluster whose members alone are talked to; with everybody if left out. */
  readonly cluster?: MeshCluster
  /**
   * Patterns whose timelines other nodes may hand over when they compare what both have, such as
   * `ucxl://any:any@shop:any/**`, 64 at most; those that it follows if left out.
   */
  readonly takes?: readonly string[]
  readonly onEvent?: (event: MeshEvent) => void
}

const DEFAULT_LISTEN = ['/ip4/127.0.0.1/tcp/0']
const DEFAULT_FRESH_MS = 30_000
const PASS_ON_MS = 10_000
const OFFER_MS = 60_000

/** Starts a node of the mesh. @throws `ERR_MESH_LISTEN` where it cannot listen. */
export async function createMesh(init: MeshInit): Promise<Mesh> {
  // Others may say hello before the node is whole.
  const mesh = Promise.withResolvers<MeshNode>()
  const onHello = (peer: string): void => void mesh.promise.then((node) => node.welcome(peer))
  const onStatements = (peer: string): void => void mesh.promise.then((node) => node.passOn(peer))
  const emit = init.onEvent ?? (() => {})
  const onRefused = (peer: string, error: unknown): void =>
    emit({ type: 'refused', peer, key: '', error })
  const membership = new Membership({
    cluster: init.cluster,
    self: init.identity.did,
    now: init.now ?? Date.now,
    emit,
  })
  const presence = new PresenceBook({ about: init.about, now: timingOf(init).now, membership })
  const gate = new HelloGate(timingOf(init).now)
  const admit = (peer: string): boolean => gate.admit(peer)
  const providersOf = async (key: string): Promise<readonly Provider[]> => {
    assertFacetKey(key)
    return mesh.promise.then((whole) => whole.knownProviders(key))
  }
  const hold = async (peer: string, heads: readonly Head[]): Promise<void> =>
    (await mesh.promise).hold(peer, heads)
  const onOffer = async (peer: string, heads: readonly HeadTuple[]): Promise<OfferAnswer> =>
    (await mesh.promise).offered(peer, heads)
  const takes = async (): Promise<readonly string[]> => (await mesh.promise).takes()
  const told = { onHello, onStatements, onRefused, admit, presence, providersOf }
  const serving = { store: init.store, membership, ...told, hold, onOffer, takes }
  const onFound = (peer: string, addresses: readonly string[]): void =>
    void mesh.promise.then((node) => node.found(peer, addresses))
  const node = await startNode({
    identity: init.identity,
    listen: init.listen ?? DEFAULT_LISTEN,
    rules: { ucxl: manifestRules((manifest) => membership.assertMayAnnounce(manifest)) },
    protocol: SYNC_PROTOCOL,
    maxMessageBytes: MAX_MESSAGE_BYTES,
    serve: async (channel) => serveSync(channel, serving),
    ...(init.mdns && { onFound }),
    gossip: {
      now: init.now ?? Date.now,
      schedule: timingOf(init).schedule,
      mayHear: (peer) => membership.isMember(peer),
      onRefused,
    },
  })
  const whole = new MeshNode(node, init, { membership, presence })
  mesh.resolve(whole)
  await whole.begin()
  return whole
}

class MeshNode implements Mesh {
  readonly #node: NetworkNode
  readonly #identity: Identity
  readonly #store: ContextStore
  readonly #membership: Membership
  readonly #now: () => number
  readonly #emit: (event: MeshEvent) => void
  readonly #clients: PeerClients
  readonly #directory: Directory
  readonly #resolver: Resolver
  readonly #renewal: Renewal
  /** The manifests that this node put last: a DHT that lost one does not make it begin anew. */
  readonly #manifests = new Map<string, Manifest>()
  readonly #joins: JoinManager
  readonly #presence: PresenceBook
  readonly #health: Health
  readonly #alone: boolean
  readonly #ended = new AbortController()
  readonly #followers: Followers
  /** Peers with which hellos were exchanged. */
  readonly #joined = new Set<string>()
  #open = true

  constructor(
    node: NetworkNode,
    init: MeshInit,
    { membership, presence }: { membership: Membership; presence: PresenceBook },
  ) {
    this.#node = node
    this.#presence = presence
    this.#health = new Health({
      peers: () => presence.peers(),
      ping: async (peer, options) => node.ping(peer, options),
      onAnswer: (peer, rttMs) => presence.measured(peer, rttMs),
      onSilent: (peer) => void node.hangUp(peer),
      timing: timingOf(init),
    })
    this.#membership = membership
    this.#identity = init.identity
    this.#store = init.store
    this.#now = init.now ?? Date.now
    this.#emit = init.onEvent ?? (() => {})
    this.#clients = new PeerClients(node, membership, (peer) => this.welcome(peer), presence)
    const freshMs = init.freshMs ?? DEFAULT_FRESH_MS
    this.#directory = new Directory({
      dht: node.dht,
      self: node.peerId,
      now: this.#now,
      freshMs,
      membership,
    })
    const contents = new ContentFetcher({
      store: init.store,
      clients: this.#clients,
      schedule: timingOf(init).schedule,
      emit: this.#emit,
    })
    this.#resolver = new Resolver({
      store: init.store,
      directory: this.#directory,
      clients: this.#clients,
      contents,
      self: init.identity.did,
      now: this.#now,
      freshMs,
      emit: this.#emit,
      membership,
    })
    this.#renewal = new Renewal({
      store: membership.announced(init.store),
      self: init.identity.did,
      timing: timingOf(init),
      publish: async (collection) => this.#publishQuietly(collection),
      provide: async (key) => this.#provideQuietly(key),
      isAlone: () => !this.#open || node.peers().length === 0,
    })
    this.#alone = init.alone ?? false
    this.#joins = new JoinManager(
      {
        join: async (address, options) => this.#meet(address, options),
        addressesOf: async (peer) => node.addressesOf(peer),
        self: node.peerId,
        timing: timingOf(init),
        emit: this.#emit,
      },
      { bootstrap: init.bootstrap ?? [], known: init.knownPeers },
    )
    this.#followers = new Followers({
      ...init,
      self: node.peerId,
      gossip: node.gossip,
      membership,
      directory: this.#directory,
      clients: this.#clients,
      contents,
      joined: this.#joined,
      timing: timingOf(init),
      emit: this.#emit,
      publish: async (collection, options) => this.publish(collection, options),
      headsOf: async (collection) => this.#ownHeads(collection),
      provide: (collection) => this.#renewal.provide(dhtKeyOf(collection)),
    })
    node.onDisconnect((peer) => {
      if (this.#joined.delete(peer)) this.#emit({ type: 'left', peer })
      presence.left(peer)
      this.#joins.onLeft(peer)
    })
  }

  get peerId(): string {
    return this.#node.peerId
  }

  get addresses(): readonly string[] {
    return this.#node.addresses
  }

  get dht(): Dht {
    return this.#node.dht
  }

  peers(): string[] {
    return this.#node.peers()
  }

  /** Begins what a node does by itself. */
  async begin(): Promise<void> {
    this.#renewal.start()
    this.#health.start()
    await this.#joins.start()
  }

  async knownProviders(key: string): Promise<readonly Provider[]> {
    return this.#node.knownProviders(key)
  }

  found(peer: string, addresses: readonly string[]): void {
    this.#joins.found(addresses, peer)
  }

  presence(): Presence[] {
    const connected = new Set(this.#node.peers())
    return this.#presence.list().filter(({ peer }) => connected.has(peer))
  }

  joins(): JoinState[] {
    return this.#joins.states()
  }

  async ready({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    signal?.throwIfAborted()
    this.#assertOpen()
    const ends = signal ? [signal, this.#ended.signal] : [this.#ended.signal]
    if (!this.#alone) await this.#node.ready({ signal: AbortSignal.any(ends) })
  }

  /** Takes note of a peer with which hellos were exchanged, and tells it what was announced. */
  welcome(peer: string): void {
    if (!this.#open || this.#joined.has(peer)) return
    this.#joined.add(peer)
    this.#emit({ type: 'joined', peer })
    this.#joins.onJoined(peer)
    void this.#health.check(peer)
    this.#renewal.onJoined()
    this.#followers.onJoined(peer)
  }

  async join(address: string, options?: MeshCallOptions): Promise<string> {
    return this.#call(options, async (signal) => {
      const peer = await this.#meet(address, { signal })
      await this.#node.ready({ signal })
      return peer
    })
  }

  /** Connects and exchanges hellos. */
  async #meet(address: string, { signal }: { readonly signal: AbortSignal }): Promise<string> {
    try {
      const peer = await this.#node.dial(address, { signal })
      await this.#clients.to(peer, { signal })
      return peer
    } catch (cause) {
      signal.throwIfAborted()
      if (cause instanceof MeshError && cause.code === 'ERR_MESH_BUSY') throw cause
      if (cause instanceof MeshError && cause.code === 'ERR_MESH_MEMBERSHIP') {
        this.#emit({ type: 'refused', peer: address, key: '', error: cause })
        throw cause
      }
      throw new MeshError('ERR_MESH_UNREACHABLE', `No node of the mesh answers at ${address}`, {
        cause,
      })
    }
  }

  async publish(
    collection: string,
    options?: MeshCallOptions,
  ): Promise<Receipt & { readonly manifest: Manifest }> {
    return this.#call(options, async (signal) => {
      const found = await this.#directory.manifest(collection, { signal })
      const last = this.#manifests.get(collection)
      const standing = found && found.sequence >= (last?.sequence ?? 0) ? found : last
      if (!this.#membership.hasRules && standing && standing.writer !== this.#identity.did) {
        throw new MeshError(
          'ERR_MESH_MANIFEST',
          `The collection ${collection} belongs to ${standing.writer}: write under an agent name of your own`,
        )
      }
      const heads = await this.#ownHeads(collection)
      // A state that was announced before is put again as it is.
      const manifest =
        standing && standing.writer === this.#identity.did && standing.heads === headsDigest(heads)
          ? standing
          : signManifest(
              { collection, sequence: (standing?.sequence ?? 0) + 1, heads, now: this.#now() },
              this.#identity,
            )
      this.#membership.assertMayAnnounce(manifest)
      this.#followers.tell(manifest)
      const key = dhtKeyOf(collection)
      const receipt = await this.#node.dht.putValue(key, encodeManifest(manifest), { signal })
      this.#manifests.set(collection, manifest)
      await this.#node.dht.provide(key, { signal })
      return { ...receipt, manifest }
    })
  }

  announce(collection: string): void {
    this.#renewal.announce(collection)
  }

  async collection(name: string, options?: MeshCallOptions): Promise<CollectionState> {
    return this.#call(options, async (signal) => {
      const { manifest, providers } = await this.#directory.lookUp(name, { signal, renew: true })
      return this.#resolver.fromAny(providers, { collection: name, signal }, async (client) => {
        const heads: Head[] = []
        for await (const head of client.heads(name, { signal })) heads.push(head)
        const fits = headsDigest(heads) === manifest.heads
        return { manifest, heads, provider: client.peer, fits }
      })
    })
  }

  async *providersOf(facet: Facet, options: MeshCallOptions = {}): AsyncGenerator<Provider> {
    this.#assertOpen()
    const { dht, peerId: self } = this.#node
    const from = { dht, self, clients: this.#clients, peers: this.#node.peers() }
    yield* findMembers(facet, from, options)
  }

  query(
    pattern: string | Address | readonly (string | Address)[],
    options: QueryOptions = {},
  ): QueryResult {
    this.#assertOpen()
    return runQuery([pattern].flat(), options, {
      store: this.#store,
      clients: this.#clients,
      membership: this.#membership,
      peers: () => this.#node.peers(),
      providersOf: (facet, signal) => this.providersOf(facet, { signal }),
      emit: this.#emit,
    })
  }

  async refresh(key: string, options?: MeshCallOptions): Promise<Origin> {
    return this.#call(options, async (signal) =>
      this.#resolver.refresh(key, { signal, renew: true }),
    )
  }

  async reconcile(
    peer: string,
    { pattern = '', ...options }: ReconcileOptions = {},
  ): Promise<ReconcileReport> {
    return this.#call(options, async (signal) =>
      this.#followers.reconciler.reconcile(peer, { pattern, signal }),
    )
  }

  /** Fetches what another node says that this one lacks. */
  /** The patterns of which this node takes what others hand over. */
  takes(): readonly string[] {
    return this.#followers.taking.patterns()
  }

  async offered(peer: string, heads: readonly HeadTuple[]): Promise<OfferAnswer> {
    return this.#call({ timeoutMs: OFFER_MS }, async (signal) =>
      this.#followers.reconciler.offered(peer, heads, signal),
    )
  }

  async resolve(
    address: string | Address,
    options: ResolveOptions = {},
  ): Promise<StoredVersion & Origin> {
    const parsed = typeof address === 'string' ? parse(address) : address
    return this.#call(options, async (signal) =>
      this.#resolver.resolve(parsed, { ...options, signal }),
    )
  }

  async get(
    address: string | Address,
    options: ResolveOptions = {},
  ): Promise<ContextVersion & Origin> {
    const parsed = typeof address === 'string' ? parse(address) : address
    // What is settled here needs neither a deadline nor anybody else.
    const settled = this.#open ? await this.#resolver.getSettled(parsed, options) : undefined
    return (
      settled ??
      this.#call(options, async (signal) => this.#resolver.get(parsed, { ...options, signal }))
    )
  }

  follow(pattern: string | Address): Follow {
    this.#assertOpen()
    return this.#followers.follow(pattern)
  }

  async replicate(target: string | Address, options?: ReplicateOptions): Promise<Copies> {
    this.#assertOpen()
    return this.#followers.replicate(target, options)
  }

  async hold(peer: string, heads: readonly Head[]): Promise<void> {
    this.#assertOpen()
    return this.#followers.hold(peer, heads)
  }

  async spread(options?: MeshCallOptions): Promise<number> {
    return this.#call(options, async (signal) => this.#clients.tell({ signal }))
  }

  /** Tells the others what a peer told this node. */
  async passOn(peer: string): Promise<void> {
    if (!this.#open) return
    const signal = AbortSignal.timeout(PASS_ON_MS)
    await this.#clients.tell({ signal, except: peer })
  }

  async stop(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    this.#ended.abort(new MeshError('ERR_MESH_CLOSED', 'The node has left the mesh'))
    this.#health.stop()
    await this.#joins.stop()
    await this.#followers.stop()
    await this.#renewal.stop()
    this.#clients.close()
    await this.#node.stop()
  }

  async #ownHeads(collection: string): Promise<Head[]> {
    const store = this.#membership.announced(this.#store)
    const heads: Head[] = []
    let more = true
    while (more) {
      const page = await headsPage(store, collection, heads.at(-1)?.key ?? '')
      heads.push(...page.heads)
      more = page.more
    }
    return heads
  }

  async #publishQuietly(collection: string): Promise<number | undefined> {
    try {
      const { manifest, stored } = await this.publish(collection)
      this.#emit({ type: 'announced', collection, sequence: manifest.sequence, stored })
      return stored
    } catch (error) {
      this.#emit({ type: 'announce-failed', collection, error })
      return error instanceof MeshError && error.code === 'ERR_MESH_MANIFEST' ? undefined : 0
    }
  }

  async #provideQuietly(key: string): Promise<number> {
    try {
      return (
        await this.#call(undefined, async (signal) => this.#node.dht.provide(key, { signal }))
      ).stored
    } catch (error) {
      this.#emit({ type: 'provide-failed', key, error })
      return 0
    }
  }

  async #call<Result>(
    options: MeshCallOptions | undefined,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    this.#assertOpen()
    try {
      return await withDeadline(options, work)
    } catch (error) {
      if (error instanceof DhtError && error.code === 'ERR_DHT_TIMEOUT') {
        throw new MeshError('ERR_MESH_TIMEOUT', error.message, { cause: error })
      }
      throw error
    }
  }

  #assertOpen(): void {
    if (!this.#open) throw new MeshError('ERR_MESH_CLOSED', 'The node has left the mesh')
  }
}
