import type { Clock } from './clock.ts'
import type { Host } from './host.ts'
import type { Ledger } from './ledger.ts'
import type { Random } from './random.ts'
import type { CallName, CallReport } from './stats.ts'
import type { Trace } from './trace.ts'
import type { SeenMessage, Wire } from './wire.ts'

/** What the parts of a simulation share. */
export interface World {
  readonly clock: Clock
  readonly random: Random
  readonly trace: Trace
  readonly wire: Wire
  readonly ledger: Ledger
  /** Kademlia's k and alpha. */
  readonly bucketSize: number
  readonly alpha: number
  /** Nodes that are up. */
  readonly upCount: number
  /** True while nothing can go wrong, nobody looks, and all nodes have the same rules. */
  readonly isCalm: boolean
  /** True while every node finds every other: none was made apart, none left, and it was always calm. */
  readonly isOne: boolean
  /** The node of an id, up or not. @throws `ERR_MOCK_UNKNOWN_NODE`. */
  hostOf(node: string | { readonly id: string }): Host
  /** The number of a put, counted over all nodes. */
  nextStamp(): number
  /**
   * Counts a call on a calm network, the peers that it asked, and the bytes of its value. Loose
   * arguments: it is on the way of every put and get at no latency.
   */
  countCalm(
    name: CallName,
    host: Host,
    peers: number,
    key: string,
    bytes: number,
    failed: boolean,
  ): void
  report(report: CallReport): void
  /** Hears of all messages. @returns ends it. */
  listen(listener: (message: SeenMessage) => void): () => void
}
