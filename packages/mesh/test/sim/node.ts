import type { Dht, Provider } from '@bzzz/dht'
import type { MockNode } from '@bzzz/dht-mock'
import type { Channel, NetworkInit, NetworkNode } from '../../src/network-node.ts'
import type { End } from './connection.ts'
import { SimGossip } from './gossip.ts'
import { guardedDht } from './guarded-dht.ts'
import type { SimNetwork } from './network.ts'
import { Stream } from './stream.ts'

// How often it looks whether somebody fell out of its routing table.
const REFRESH_MS = 10_000

/** A node of the simulated network from a start to its end; after a crash there is a new one. */
export class SimNode implements NetworkNode {
  readonly peerId: string
  readonly addresses: readonly string[]
  readonly dht: Dht
  readonly gossip: SimGossip
  readonly mock: MockNode
  readonly #network: SimNetwork
  readonly #init: NetworkInit
  /** Two nodes that dial each other at once have two connections; so has one that came back. */
  readonly #ends = new Map<string, End[]>()
  readonly #dials = new Map<string, Promise<End>>()
  readonly #onConnect: ((peer: string) => void)[] = []
  readonly #onDisconnect: ((peer: string) => void)[] = []
  isAlive = true
  /** Sees what this node sends over streams, and may send something else. */
  onMessage: (message: Uint8Array) => Uint8Array = (message) => message

  constructor(network: SimNetwork, mock: MockNode, init: NetworkInit) {
    this.#network = network
    this.#init = init
    this.mock = mock
    this.peerId = mock.id
    this.addresses = [`/ip4/10.0.0.1/tcp/4001/p2p/${mock.id}`]
    this.dht = guardedDht(mock, () => this.isAlive)
    this.gossip = new SimGossip(this)
    this.#refresh()
  }

  peers(): string[] {
    return [...this.#ends.keys()]
  }

  endTo(peer: string): End | undefined {
    return this.#ends.get(peer)?.at(-1)
  }

  async dial(address: string, { signal }: { readonly signal: AbortSignal }): Promise<string> {
    const peer = /\/p2p\/([^/]+)$/.exec(address)?.[1] ?? ''
    await this.#connect(peer, signal)
    return peer
  }

  async open(peer: string, { signal }: { readonly signal: AbortSignal }): Promise<Channel> {
    return Stream.open(await this.#connect(peer, signal))
  }

  /** Takes one end of a connection, which the other node has as well. */
  adopt(end: End): void {
    const known = this.#ends.get(end.peer) ?? []
    this.#ends.set(end.peer, [...known, end])
    this.gossip.greet(end.peer)
    this.#introduce(end.peer)
    if (known.length === 0) for (const listener of this.#onConnect) listener(end.peer)
  }

  /** Takes note of a connection that has ended. */
  forget(end: End): void {
    const rest = this.#ends.get(end.peer)?.filter((one) => one !== end) ?? []
    this.#ends.set(end.peer, rest)
    if (rest.length > 0) return
    this.#ends.delete(end.peer)
    this.gossip.forget(end.peer)
    if (this.isAlive) for (const listener of this.#onDisconnect) listener(end.peer)
  }

  serve(stream: Stream): void {
    void this.#init.serve(stream)
  }

  knownPeers(): number {
    return this.mock.peers().length
  }

  async ready({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    while (this.knownPeers() === 0) await this.#network.wait(100, signal)
  }

  async knownProviders(): Promise<Provider[]> {
    return []
  }

  async ping(peer: string, { signal }: { readonly signal: AbortSignal }): Promise<number> {
    const end = this.endTo(peer)
    if (!end) throw new Error(`There is no connection to ${peer}`)
    const answered = Promise.withResolvers<void>()
    signal.addEventListener('abort', () => answered.reject(signal.reason as Error), { once: true })
    const { mock } = this.#network
    const sentAt = mock.now()
    end.send(32, (there) => there.send(32, () => answered.resolve()))
    await answered.promise
    return mock.now() - sentAt
  }

  async hangUp(peer: string): Promise<void> {
    for (const end of this.#ends.get(peer) ?? []) end.close()
  }

  async addressesOf(peer: string): Promise<string[]> {
    return [`/ip4/10.0.0.1/tcp/4001/p2p/${peer}`]
  }

  onConnect(listener: (peer: string) => void): void {
    this.#onConnect.push(listener)
  }

  onDisconnect(listener: (peer: string) => void): void {
    this.#onDisconnect.push(listener)
  }

  async stop(): Promise<void> {
    for (const end of [...this.#ends.values()].flat()) {
      if (this.#network.mock.reaches(this.peerId, end.peer)) end.other.lose()
      end.lose()
    }
    if (this.isAlive) this.crash()
  }

  /** Stops without a word. What it was doing goes no further. */
  crash(): void {
    this.isAlive = false
    this.#ends.clear()
    this.mock.crash()
  }

  /** As libp2p does: who is connected stands in the routing table, and comes back into it. */
  #introduce(peer: string): void {
    if (!this.isAlive || this.mock.peers().includes(peer)) return
    this.mock.join(peer).catch(() => {})
  }

  #refresh(): void {
    if (!this.isAlive) return
    for (const peer of this.peers()) this.#introduce(peer)
    this.#network.mock.schedule(REFRESH_MS, () => this.#refresh())
  }

  async #connect(peer: string, signal: AbortSignal): Promise<End> {
    signal.throwIfAborted()
    const known = this.endTo(peer)
    if (known) return known
    const dialling = this.#dials.get(peer) ?? this.#network.connect(this, peer)
    this.#dials.set(peer, dialling)
    try {
      return await dialling
    } finally {
      this.#dials.delete(peer)
    }
  }
}
