import type { Provider } from '@bzzz/dht'
import { exportSeed } from '@bzzz/identity'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import type { PeerId } from '@libp2p/interface'
import { kadDHT, passthroughMapper, type SingleKadDHT } from '@libp2p/kad-dht'
import { peerIdFromString } from '@libp2p/peer-id'
import { ping, type Ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import { MeshError } from '../errors.ts'
import type { Channel, NetworkInit, NetworkNode } from '../network-node.ts'
import { channelOf } from './channel.ts'
import { nearby } from './discovery.ts'
import { Libp2pGossip, OPEN_GOSSIP } from './gossip.ts'
import { GuardDatastore } from './guard-datastore.ts'
import { KAD_PROTOCOL } from './kad-message.ts'
import { KadDht } from './kad.ts'
import { selectorsOf, validatorsOf } from './rules.ts'
import { secured } from './secured.ts'
import { stopNode } from './stop.ts'
import { Suspects } from './suspects.ts'

/** What a libp2p node is started with besides. */
export interface NodeInit extends NetworkInit {
  /** What it keeps for the DHT; in memory, and empty, if left out. */
  readonly values?: GuardDatastore
  /** How it reaches others; TCP and WebSockets if left out. */
  readonly transports?: NonNullable<Parameters<typeof createLibp2p>[0]>['transports']
}

const HOUR = 3_600_000
// Longer than the DHT gives a peer, which is at most four seconds.
const LOOK_MS = 5000
// Small enough for some 500 nodes, and half the work of the defaults.
const DHT = { kBucketSize: 8, alpha: 3, disjointPaths: 1 } as const

/** Starts a node. @throws `ERR_MESH_LISTEN` where an address cannot be listened on. */
export async function startNode(init: NodeInit): Promise<NetworkNode> {
  const onExcess = init.onExcess && { onExcess: init.onExcess }
  const values = init.values ?? new GuardDatastore(init.rules, onExcess)
  const seed = exportSeed(init.identity)
  const privateKey = await generateKeyPairFromSeed('Ed25519', seed)
  seed.fill(0)
  const suspects = new Suspects(() => performance.now())
  const gossip = new Libp2pGossip(init.gossip ?? OPEN_GOSSIP)
  const node = await createLibp2p({
    privateKey,
    datastore: values,
    start: false,
    addresses: { listen: [...init.listen] },
    transports: init.transports ?? [tcp(), webSockets()],
    ...secured(),
    ...(init.onFound && { peerDiscovery: [nearby(init.onFound)] }),
    // Providers count for 48 hours; with the default ages their addresses are forgotten before that.
    peerStore: { maxAddressAge: 72 * HOUR, maxPeerAge: 72 * HOUR },
    connectionManager: {
      maxConnections: 300,
      // Many nodes behind one address (one machine, one office) are no attack.
      inboundConnectionThreshold: 1000,
      maxIncomingPendingConnections: 200,
      dialTimeout: 3000,
      addressDialTimeout: 1500,
    },
    connectionGater: {
      denyDialPeer: (peer) =>
        suspects.isShunned(peer.toString()) || init.mayConnect?.(peer.toString()) === false,
      denyInboundEncryptedConnection: (peer) => init.mayConnect?.(peer.toString()) === false,
    },
    // One slow ping is no reason to cut a connection that works.
    connectionMonitor: { abortConnectionOnPingFailure: false, protocolPrefix: 'ucxl' },
    services: {
      identify: identify({ protocolPrefix: 'ucxl' }),
      // With one at a time, as by default, a ping of ours makes the DHT take a new peer for a dead one.
      ping: ping({ protocolPrefix: 'ucxl', maxInboundStreams: 32, maxOutboundStreams: 32 }),
      dht: kadDHT({
        protocol: KAD_PROTOCOL,
        // On private addresses libp2p would stay a client and know nobody.
        clientMode: false,
        peerInfoMapper: passthroughMapper,
        ...DHT,
        initialQuerySelfInterval: 50,
        // Above the defaults of 32 and 64, parallel calls lose replicas in silence.
        maxInboundStreams: 1024,
        maxOutboundStreams: 1024,
        // A killed process refuses at once; this is for hosts that hang, and short of it are those that are busy.
        networkDialTimeout: { minTimeout: 2000, maxTimeout: 4000 },
        validators: validatorsOf(init.rules),
        selectors: selectorsOf(init.rules),
      }),
      pubsub: gossip.service(),
    },
  })
  gossip.attach(node.services.pubsub, (peer) => {
    void node.hangUp(peerIdFromString(peer)).catch(() => {})
  })
  await node.handle(
    init.protocol,
    (stream, connection) => {
      void init.serve(channelOf(stream, connection, init.maxMessageBytes))
    },
    // One stream serves any number of requests; a few more for those that are being closed.
    { maxInboundStreams: 4, maxOutboundStreams: 4 },
  )
  const { side } = init
  if (side) {
    await node.handle(
      side.protocol,
      (stream, connection) => {
        const channel = channelOf(stream, connection, side.maxMessageBytes)
        void side.serve(channel)
      },
      { maxInboundStreams: 1, maxOutboundStreams: 1 },
    )
  }
  try {
    await node.start()
  } catch (cause) {
    await stopNode(node)
    throw new MeshError(
      'ERR_MESH_LISTEN',
      `Cannot listen on ${init.listen.join(', ')}: the port is in use, or the address is not of this machine. Choose another, such as /ip4/127.0.0.1/tcp/0 for any free port`,
      { cause },
    )
  }
  gossip.start(node.peerId.toString())
  return new Libp2pNode(node, { values, suspects, gossip }, init)
}

interface NodeParts {
  readonly values: GuardDatastore
  readonly suspects: Suspects
  readonly gossip: Libp2pGossip
}

class Libp2pNode implements NetworkNode {
  readonly peerId: string
  readonly dht: KadDht
  readonly gossip: Libp2pGossip
  readonly #node: Libp2p
  readonly #kad: SingleKadDHT
  readonly #init: NodeInit
  readonly #suspects: Suspects

  constructor(node: Libp2p, { values, suspects, gossip }: NodeParts, init: NodeInit) {
    const kad = node.services['dht'] as SingleKadDHT
    this.#node = node
    this.gossip = gossip
    this.onDisconnect((peer) => gossip.forget(peer))
    this.#kad = kad
    this.#suspects = suspects
    node.addEventListener('peer:connect', ({ detail }) => suspects.answered(detail.toString()))
    this.#init = init
    this.peerId = node.peerId.toString()
    this.dht = new KadDht({
      kad,
      values,
      rules: init.rules,
      isConnected: () => node.getPeers().length > 0,
      ready: async (signal) => this.ready({ signal }),
      addressesOf: async (peer) => this.addressesOf(peer),
      onPeer: (peer, answered) => {
        if (answered) suspects.answered(peer)
        else if (suspects.failed(peer)) void this.#look(peer)
      },
      onClose: async () => {
        gossip.stop()
        await stopNode(node)
      },
    })
  }

  get addresses(): readonly string[] {
    return this.#node.getMultiaddrs().map((address) => address.toString())
  }

  peers(): string[] {
    return this.#node.getPeers().map((peer) => peer.toString())
  }

  knownPeers(): number {
    return this.#kad.routingTable.size
  }

  async dial(address: string, options: { readonly signal: AbortSignal }): Promise<string> {
    const peer = /\/p2p\/([^/]+)$/.exec(address)?.[1]
    // Who is dialled on purpose is given another chance.
    if (peer !== undefined) this.#suspects.answered(peer)
    const connection = await this.#node.dial(multiaddr(address), options)
    return connection.remotePeer.toString()
  }

  async open(
    peer: string,
    options: { readonly signal: AbortSignal; readonly addresses?: readonly string[] },
  ): Promise<Channel> {
    const id = peerIdFromString(peer)
    if (options.addresses && options.addresses.length > 0) {
      const multiaddrs = options.addresses.map((address) => multiaddr(address))
      await this.#node.peerStore.merge(id, { multiaddrs }, { signal: options.signal })
    }
    const { signal } = options
    const connection = await this.#node.dial(id, { signal })
    const stream = await connection.newStream(this.#init.protocol, { signal })
    return channelOf(stream, connection, this.#init.maxMessageBytes)
  }

  async knownProviders(key: string): Promise<Provider[]> {
    return this.dht.knownProviders(key)
  }

  async ping(peer: string, options: { readonly signal: AbortSignal }): Promise<number> {
    const service = this.#node.services['ping'] as Ping
    return service.ping(peerIdFromString(peer), options)
  }

  /** Looks whether a peer that failed twice is dead: a peer that refuses a value fails too. */
  async #look(peer: string): Promise<void> {
    try {
      await this.ping(peer, { signal: AbortSignal.timeout(LOOK_MS) })
      this.#suspects.answered(peer)
    } catch {
      if (this.#node.status !== 'started') return
      this.#suspects.shun(peer)
      await this.hangUp(peer)
      const table = this.#kad.routingTable as unknown as { remove(peer: PeerId): Promise<void> }
      await table.remove(peerIdFromString(peer)).catch(() => {})
    }
  }

  async hangUp(peer: string): Promise<void> {
    const connections = this.#node.getConnections(peerIdFromString(peer))
    // Not `close`: who is silent answers no good-bye either.
    for (const connection of connections) connection.abort(new Error('No answer to pings'))
  }

  async addressesOf(peer: string): Promise<string[]> {
    const id = peerIdFromString(peer)
    if (!(await this.#node.peerStore.has(id))) return []
    const { addresses } = await this.#node.peerStore.get(id)
    return addresses.map((address) => address.multiaddr.toString())
  }

  async ready({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    const table = this.#kad.routingTable as SingleKadDHT['routingTable'] & EventTarget
    while (table.size === 0) {
      const added = Promise.withResolvers<void>()
      const onAdd = (): void => added.resolve()
      const onAbort = (): void => added.reject(signal.reason as Error)
      signal.throwIfAborted()
      table.addEventListener('peer:add', onAdd, { once: true })
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        await added.promise
      } finally {
        table.removeEventListener('peer:add', onAdd)
        signal.removeEventListener('abort', onAbort)
      }
    }
  }

  onConnect(listener: (peer: string) => void): void {
    this.#node.addEventListener('peer:connect', (event) => listener(event.detail.toString()))
  }

  onDisconnect(listener: (peer: string) => void): void {
    this.#node.addEventListener('peer:disconnect', (event) => listener(event.detail.toString()))
  }

  async stop(): Promise<void> {
    await this.dht.close()
  }
}
