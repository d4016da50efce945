/** How many failures in a row make a peer suspect. */
const SUSPECT_AFTER = 2
/** How long a dead peer is not dialled, in milliseconds. */
const SHUN_MS = 60_000
// Peers remembered, at most: the oldest is forgotten first.
const KEPT = 1000

/**
 * Peers that do not answer. libp2p keeps them in its routing table, and others go on handing them out,
 * so that each search waits for them anew: here they are counted, and after a check that they are dead
 * indeed they are not dialled for a minute.
 */
export class Suspects {
  readonly #now: () => number
  readonly #failures = new Map<string, number>()
  readonly #until = new Map<string, number>()

  /** @param now milliseconds, of any origin. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Takes note of a failure. @returns true where the peer should be looked at now. */
  failed(peer: string): boolean {
    if (this.isShunned(peer)) return false
    const failures = (this.#failures.get(peer) ?? 0) + 1
    keep(this.#failures, peer, failures % SUSPECT_AFTER)
    return failures >= SUSPECT_AFTER
  }

  /** Takes note of a sign of life. */
  answered(peer: string): void {
    this.#failures.delete(peer)
    this.#until.delete(peer)
  }

  shun(peer: string): void {
    this.#failures.delete(peer)
    keep(this.#until, peer, this.#now() + SHUN_MS)
  }

  isShunned(peer: string): boolean {
    const until = this.#until.get(peer)
    if (until === undefined) return false
    if (until > this.#now()) return true
    this.#until.delete(peer)
    return false
  }
}

function keep(map: Map<string, number>, peer: string, value: number): void {
  map.delete(peer)
  map.set(peer, value)
  const [oldest] = map.keys()
  if (map.size > KEPT && oldest !== undefined) map.delete(oldest)
}
