import type { Schedule } from '@bzzz/context-store'
import type { Gossip, GossipMessage } from '../gossip.ts'

export interface BeaconsInit {
  readonly gossip: Pick<Gossip, 'publish' | 'subscribe'>
  readonly schedule: Schedule
  /** Peer id of this node. */
  readonly self: string
  /** Cuts the connection to a neighbour that is not heard any more. */
  readonly onSilent: (peer: string) => void
}

export const BEACON_TOPIC = '/ucxl/beacon/1'
/** How often a node tells its neighbours that it is there. */
export const BEACON_MS = 10_000
// Beacons of our own that a neighbour may stay silent for.
const SILENT = 3

/**
 * Each node tells its neighbours now and then that it is there. gossipsub ends its reader of a peer for
 * good after one broken message, while the connection stays and all looks well: who is not heard any
 * more is hung up on, so that the next connection starts afresh.
 */
export class Beacons {
  readonly #init: BeaconsInit
  /** Of each neighbour, how many beacons were sent since it was heard. */
  readonly #silent = new Map<string, number>()
  readonly #end: () => void
  #cancel: () => void
  #sent = 0

  constructor(init: BeaconsInit) {
    this.#init = init
    this.#end = init.gossip.subscribe(BEACON_TOPIC, async ({ peer }: GossipMessage) => {
      if (this.#silent.has(peer)) this.#silent.set(peer, 0)
      // For neighbours alone.
      return 'ignore'
    })
    this.#cancel = init.schedule(() => this.#beat(), BEACON_MS)
  }

  /** Takes note of a neighbour, with which this node exchanges beacons from now on. */
  onNeighbour(peer: string): void {
    this.#silent.set(peer, 0)
  }

  /** Forgets a peer that is no neighbour any more. */
  onGone(peer: string): void {
    this.#silent.delete(peer)
  }

  stop(): void {
    this.#cancel()
    this.#end()
    this.#silent.clear()
  }

  #beat(): void {
    this.#cancel = this.#init.schedule(() => this.#beat(), BEACON_MS)
    for (const [peer, silent] of this.#silent) {
      if (silent >= SILENT) {
        this.#silent.delete(peer)
        this.#init.onSilent(peer)
      } else this.#silent.set(peer, silent + 1)
    }
    // Never the same twice: what was seen before is not sent again.
    const text = `${this.#init.self} ${this.#sent++}`
    void this.#init.gossip.publish(BEACON_TOPIC, new TextEncoder().encode(text)).catch(() => {})
  }
}
