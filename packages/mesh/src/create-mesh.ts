import type { ContextStore, ContextVersion, StoredVersion } from '@bzzz/context-store'
import { DhtError, withDeadline, type Dht, type Receipt } from '@bzzz/dht'
import type { Identity } from '@bzzz/identity'
import { parse, type Address } from '@bzzz/ucxl-address'
import { Announcer } from './announcer.ts'
import { Directory } from './directory.ts'
import { MeshError } from './errors.ts'
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
import { Reconciler, type OfferAnswer } from './reconcile/reconciler.ts'
import type { ReconcileOptions, ReconcileReport } from './reconcile/report.ts'
import { Resolver } from './resolver.ts'
import { MAX_MESSAGE_BYTES, SYNC_PROTOCOL } from './sync-messages.ts'
import { headsPage, serveSync } from './sync-server.ts'

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
  /** The cluster whose members alone are talked to; with everybody if left out. */
  readonly cluster?: MeshCluster
  /**
   * Patterns whose timelines other nodes may hand over when they compare what both have, such as
   * `ucxl://any:any@shop:any/**`; all if left out.
   */
  readonly takes?: readonly string[]
  readonly onEvent?: (event: MeshEvent) => void
}

const DEFAULT_LISTEN = ['/ip4/127.0.0.1/tcp/0']
const DEFAULT_FRESH_MS = 30_000
const DEFAULT_TAKES = ['ucxl://any:any@any:any/**']
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
  const onOffer = async (peer: string, heads: readonly HeadTuple[]): Promise<OfferAnswer> =>
    (await mesh.promise).offered(peer, heads)
  const serving = { store: init.store, membership, onHello, onStatements, onRefused, onOffer }
  const node = await startNode({
    identity: init.identity,
    listen: init.listen ?? DEFAULT_LISTEN,
    rules: { ucxl: manifestRules((manifest) => membership.assertMayAnnounce(manifest)) },
    protocol: SYNC_PROTOCOL,
    maxMessageBytes: MAX_MESSAGE_BYTES,
    serve: async (channel) => serveSync(channel, serving),
  })
  mesh.resolve(new MeshNode(node, init, membership))
  return mesh.promise
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
  readonly #announcer: Announcer
  readonly #reconciler: Reconciler
  readonly #announced = new Set<string>()
  /** Peers with which hellos were exchanged. */
  readonly #joined = new Set<string>()
  #open = true

  constructor(node: NetworkNode, init: MeshInit, membership: Membership) {
    this.#node = node
    this.#membership = membership
    this.#identity = init.identity
    this.#store = init.store
    this.#now = init.now ?? Date.now
    this.#emit = init.onEvent ?? (() => {})
    this.#clients = new PeerClients(node, membership, (peer) => this.welcome(peer))
    const freshMs = init.freshMs ?? DEFAULT_FRESH_MS
    this.#directory = new Directory({
      dht: node.dht,
      self: node.peerId,
      now: this.#now,
      freshMs,
      membership,
    })
    this.#resolver = new Resolver({
      store: init.store,
      directory: this.#directory,
      clients: this.#clients,
      self: init.identity.did,
      now: this.#now,
      freshMs,
      emit: this.#emit,
      membership,
    })
    this.#reconciler = new Reconciler({
      store: init.store,
      membership,
      emit: this.#emit,
      takes: init.takes ?? DEFAULT_TAKES,
      clientOf: async (peer, options) => this.#clients.to(peer, options),
    })
    this.#announcer = new Announcer(async (collection) => this.#publishQuietly(collection))
    node.onDisconnect((peer) => {
      if (this.#joined.delete(peer)) this.#emit({ type: 'left', peer })
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

  /** Takes note of a peer with which hellos were exchanged, and tells it what was announced. */
  welcome(peer: string): void {
    if (!this.#open || this.#joined.has(peer)) return
    this.#joined.add(peer)
    this.#emit({ type: 'joined', peer })
    for (const collection of this.#announced) this.#announcer.request(collection)
  }

  async join(address: string, options?: MeshCallOptions): Promise<string> {
    return this.#call(options, async (signal) => {
      let peer: string
      try {
        peer = await this.#node.dial(address, { signal })
        await this.#clients.to(peer, { signal })
      } catch (cause) {
        signal.throwIfAborted()
        if (cause instanceof MeshError && cause.code === 'ERR_MESH_MEMBERSHIP') {
          this.#emit({ type: 'refused', peer: address, key: '', error: cause })
          throw cause
        }
        throw new MeshError('ERR_MESH_UNREACHABLE', `No node of the mesh answers at ${address}`, {
          cause,
        })
      }
      await this.#node.ready({ signal })
      return peer
    })
  }

  async publish(
    collection: string,
    options?: MeshCallOptions,
  ): Promise<Receipt & { readonly manifest: Manifest }> {
    return this.#call(options, async (signal) => {
      const standing = await this.#directory.manifest(collection, { signal })
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
      const key = dhtKeyOf(collection)
      const receipt = await this.#node.dht.putValue(key, encodeManifest(manifest), { signal })
      await this.#node.dht.provide(key, { signal })
      return { ...receipt, manifest }
    })
  }

  announce(collection: string): void {
    this.#announced.add(collection)
    this.#announcer.request(collection)
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
      this.#reconciler.reconcile(peer, { pattern, signal }),
    )
  }

  /** Fetches what another node says that this one lacks. */
  async offered(peer: string, heads: readonly HeadTuple[]): Promise<OfferAnswer> {
    return this.#call({ timeoutMs: OFFER_MS }, async (signal) =>
      this.#reconciler.offered(peer, heads, signal),
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
    await this.#announcer.stop()
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

  async #publishQuietly(collection: string): Promise<void> {
    // Alone there is nobody to tell; whoever joins is told.
    if (!this.#open || this.#node.peers().length === 0) return
    try {
      const { manifest, stored } = await this.publish(collection)
      this.#emit({ type: 'announced', collection, sequence: manifest.sequence, stored })
    } catch (error) {
      this.#emit({ type: 'announce-failed', collection, error })
    }
  }

  async #call<Result>(
    options: MeshCallOptions | undefined,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    if (!this.#open) throw new MeshError('ERR_MESH_CLOSED', 'The node has left the mesh')
    try {
      return await withDeadline(options, work)
    } catch (error) {
      if (error instanceof DhtError && error.code === 'ERR_DHT_TIMEOUT') {
        throw new MeshError('ERR_MESH_TIMEOUT', error.message, { cause: error })
      }
      throw error
    }
  }
}
