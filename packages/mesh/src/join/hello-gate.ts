/** What {@link HelloGate} lets through. */
export interface HelloLimits {
  /** Hellos of one peer in one window, at most. */
  readonly perPeer: number
  /** Hellos of all peers in one window, at most. */
  readonly all: number
  /** How long a window is, in milliseconds. */
  readonly windowMs: number
}

const LIMITS: HelloLimits = { perPeer: 10, all: 200, windowMs: 10_000 }

/**
 * Counts hellos: each costs signatures to check, so that neither one peer that comes again and again
 * nor a crowd that comes at once may take all of a node's time. Who is turned away tries again later.
 */
export class HelloGate {
  readonly #now: () => number
  readonly #limits: HelloLimits
  readonly #counts = new Map<string, number>()
  #all = 0
  #began = Number.NEGATIVE_INFINITY

  /** @param now milliseconds since 1970. */
  constructor(now: () => number, limits = LIMITS) {
    this.#now = now
    this.#limits = limits
  }

  /** True where the hello of a peer is to be looked at; it then counts. */
  admit(peer: string): boolean {
    const now = this.#now()
    // Also where the clock was set back: else nobody would be let in until it has caught up.
    if (now - this.#began >= this.#limits.windowMs || now < this.#began) {
      this.#counts.clear()
      this.#all = 0
      this.#began = now
    }
    const count = this.#counts.get(peer) ?? 0
    if (count >= this.#limits.perPeer || this.#all >= this.#limits.all) return false
    this.#counts.set(peer, count + 1)
    this.#all++
    return true
  }
}
