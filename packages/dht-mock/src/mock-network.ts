import type { RuleBook } from '@bzzz/dht'
import type { ChurnOptions } from './churn.ts'
import type { Conditions } from './conditions.ts'
import type { MockNode } from './mock-node.ts'
import type { FoundKey } from './search.ts'
import type { CallCounts, CallName, CallReport, MessageCounts } from './stats.ts'
import type { SeenMessage } from './wire.ts'

export interface MockNetworkInit extends Conditions {
  /** All chance comes from it: the same seed and the same calls give the same run. 0 if left out. */
  readonly seed?: number | string
  /**
   * What may stand under which keys. If left out, any value of up to 64 KiB may stand under any key of the
   * form `/namespace/name`, and the later put is the better one.
   */
  readonly rules?: RuleBook
  /** Kademlia's k: the nodes that hold an entry, and peers in a bucket; 8 if left out. */
  readonly bucketSize?: number
  /** Kademlia's alpha: nodes that a lookup asks at a time; 3 if left out. */
  readonly alpha?: number
  /** Milliseconds after which a node that does not answer counts as gone; 3,000 if left out. */
  readonly rpcTimeoutMs?: number
  /** Milliseconds that values and provider entries count; 48 hours if left out. */
  readonly validityMs?: number
  /** Milliseconds for which a write can still be lost in a crash; 1,000 if left out. */
  readonly flushMs?: number
  /**
   * Waits until code that the network just called has nothing more to do before time passes. If left out,
   * a turn of the event loop, in which promises settle: code that waits for turns of its own needs more.
   */
  readonly settle?: () => Promise<void>
}

export interface NodeOptions {
  /** Its id; `node-0`, `node-1` and so on if left out. */
  readonly id?: string
  /** False leaves it alone, until it joins; true if left out: it knows the network, and it the node. */
  readonly join?: boolean
  /** Rules of its own; the network's if left out. */
  readonly rules?: RuleBook
}

export interface PartitionOptions {
  /** Only what the first nodes send to the second ones is lost, not the other way; false if left out. */
  readonly oneWay?: boolean
}

export interface NetworkStats {
  readonly nodes: { readonly up: number; readonly crashed: number; readonly closed: number }
  readonly messages: MessageCounts
  /** Kinds of calls that were made at all. */
  readonly calls: Readonly<Partial<Record<CallName, CallCounts>>>
}

type NodeName = string | { readonly id: string }

/**
 * A simulated network. Its time passes while a call is awaited, as fast as the machine can, or when it is
 * told to ({@link run}). It has no other effects: nothing is left open when it is dropped.
 */
export interface MockNetwork {
  /** Simulated milliseconds since it was made. */
  now(): number
  /** Calls back in so many simulated milliseconds. @returns ends it. */
  schedule(ms: number, callback: () => void): () => void
  /** Chance from the network's seed: whatever else a simulation draws is repeated with it. From 0 to 1. */
  random(): number
  /** Lets time pass until a moment. Errors of scheduled callbacks reject it. */
  run(untilMs: number): Promise<void>

  /** @throws `ERR_MOCK_DUPLICATE` where the id is taken. */
  createNode(options?: NodeOptions): MockNode
  /** So many nodes. */
  createNodes(count: number, options?: Omit<NodeOptions, 'id'>): MockNode[]
  /** Every node that was made, closed ones too, in that order. */
  readonly nodes: readonly MockNode[]

  /** Changes those conditions that are named. @throws `ERR_MOCK_OPTION`. */
  setConditions(conditions: Conditions): void
  /** Cuts nodes off from others. @returns heals it; what is on the way when it begins is lost. */
  partition(
    some: Iterable<NodeName>,
    others: Iterable<NodeName>,
    options?: PartitionOptions,
  ): () => void
  /** Ends all partitions. */
  heal(): void
  /** Whether what one node sends now gets to the other: both are up, and nothing cuts that way. */
  reaches(from: NodeName, to: NodeName): boolean
  /** Whether messages get from one node to the other, and back. */
  connection(one: NodeName, other: NodeName): 'open' | 'one-way' | 'cut'
  /** Lets nodes crash and come back, again and again. @returns ends it. */
  churn(options: ChurnOptions): () => void

  /** Keys that match a pattern, in which `*` stands for any text, with who holds what under them. */
  search(pattern: string): FoundKey[]
  stats(): NetworkStats
  /** 16 hexadecimal digits over every message and change so far: equal for equal runs. */
  traceHash(): string
  /** Hears of each message as it arrives or is lost. @returns ends it. */
  onMessage(listener: (message: SeenMessage) => void): () => void
  /** Hears of each call of a node as it ends. @returns ends it. */
  onCall(listener: (report: CallReport) => void): () => void
}
