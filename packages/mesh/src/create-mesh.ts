import type { ContextStore, ContextVersion, StoredVersion, VersionRecord } from '@bzzz/context-store'
import { DhtError, withDeadline, type Dht, type Provider, type Receipt } from '@bzzz/dht'
import type { Identity } from '@bzzz/identity'
import { keyOf, parse, type Address } from '@bzzz/ucxl-address'
import { Announcer } from './announcer.ts'
import { Directory } from './directory.ts'
import { MeshError } from './errors.ts'
import { startNode, type NetworkNode } from './libp2p/node.ts'
import {
  collectionOf,
  dhtKeyOf,
  encodeManifest,
  headsDigest,
  manifestRules,
  signManifest,
  type Head,
  type Manifest,
} from './manifest.ts'
import type {
  CollectionState,
  Mesh,
  MeshCallOptions,
  MeshEvent,
  Origin,
  ResolveOptions,
} from './mesh.ts'
import { PeerClients } from './peer-clients.ts'
import type { SyncClient } from './sync-client.ts'
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
  readonly onEvent?: (event: MeshEvent) => void
}

const DEFAULT_LISTEN = ['/ip4/127.0.0.1/tcp/0']
const DEFAULT_FRESH_MS = 30_000
// Timelines of which it is remembered when they were last checked.
const KEPT_CHECKS = 10_000

/** Starts a node of the mesh. @throws `ERR_MESH_LISTEN` where it cannot listen. */
export async function createMesh(init: MeshInit): Promise<Mesh> {
  // Others may say hello before the node is whole.
  const mesh = Promise.withResolvers<MeshNode>()
  const onHello = (peer: string): void => void mesh.promise.then((node) => node.welcome(peer))
  const node = await startNode({
    identity: init.identity,
    listen: init.listen ?? DEFAULT_LISTEN,
    rules: { ucxl: manifestRules },
    protocol: SYNC_PROTOCOL,
    maxMessageBytes: MAX_MESSAGE_BYTES,
    serve: async (channel) => serveSync(channel, { store: init.store, onHello }),
  })
  mesh.resolve(new MeshNode(node, init))
  return mesh.promise
}

class MeshNode implements Mesh {
  readonly #node: NetworkNode
  readonly #identity: Identity
  readonly #store: ContextStore
  readonly #now: () => number
  readonly #freshMs: number
  readonly #emit: (event: MeshEvent) => void
  readonly #clients: PeerClients
  readonly #directory: Directory
  readonly #announcer: Announcer
  readonly #announced = new Set<string>()
  /** When a timeline was last compared with another node's, in milliseconds since 1970. */
  readonly #checked = new Map<string, number>()
  /** Peers with which hellos were exchanged. */
  readonly #joined = new Set<string>()
  #open = true

  constructor(node: NetworkNode, init: MeshInit) {
    this.#node = node
    this.#identity = init.identity
    this.#store = init.store
    this.#now = init.now ?? Date.now
    this.#freshMs = init.freshMs ?? DEFAULT_FRESH_MS
    this.#emit = init.onEvent ?? (() => {})
    this.#clients = new PeerClients(node, (peer) => this.welcome(peer))
    this.#directory = new Directory({
      dht: node.dht,
      self: node.peerId,
      now: this.#now,
      freshMs: this.#freshMs,
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
        throw new MeshError('ERR_MESH_UNREACHABLE', `No node of the mesh answers at ${address}`, { cause })
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
      if (standing && standing.writer !== this.#identity.did) {
        throw new MeshError(
          'ERR_MESH_MANIFEST',
          `The collection ${collection} belongs to ${standing.writer}: write under an agent name of your own`,
        )
      }
      const heads = await this.#ownHeads(collection)
      // A state that was announced before is put again as it is.
      const manifest =
        standing && standing.heads === headsDigest(heads)
          ? standing
          : signManifest(
              { collection, sequence: (standing?.sequence ?? 0) + 1, heads, now: this.#now() },
              this.#identity,
            )
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
      return this.#fromAny(providers, { collection: name, signal }, async (client) => {
        const heads: Head[] = []
        for await (const head of client.heads(name, { signal })) heads.push(head)
        const fits = headsDigest(heads) === manifest.heads
        return { manifest, heads, provider: client.peer, fits }
      })
    })
  }

  async refresh(key: string, options?: MeshCallOptions): Promise<Origin> {
    return this.#call(options, async (signal) => this.#refresh(key, { signal, renew: true }))
  }

  async resolve(
    address: string | Address,
    options: ResolveOptions = {},
  ): Promise<StoredVersion & Origin> {
    const parsed = typeof address === 'string' ? parse(address) : address
    return this.#call(options, async (signal) => this.#resolve(parsed, { ...options, signal }))
  }

  async get(
    address: string | Address,
    options: ResolveOptions = {},
  ): Promise<ContextVersion & Origin> {
    const parsed = typeof address === 'string' ? parse(address) : address
    return this.#call(options, async (signal) => {
      const version = await this.#resolve(parsed, { ...options, signal })
      const id = version.record.content ?? ''
      const here = await this.#store.content(id)
      if (here) return { ...version, content: here }
      if (options.consistency === 'local') return { ...version, ...(await this.#store.get(parsed)) }
      const collection = collectionOf(version.record.key)
      const { providers } = await this.#directory.lookUp(collection, { signal })
      return this.#fromAny(providers, { collection, key: version.record.key, signal }, async (client) => {
        const content = await client.content(id, { signal })
        await this.#store.addContent(id, content)
        return { ...version, content, source: client.peer }
      })
    })
  }

  async stop(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    await this.#announcer.stop()
    this.#clients.close()
    await this.#node.stop()
  }

  async #resolve(
    address: Address,
    { consistency = 'cached', signal }: ResolveOptions & { readonly signal: AbortSignal },
  ): Promise<StoredVersion & Origin> {
    const key = keyOf(address)
    let origin: Origin = { source: 'local', fresh: true }
    const head = consistency === 'latest' ? undefined : await this.#store.head(key)
    if (consistency !== 'local' && !(head && this.#isSettled(address, key, head))) {
      try {
        origin = await this.#refresh(key, { signal, renew: consistency === 'latest' })
      } catch (error) {
        signal.throwIfAborted()
        if (!head || !isAbsence(error)) throw error
        origin = { source: 'local', fresh: false }
      }
    }
    return { ...(await this.#store.resolve(address)), ...origin }
  }

  /** True where the mesh could not change what is here: one's own, what is past, or just checked. */
  #isSettled({ temporal }: Address, key: string, { record }: StoredVersion): boolean {
    if (record.writer === this.#identity.did) return true
    if (temporal.kind === 'version' && temporal.number <= record.version) return true
    if (temporal.kind === 'instant' && Date.parse(temporal.instant) < Date.parse(record.time)) return true
    return this.#now() - (this.#checked.get(key) ?? Number.NEGATIVE_INFINITY) < this.#freshMs
  }

  async #refresh(
    key: string,
    { signal, renew }: { readonly signal: AbortSignal; readonly renew: boolean },
  ): Promise<Origin> {
    const collection = collectionOf(key)
    const { manifest, providers } = await this.#directory.lookUp(collection, { signal, renew })
    const origin = await this.#fromAny(providers, { collection, key, signal }, async (client) => {
      const head = await this.#store.head(key)
      for await (const records of client.timeline(key, head?.record.version ?? 0, { signal })) {
        for (const record of records) assertOf(record, key, manifest.writer)
        await this.#store.append(records as VersionRecord[])
      }
      return { source: client.peer, fresh: true }
    })
    this.#remember(key)
    return origin
  }

  /** Tries one provider after the other; what does not verify is told and never kept. */
  async #fromAny<Result>(
    providers: readonly Provider[],
    { collection, key = '', signal }: { collection: string; key?: string; signal: AbortSignal },
    work: (client: SyncClient) => Promise<Result>,
  ): Promise<Result> {
    let failure: unknown
    for (const { id, addresses } of providers) {
      try {
        return await work(await this.#clients.to(id, { signal, addresses }))
      } catch (error) {
        signal.throwIfAborted()
        if (isDistrust(error)) {
          this.#emit({ type: 'refused', peer: id, key, error })
          failure = new MeshError(
            'ERR_MESH_UNTRUSTED',
            `${id} sent what does not verify, and nothing of it was kept: ${error instanceof Error ? error.message : ''}`,
            { cause: error },
          )
        } else failure ??= error
      }
    }
    if (failure instanceof MeshError) throw failure
    throw new MeshError(
      'ERR_MESH_UNREACHABLE',
      `None of ${providers.length} nodes that hold ${collection} could be asked`,
      { cause: failure },
    )
  }

  async #ownHeads(collection: string): Promise<Head[]> {
    const heads: Head[] = []
    let more = true
    while (more) {
      const page = await headsPage(this.#store, collection, heads.at(-1)?.key ?? '')
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

  #remember(key: string): void {
    this.#checked.delete(key)
    this.#checked.set(key, this.#now())
    const [oldest] = this.#checked.keys()
    if (this.#checked.size > KEPT_CHECKS && oldest !== undefined) this.#checked.delete(oldest)
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

/** A node answers for the key it was asked for, and with what the collection's owner signed. */
function assertOf(record: unknown, key: string, writer: string): void {
  const { key: ofKey, writer: by } = (record ?? {}) as Partial<VersionRecord>
  if (ofKey === key && by === writer) return
  throw new MeshError(
    'ERR_MESH_UNTRUSTED',
    `expected records of ${key} by ${writer}, got ${String(ofKey).slice(0, 200)} by ${String(by).slice(0, 64)}`,
  )
}

/** True for what says that a peer sent something forged or broken. */
function isDistrust(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return (
    code.startsWith('ERR_RECORD_') ||
    code === 'ERR_STORE_CONTENT_MISMATCH' ||
    code === 'ERR_TEMPORAL_AHEAD' ||
    code === 'ERR_MESH_UNTRUSTED' ||
    code === 'ERR_MESH_PROTOCOL'
  )
}

/** True where the mesh could not say anything, as opposed to saying something wrong. */
function isAbsence(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return ['ERR_MESH_NOT_FOUND', 'ERR_MESH_UNREACHABLE', 'ERR_DHT_UNREACHABLE'].includes(code)
}
