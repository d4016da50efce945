/** What became of the network's messages so far. */
export interface MessageCounts {
  /** Messages that nodes sent, answers among them. */
  readonly sent: number
  readonly delivered: number
  /** Lost on the way, cut off by a partition, or sent to a node that had crashed. */
  readonly lost: number
  readonly duplicated: number
  /** What a real network would carry for them, about. */
  readonly bytes: number
}

/** How the calls of one kind went. */
export interface CallCounts {
  readonly count: number
  readonly failed: number
  /** Simulated milliseconds, of the last 10,000 calls. */
  readonly tookMs: { readonly p50: number; readonly p95: number; readonly max: number }
}

export type CallName = 'putValue' | 'getValue' | 'provide' | 'findProviders' | 'join' | 'request'

/** A call as it ended. */
export interface CallReport {
  readonly call: CallName
  /** Id of the node that made it. */
  readonly node: string
  /** The key; of a request the protocol, of a join nothing. */
  readonly key: string
  readonly startedAt: number
  readonly tookMs: number
  /** How many nodes one had to ask, each named by the one before, to get to those that answered last. */
  readonly hops: number
  /** Messages that it sent, without their answers. */
  readonly messages: number
  /** Nodes that answered. */
  readonly answered: number
  /** Nodes that took what was put. */
  readonly stored: number
  /** Code of the error, or its name where it has no code. */
  readonly error?: string
}

const KEPT = 10_000

/** Counts of one kind of call. */
class CallTally {
  #count = 0
  #failed = 0
  readonly #took: number[] = []

  add(tookMs: number, failed: boolean): void {
    this.#took[this.#count++ % KEPT] = tookMs
    if (failed) this.#failed++
  }

  get counts(): CallCounts {
    const sorted = this.#took.toSorted((a, b) => a - b)
    const at = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
    return {
      count: this.#count,
      failed: this.#failed,
      tookMs: { p50: at(0.5), p95: at(0.95), max: at(1) },
    }
  }
}

/** Counts of all kinds of calls. */
export class CallTallies {
  readonly #tallies: Record<CallName, CallTally> = {
    putValue: new CallTally(),
    getValue: new CallTally(),
    provide: new CallTally(),
    findProviders: new CallTally(),
    join: new CallTally(),
    request: new CallTally(),
  }

  add(name: CallName, tookMs: number, failed: boolean): void {
    this.#tallies[name].add(tookMs, failed)
  }

  /** Of those that were made at all. */
  get counts(): Partial<Record<CallName, CallCounts>> {
    const all = Object.entries(this.#tallies).map(([name, { counts }]) => [name, counts] as const)
    return Object.fromEntries(all.filter(([, { count }]) => count > 0))
  }
}
