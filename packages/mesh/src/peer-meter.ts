/** What one peer may do, and when it has done too much. */
export interface PeerMeterInit {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Messages that a peer may send at once. */
  readonly burst: number
  /** Messages a second that it may send for ever. */
  readonly perSecond: number
  /** Points at which it is cut off. One point is forgotten each second. */
  readonly limit: number
  /** How long it is cut off, in milliseconds. */
  readonly mutedMs: number
  /** Peers that are remembered, at most: who was heard of least lately is forgotten first. */
  readonly peers: number
}

interface Metered {
  tokens: number
  points: number
  /** When both were counted, in milliseconds since 1970. */
  at: number
  mutedUntil: number
}

/** Counts what each peer sends and what it did wrong, in memory that does not grow. */
export class PeerMeter {
  readonly #init: PeerMeterInit
  readonly #peers = new Map<string, Metered>()

  constructor(init: PeerMeterInit) {
    this.#init = init
  }

  /** Takes note of a message. @returns false where the peer has sent too many. */
  take(peer: string): boolean {
    const metered = this.#metered(peer)
    if (metered.tokens < 1) return false
    metered.tokens--
    return true
  }

  /** Takes note of something wrong. @returns true where this cut the peer off. */
  punish(peer: string, points: number): boolean {
    const metered = this.#metered(peer)
    metered.points += points
    if (metered.points < this.#init.limit || metered.mutedUntil > this.#init.now()) return false
    metered.mutedUntil = this.#init.now() + this.#init.mutedMs
    return true
  }

  isMuted(peer: string): boolean {
    return (this.#peers.get(peer)?.mutedUntil ?? 0) > this.#init.now()
  }

  /** What the peer has done wrong lately, in points. */
  points(peer: string): number {
    return this.#peers.has(peer) ? this.#metered(peer).points : 0
  }

  get size(): number {
    return this.#peers.size
  }

  /** What is known of a peer, brought up to now, as the one heard of last. */
  #metered(peer: string): Metered {
    const { burst, perSecond, peers, now } = this.#init
    const at = now()
    const known = this.#peers.get(peer)
    const metered = known ?? { tokens: burst, points: 0, at, mutedUntil: 0 }
    const seconds = Math.max(0, at - metered.at) / 1000
    metered.tokens = Math.min(burst, metered.tokens + seconds * perSecond)
    metered.points = Math.max(0, metered.points - seconds)
    metered.at = at
    this.#peers.delete(peer)
    this.#peers.set(peer, metered)
    const [oldest] = this.#peers.keys()
    if (this.#peers.size > peers && oldest !== undefined) this.#peers.delete(oldest)
    return metered
  }
}
