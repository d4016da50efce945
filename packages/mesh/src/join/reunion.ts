import type { Gossip } from '../gossip.ts'

export interface ReunionInit {
  readonly gossip: Pick<Gossip, 'publish' | 'subscribe'>
  /** Peer id of this node. */
  readonly self: string
  /** Told when a neighbour has back whom it had lost. */
  readonly onHint: () => void
}

const TOPIC = '/ucxl/reunion/1'

/**
 * Where a node has back whom it had lost, it tells its neighbours: what kept them away is over, and a
 * neighbour that waits a minute for its next attempt need not. A hint, for which nobody is believed
 * more than that an attempt is worth it now.
 */
export class Reunion {
  readonly #init: ReunionInit
  readonly #end: () => void
  #told = 0

  constructor(init: ReunionInit) {
    this.#init = init
    this.#end = init.gossip.subscribe(TOPIC, async () => {
      init.onHint()
      // For neighbours alone: who heeds it tells its own.
      return 'ignore'
    })
  }

  tell(): void {
    // Never the same twice: what was seen before is not sent again.
    const text = `${this.#init.self} ${this.#told++}`
    void this.#init.gossip.publish(TOPIC, new TextEncoder().encode(text)).catch(() => {})
  }

  stop(): void {
    this.#end()
  }
}
