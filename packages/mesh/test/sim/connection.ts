import type { SimNode } from './node.ts'
import type { SimNetwork } from './network.ts'

// What is lost is sent again after this long, as TCP does.
const AGAIN_MS = 300
// How long one side sends again before it gives the connection up.
const GIVE_UP_MS = 12_000

type Delivery = (end: End) => void

/**
 * One end of a connection. What goes in at one end comes out at the other in its order, late where the
 * network loses it, or never: then the connection is lost, sooner at the end that has something to say.
 */
export class End {
  readonly node: SimNode
  readonly #network: SimNetwork
  readonly #onEnd = new Set<() => void>()
  #other: End | undefined
  /** When what was sent last arrives. */
  #lastAt = 0
  /** What waits behind something that could not be delivered yet. */
  readonly #stuck: Delivery[] = []
  #stuckSince = 0
  isOpen = true

  constructor(network: SimNetwork, node: SimNode) {
    this.#network = network
    this.node = node
  }

  get other(): End {
    if (!this.#other) throw new Error('A connection has two ends')
    return this.#other
  }

  get peer(): string {
    return this.other.node.peerId
  }

  static pair(network: SimNetwork, one: SimNode, other: SimNode): [End, End] {
    const ends: [End, End] = [new End(network, one), new End(network, other)]
    ends[0].#other = ends[1]
    ends[1].#other = ends[0]
    return ends
  }

  onEnd(listener: () => void): void {
    if (this.isOpen) this.#onEnd.add(listener)
    else listener()
  }

  offEnd(listener: () => void): void {
    this.#onEnd.delete(listener)
  }

  send(bytes: number, deliver: Delivery): void {
    if (!this.isOpen || !this.node.isAlive) return
    const { mock } = this.#network
    this.#network.note(this.node, this.other.node, bytes)
    const at = Math.max(this.#lastAt, mock.now() + this.#network.delayOfStream(AGAIN_MS))
    this.#lastAt = at
    mock.schedule(at - mock.now(), () => this.#arrive(deliver))
  }

  /** Ends it here; the other end hears of it, if it can. */
  close(): void {
    if (!this.isOpen) return
    this.send(0, (end) => end.lose())
    this.lose()
  }

  /** It has ended, and this end knows. */
  lose(): void {
    if (!this.isOpen) return
    this.isOpen = false
    this.node.forget(this)
    for (const listener of this.#onEnd) listener()
    this.#onEnd.clear()
  }

  #arrive(deliver: Delivery): void {
    this.#stuck.push(deliver)
    if (this.#stuck.length === 1) {
      this.#stuckSince = this.#network.mock.now()
      this.#flush()
    }
  }

  #flush(): void {
    const { mock } = this.#network
    const [from, to] = [this.node, this.other.node]
    if (!from.isAlive) return
    if (mock.reaches(from.peerId, to.peerId)) {
      // It was restarted: it knows nothing of this connection, and says so.
      if (!to.isAlive || !this.other.isOpen) {
        if (this.isOpen && mock.reaches(to.peerId, from.peerId)) this.lose()
        this.#stuck.length = 0
        return
      }
      for (const deliver of this.#stuck.splice(0)) if (this.other.isOpen) deliver(this.other)
    } else if (mock.now() - this.#stuckSince >= GIVE_UP_MS) {
      this.#stuck.length = 0
      this.lose()
    } else mock.schedule(AGAIN_MS, () => this.#flush())
  }
}
