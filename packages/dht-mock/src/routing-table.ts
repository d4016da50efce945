import { commonBits, compareDistance, type Place } from './ids.ts'

/**
 * The peers a node knows: for each number of leading bits that they have in common with it, at most as
 * many as a bucket holds. Full buckets keep those that they have, which have been up the longest.
 */
export class RoutingTable<Peer extends Place> {
  readonly #own: Place
  readonly #bucketSize: number
  readonly #buckets: (Peer[] | undefined)[] = []
  #size = 0
  #everyone: readonly Peer[] | undefined

  constructor(own: Place, bucketSize: number) {
    this.#own = own
    this.#bucketSize = bucketSize
  }

  get size(): number {
    return this.#size
  }

  /** Every peer, in no order that means anything, but always in the same one. */
  get everyone(): readonly Peer[] {
    this.#everyone ??= this.#buckets.flatMap((bucket) => bucket ?? [])
    return this.#everyone
  }

  /** @returns true where the peer was not known and there was room for it. */
  add(peer: Peer): boolean {
    const index = commonBits(this.#own, peer)
    const bucket = this.#buckets[index]
    if (!bucket) {
      // No holes: engines turn arrays with holes into slow ones.
      while (this.#buckets.length < index) this.#buckets.push(undefined)
      this.#buckets[index] = [peer]
    } else if (bucket.length >= this.#bucketSize || bucket.includes(peer)) {
      return false
    } else {
      bucket.push(peer)
    }
    this.#size++
    this.#everyone = undefined
    return true
  }

  remove(peer: Peer): void {
    const bucket = this.#buckets[commonBits(this.#own, peer)]
    const at = bucket?.indexOf(peer) ?? -1
    if (at === -1) return
    bucket?.splice(at, 1)
    this.#size--
    this.#everyone = undefined
  }

  /**
   * The known peers that are closest to a target, the closest first. Peers in one bucket are all closer
   * than those in another, so most buckets need not be looked at.
   */
  closest(target: Place, count: number): Peer[] {
    const found: Peer[] = []
    const own = Math.min(commonBits(this.#own, target), this.#buckets.length)
    this.#take(found, own, own + 1, target, count)
    // Those with more bits in common with this node all have as many with the target as this node has.
    if (found.length < count) this.#take(found, own + 1, this.#buckets.length, target, count)
    for (let index = own - 1; index >= 0 && found.length < count; index--) {
      this.#take(found, index, index + 1, target, count)
    }
    return found
  }

  /** Sorts the peers of some buckets in behind those that were found, while there is room. */
  #take(found: Peer[], from: number, to: number, target: Place, count: number): void {
    const start = found.length
    for (let index = from; index < to; index++) {
      const bucket = this.#buckets[index]
      if (!bucket) continue
      for (const peer of bucket) {
        let at = found.length
        while (at > start && compareDistance(peer, found[at - 1]!, target) < 0) at--
        if (at === count) continue
        if (found.length < count) found.push(peer)
        for (let behind = found.length - 1; behind > at; behind--)
          found[behind] = found[behind - 1]!
        found[at] = peer
      }
    }
  }
}
