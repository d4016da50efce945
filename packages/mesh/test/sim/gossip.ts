import { hash } from 'node:crypto'
import type { Gossip, GossipMessage, Verdict } from '../../src/gossip.ts'
import type { SimNode } from './node.ts'

const PROTOCOL = 'gossip'

/**
 * Gossip by flooding: each message goes to all neighbours that listen, who check it and pass it on. It
 * goes over the network's own messages, which are lost, doubled and overtaken.
 */
export class SimGossip implements Gossip {
  readonly #node: SimNode
  readonly #validators = new Map<string, (message: GossipMessage) => Promise<Verdict>>()
  readonly #topicsOf = new Map<string, Set<string>>()
  readonly #listeners: ((peer: string, topic: string) => void)[] = []
  readonly #seen = new Set<string>()

  constructor(node: SimNode) {
    this.#node = node
    node.mock.handle(PROTOCOL, (bytes, { from }) => {
      if (node.isAlive) void this.#take(from, bytes)
    })
  }

  async publish(topic: string, bytes: Uint8Array): Promise<number> {
    this.#seen.add(idOf(topic, bytes))
    return this.#spread(topic, bytes)
  }

  subscribe(topic: string, validate: (message: GossipMessage) => Promise<Verdict>): () => void {
    this.#validators.set(topic, validate)
    this.#tell(topic, true)
    return () => {
      if (this.#validators.delete(topic)) this.#tell(topic, false)
    }
  }

  /** Here everybody hears of it at once. */
  introduce(): void {}

  subscribers(topic: string): string[] {
    return this.#node.peers().filter((peer) => this.#topicsOf.get(peer)?.has(topic))
  }

  topics(): Set<string> {
    return new Set([...this.#topicsOf.values()].flatMap((topics) => [...topics]))
  }

  onTopic(listener: (peer: string, topic: string) => void): void {
    this.#listeners.push(listener)
  }

  /** Tells a new neighbour what this node listens to. */
  greet(peer: string): void {
    for (const topic of this.#validators.keys()) this.#tellOne(peer, topic, true)
  }

  forget(peer: string): void {
    this.#topicsOf.delete(peer)
  }

  #tell(topic: string, begins: boolean): void {
    for (const peer of this.#node.peers()) this.#tellOne(peer, topic, begins)
  }

  /** Over the connection, as gossipsub does: what a peer listens to is known as long as it is there. */
  #tellOne(peer: string, topic: string, begins: boolean): void {
    this.#node.endTo(peer)?.send(topic.length, (there) => {
      there.node.gossip.#note(this.#node.peerId, topic, begins)
    })
  }

  #note(peer: string, topic: string, begins: boolean): void {
    const topics = this.#topicsOf.get(peer) ?? new Set()
    this.#topicsOf.set(peer, topics)
    if (!begins) topics.delete(topic)
    else {
      topics.add(topic)
      for (const listener of this.#listeners) listener(peer, topic)
    }
  }

  #spread(topic: string, bytes: Uint8Array, except?: string): number {
    if (!this.#node.isAlive) return 0
    const message = Buffer.concat([Buffer.from(`${topic}\n`), bytes])
    const neighbours = this.subscribers(topic).filter((peer) => peer !== except)
    for (const peer of neighbours) this.#node.mock.send(peer, PROTOCOL, message)
    return neighbours.length
  }

  async #take(peer: string, message: Uint8Array): Promise<void> {
    const end = message.indexOf(10)
    const topic = Buffer.from(message.subarray(0, end)).toString()
    const bytes = message.slice(end + 1)
    const id = idOf(topic, bytes)
    const validate = this.#validators.get(topic)
    // Without a connection nothing can come by it: it was closed while this was under way.
    if (!validate || this.#seen.has(id) || !this.#node.endTo(peer)) return
    this.#seen.add(id)
    if ((await validate({ topic, peer, bytes })) === 'accept') this.#spread(topic, bytes, peer)
  }
}

function idOf(topic: string, bytes: Uint8Array): string {
  return hash('sha256', Buffer.concat([Buffer.from(`${topic}\n`), bytes]))
}
