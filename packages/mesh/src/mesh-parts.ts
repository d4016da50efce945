import type { Dht } from '@bzzz/dht'
import { ContentFetcher } from './content-fetcher.ts'
import { Directory } from './directory.ts'
import { MeshError } from './errors.ts'
import { Followers } from './follow/followers.ts'
import { Health } from './health.ts'
import type { Instances } from './instances.ts'
import { JoinManager } from './join/join-manager.ts'
import { Reunion } from './join/reunion.ts'
import { Lifetime } from './lifetime.ts'
import { dhtKeyOf } from './manifest.ts'
import type { Membership } from './membership.ts'
import { Messages } from './messages/messages.ts'
import type { MeshInit } from './mesh-init.ts'
import type { MeshEvent } from './mesh.ts'
import type { NetworkNode } from './network-node.ts'
import { PeerClients } from './peer-clients.ts'
import type { PresenceBook } from './presence.ts'
import { Publisher } from './publisher.ts'
import { Renewal } from './renewal.ts'
import type { Reputation } from './reputation.ts'
import { Resolver } from './resolver.ts'
import { timingOf, type Timing } from './timing.ts'

const DEFAULT_FRESH_MS = 30_000

/** What all parts of a node share. */
export interface Surroundings {
  readonly node: NetworkNode
  readonly init: MeshInit
  readonly membership: Membership
  readonly presence: PresenceBook
  readonly reputation: Reputation
  readonly instances: Instances
}

/** The parts of a node, each made once and given those that it needs. */
export class MeshParts {
  readonly lifetime: Lifetime
  /** Peers with which hellos were exchanged. */
  readonly joined = new Set<string>()
  readonly timing: Timing
  readonly emit: (event: MeshEvent) => void
  /** As `emit`, for what a peer itself sent: lies count against it. */
  readonly judge: (event: MeshEvent) => void
  readonly dht: Dht
  readonly clients: PeerClients
  readonly directory: Directory
  readonly contents: ContentFetcher
  readonly resolver: Resolver
  readonly publisher: Publisher
  readonly renewal: Renewal
  readonly health: Health
  readonly joins: JoinManager
  readonly followers: Followers
  readonly messages: Messages
  readonly #membership: Membership
  readonly #node: NetworkNode
  readonly #reunion: Reunion
  readonly #instances: Instances

  constructor({ node, init, membership, presence, reputation, instances }: Surroundings) {
    this.#membership = membership
    this.#node = node
    this.#instances = instances
    this.timing = timingOf(init)
    this.lifetime = new Lifetime(this.timing.schedule)
    this.emit = init.onEvent ?? (() => {})
    this.judge = reputation.tell
    const { identity, store, freshMs = DEFAULT_FRESH_MS } = init
    const { timing, emit, judge, joined } = this
    const { now } = timing
    this.dht = init.dht?.(node.dht) ?? node.dht
    const { dht } = this
    const { peerId: self } = node
    const onHello = (peer: string): void => this.welcome(peer)
    const onBroken = (peer: string, error: MeshError): void =>
      judge({ type: 'refused', peer, key: '', error })
    this.clients = new PeerClients(node, membership, onHello, presence, onBroken, instances)
    this.directory = new Directory({ dht, self, now, freshMs, membership })
    const { clients, directory, lifetime } = this
    this.contents = new ContentFetcher({ store, clients, schedule: timing.schedule, emit: judge })
    const { contents } = this
    this.resolver = new Resolver({
      store,
      directory,
      clients,
      contents,
      self: identity.did,
      now,
      freshMs,
      emit: judge,
      membership,
    })
    this.publisher = new Publisher({
      identity,
      dht,
      announced: membership.announced(store),
      membership,
      directory,
      lifetime,
      now,
      emit,
      tell: (manifest) => this.followers.tell(manifest),
    })
    const { publisher } = this
    this.renewal = new Renewal({
      store: membership.announced(store),
      self: identity.did,
      timing,
      publish: async (collection) => publisher.publishQuietly(collection),
      provide: async (key) => publisher.provideQuietly(key),
      isAlone: () => !lifetime.isOpen || node.peers().length === 0,
    })
    this.health = new Health({
      peers: () => presence.peers(),
      ping: async (peer, options) => node.ping(peer, options),
      onAnswer: (peer, rttMs) => presence.measured(peer, rttMs),
      onSilent: (peer) => void node.hangUp(peer),
      timing,
    })
    this.joins = new JoinManager(
      {
        join: async (address, options) => this.meet(address, options),
        addressesOf: async (peer) => node.addressesOf(peer),
        self,
        timing,
        onBack: () => this.#reunion.tell(),
        emit,
      },
      { bootstrap: init.bootstrap ?? [], known: init.knownPeers },
    )
    const { joins } = this
    this.#reunion = new Reunion({ gossip: node.gossip, self, onHint: () => joins.onHint() })
    this.followers = new Followers({
      identity,
      store,
      self,
      gossip: node.gossip,
      membership,
      directory,
      clients,
      contents,
      joined,
      timing,
      emit,
      judge,
      takes: init.takes,
      publish: async (collection, options) => publisher.publish(collection, options),
      onPublished: (collection, isPublished) => {
        if (isPublished) this.renewal.keep(collection)
        else this.renewal.announce(collection)
      },
      headsOf: async (collection) => publisher.headsOf(collection),
      provide: (collection) => this.renewal.provide(dhtKeyOf(collection)),
    })
    this.messages = new Messages({ gossip: node.gossip, identity, membership, now, emit })
    node.onConnect((peer) => this.joins.onConnected(peer))
    node.onDisconnect((peer) => {
      if (joined.delete(peer)) emit({ type: 'left', peer })
      presence.left(peer)
      this.joins.onLeft(peer)
      this.followers.onLeft(peer)
      instances.left(peer)
    })
  }

  /** Begins what a node does by itself. */
  async start(): Promise<void> {
    this.renewal.start()
    this.health.start()
    await this.joins.start()
  }

  /** Connects to an address and exchanges hellos. @returns the other node's peer id. */
  async meet(address: string, { signal }: { readonly signal: AbortSignal }): Promise<string> {
    try {
      const peer = await this.#node.dial(address, { signal })
      await this.clients.to(peer, { signal })
      return peer
    } catch (cause) {
      signal.throwIfAborted()
      if (cause instanceof MeshError && cause.code === 'ERR_MESH_BUSY') throw cause
      if (cause instanceof MeshError && cause.code === 'ERR_MESH_MEMBERSHIP') {
        this.emit({ type: 'refused', peer: address, key: '', error: cause })
        throw cause
      }
      throw new MeshError('ERR_MESH_UNREACHABLE', `No node of the mesh answers at ${address}`, {
        cause,
      })
    }
  }

  /** Takes note of a peer with which hellos were exchanged, and tells it what was announced. */
  welcome(peer: string): void {
    if (!this.lifetime.isOpen) return
    if (this.#membership.hasRules) this.#node.gossip.introduce(peer)
    if (this.joined.has(peer)) return
    this.joined.add(peer)
    this.emit({ type: 'joined', peer })
    this.joins.onJoined(peer)
    void this.health.check(peer)
    this.renewal.onJoined()
    this.followers.onJoined(peer)
  }

  async stop(): Promise<void> {
    this.lifetime.end()
    this.health.stop()
    this.#reunion.stop()
    this.#instances.stop()
    await this.joins.stop()
    await this.followers.stop()
    this.messages.stop()
    await this.renewal.stop()
    this.clients.close()
    await this.#node.stop()
  }
}
