import type { Host, Message, Reply } from './host.ts'
import { compareDistance, type Place } from './ids.ts'
import type { Wire } from './wire.ts'

interface Candidate {
  readonly host: Host
  /** How many nodes were asked, one after the other, to hear of this one. */
  readonly hops: number
  state: 'new' | 'asked' | 'answered' | 'failed'
}

export interface LookupResult {
  /** The closest nodes that answered, at most as many as a bucket holds, the closest first. */
  readonly closest: readonly Host[]
  /** How many nodes were asked, one after the other, to hear of the farthest-fetched of those. */
  readonly hops: number
  readonly messages: number
  readonly answered: number
  readonly failed: number
}

export interface LookupInit {
  readonly wire: Wire
  readonly host: Host
  readonly message: Message & { readonly target: Place }
  /** How many of the closest must have answered before it ends. */
  readonly bucketSize: number
  /** How many are asked at a time. */
  readonly alpha: number
  /** Hears each answer; true ends the lookup. */
  readonly onReply?: (from: Host, reply: Reply) => boolean
  readonly done: (result: LookupResult) => void
}

/**
 * Kademlia's walk: asks the closest nodes known for closer ones, a few at a time, until those that are
 * closest have all answered. Peers that it hears of are remembered where there is room, and forgotten
 * when they do not answer.
 */
export class Lookup {
  readonly #init: LookupInit
  readonly #candidates: Candidate[] = []
  readonly #seen = new Set<Host>()
  #asked = 0
  #answered = 0
  #failed = 0
  #open = 0
  #stepping = false
  #over = false

  constructor(init: LookupInit) {
    this.#init = init
    const { host, message, bucketSize } = init
    this.#seen.add(host)
    for (const peer of host.table.closest(message.target, bucketSize)) this.#add(peer, 1)
  }

  start(): void {
    this.#step()
  }

  stop(): void {
    this.#over = true
  }

  #step(): void {
    // Where messages take no time, answers come in the middle of asking.
    if (this.#stepping) return
    this.#stepping = true
    while (!this.#over && this.#open < this.#init.alpha) {
      const next = this.#next()
      if (!next) break
      this.#ask(next)
    }
    this.#stepping = false
    if (!this.#over && this.#open === 0) this.#end()
  }

  /** The closest that was not asked, among as many of the closest as a bucket holds. */
  #next(): Candidate | undefined {
    let alive = 0
    for (const candidate of this.#candidates) {
      if (candidate.state === 'failed') continue
      if (candidate.state === 'new') return candidate
      if (++alive === this.#init.bucketSize) return undefined
    }
    return undefined
  }

  #ask(candidate: Candidate): void {
    const { wire, host, message } = this.#init
    candidate.state = 'asked'
    this.#asked++
    this.#open++
    wire.ask(host, candidate.host, message, (reply) => {
      this.#open--
      if (reply) this.#answer(candidate, reply)
      else {
        candidate.state = 'failed'
        this.#failed++
        host.table.remove(candidate.host)
      }
      if (!this.#over) this.#step()
    })
  }

  #answer(candidate: Candidate, reply: Reply): void {
    const { host, onReply } = this.#init
    candidate.state = 'answered'
    this.#answered++
    host.meet(candidate.host)
    if (this.#over) return
    for (const peer of reply.closer ?? []) this.#add(peer, candidate.hops + 1)
    if (onReply?.(candidate.host, reply)) this.#end()
  }

  #add(host: Host, hops: number): void {
    if (this.#seen.has(host)) return
    this.#seen.add(host)
    this.#init.host.meet(host)
    const { target } = this.#init.message
    const candidates = this.#candidates
    let at = candidates.length
    while (at > 0 && compareDistance(host, candidates[at - 1]!.host, target) < 0) at--
    // Far ones are never asked while so many closer ones are known.
    if (at > 4 * this.#init.bucketSize) return
    candidates.splice(at, 0, { host, hops, state: 'new' })
  }

  #end(): void {
    this.#over = true
    const near = this.#candidates
      .filter(({ state }) => state === 'answered')
      .slice(0, this.#init.bucketSize)
    this.#init.done({
      closest: near.map(({ host }) => host),
      hops: near.reduce((most, { hops }) => Math.max(most, hops), 0),
      messages: this.#asked,
      answered: this.#answered,
      failed: this.#failed,
    })
  }
}
