import type { Dht, Provider, RuleBook } from '@bzzz/dht'
import type { Identity } from '@bzzz/identity'
import type { Gossip, GossipInit } from './gossip.ts'
import type { Parts } from './parts.ts'

/** A stream of whole messages between two nodes, both of which are known by their keys. */
export interface Channel {
  /** Peer id of the other side. */
  readonly peer: string
  /** The next message; rejects when the other side is gone. The caller owns the bytes. */
  read(options?: { readonly signal?: AbortSignal }): Promise<Parts>
  /** Sends a message. It is not copied: nobody may change its bytes any more. */
  write(message: Parts, options?: { readonly signal?: AbortSignal }): Promise<void>
  close(): void
  /** Opens another stream over the very same connection; missing where there are no connections. */
  readonly beside?: (options: { readonly signal: AbortSignal }) => Promise<Channel>
}

/** All that the mesh needs of a network node: none of libp2p's types leave this folder. */
export interface NetworkNode {
  readonly peerId: string
  /** Addresses that others can dial, each with the peer id at its end. */
  readonly addresses: readonly string[]
  readonly dht: Dht
  readonly gossip: Gossip
  /** Peers with an open connection. */
  peers(): string[]
  /** Connects to an address (`/ip4/…/tcp/…`). @returns the peer's id. */
  dial(address: string, options: { readonly signal: AbortSignal }): Promise<string>
  /** Opens a stream to a peer, by what is known of its addresses. */
  open(
    peer: string,
    options: { readonly signal: AbortSignal; readonly addresses?: readonly string[] },
  ): Promise<Channel>
  /** How many peers the DHT knows. */
  knownPeers(): number
  /** Waits until the DHT knows a peer. */
  ready(options: { readonly signal: AbortSignal }): Promise<void>
  /** Those that said to this node that they hold what a DHT key names: nobody is asked. */
  knownProviders(key: string): Promise<Provider[]>
  /** Pings a connected peer. @returns milliseconds there and back. */
  ping(peer: string, options: { readonly signal: AbortSignal }): Promise<number>
  /** Closes the connections to a peer. */
  hangUp(peer: string): Promise<void>
  /** Where a peer can be reached, as far as this node knows. */
  addressesOf(peer: string): Promise<string[]>
  onConnect(listener: (peer: string) => void): void
  onDisconnect(listener: (peer: string) => void): void
  stop(): Promise<void>
}

/** What a network node is started with. */
export interface NetworkInit {
  readonly identity: Identity
  readonly listen: readonly string[]
  readonly rules: RuleBook
  readonly protocol: string
  /** Longest message of the protocol, in bytes. */
  readonly maxMessageBytes: number
  /** Serves a stream that another node opened, until it ends. */
  readonly serve: (channel: Channel) => Promise<void>
  /** Serves another protocol besides, of one stream for each connection; none if left out. */
  readonly side?: {
    readonly protocol: string
    readonly maxMessageBytes: number
    readonly serve: (channel: Channel) => Promise<void>
  }
  /** Who may gossip with it; everybody if left out. */
  readonly gossip?: GossipInit
  /** False for a peer that is neither dialled nor let in; all others are, and everybody if left out. */
  readonly mayConnect?: (peer: string) => boolean
  /** Told of a peer that says of more things than one may that it holds them. */
  readonly onExcess?: (peer: string) => void
  /** Told of each node that says by multicast that it is near; nobody is looked for if left out. */
  readonly onFound?: ((peer: string, addresses: readonly string[]) => void) | undefined
}

/** Starts a node of some network. @throws `ERR_MESH_LISTEN` where an address cannot be listened on. */
export type StartNetworkNode = (init: NetworkInit) => Promise<NetworkNode>
