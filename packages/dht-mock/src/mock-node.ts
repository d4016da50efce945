import type { Dht, DhtCallOptions } from '@bzzz/dht'
import type { NodeState } from './host.ts'
import type { Lie } from './lies.ts'
import type { SeenMessage } from './wire.ts'

/** A node of a simulated network. Its ids in what others find (`from`, providers) are {@link id}. */
export interface MockNode extends Dht {
  readonly id: string
  /** `up`; `crashed`, until it is restarted; or `closed`, for good. */
  readonly state: NodeState
  /** What time this node takes it to be: the network's, and its skew. Milliseconds. */
  now(): number
  /** Ids of the peers it knows, reachable or not. */
  peers(): string[]
  /** Hears of each peer that it did not know before. @returns ends it. */
  onPeer(listener: (id: string) => void): () => void
  /** Hears of what arrives at this node, and of what it sends. @returns ends it. */
  onMessage(listener: (message: SeenMessage) => void): () => void

  /**
   * Gets to know the network by another node, over the wire: for nodes that were made with
   * `join: false`, or that lost everyone they knew.
   *
   * @throws `ERR_MOCK_UNKNOWN_NODE`; `ERR_DHT_UNREACHABLE`, `ERR_DHT_TIMEOUT`, `ERR_DHT_CLOSED`.
   */
  join(via: string | { readonly id: string }, options?: DhtCallOptions): Promise<void>

  /**
   * Stops without a word: what it was asked is not answered, its own calls fail with `ERR_DHT_CLOSED`.
   *
   * @throws `ERR_MOCK_STATE` where it is not up.
   */
  crash(): void
  /**
   * Comes back with what it held and whom it knew, and makes itself known to those.
   *
   * @throws `ERR_MOCK_STATE` where it has not crashed.
   */
  restart(options?: RestartOptions): void

  /** Adds to the time that this node takes it to be; may be negative. In milliseconds. */
  skewClock(ms: number): void
  /** Makes it take so many milliseconds longer for every answer; 0 ends it. */
  slowDown(ms: number): void
  /** Makes it take what it is asked and never answer; false ends it. */
  stall(stalled?: boolean): void
  /** Makes it lie; undefined ends it. */
  lie(how: Lie | undefined): void
  /** Makes it hold bytes under a key, past all rules, as a faulty disk or program would. */
  plant(key: string, value: Uint8Array): void

  /**
   * Answers what others ask by the name of a protocol: so that other things than a DHT can be run over
   * the same network. One handler for each name; a later one replaces the earlier.
   *
   * @returns ends it.
   */
  handle(protocol: string, handler: Handler): () => void
  /**
   * Asks another node. The bytes are copied; what comes back is the caller's.
   *
   * @throws `ERR_MOCK_UNKNOWN_NODE`, `ERR_MOCK_PROTOCOL` (it has no handler), `ERR_MOCK_HANDLER` (the
   *   handler threw); `ERR_DHT_UNREACHABLE` (it has left, or answers with a failure), `ERR_DHT_TIMEOUT`,
   *   `ERR_DHT_CLOSED`.
   */
  request(
    to: string | { readonly id: string },
    protocol: string,
    bytes: Uint8Array,
    options?: DhtCallOptions,
  ): Promise<Uint8Array>
  /**
   * Sends without waiting: whether it arrives is not told. What a handler answers is dropped.
   *
   * @throws `ERR_MOCK_UNKNOWN_NODE`, `ERR_DHT_CLOSED`.
   */
  send(to: string | { readonly id: string }, protocol: string, bytes: Uint8Array): void
}

/** Answers a message of a protocol. It owns the bytes that it is given. */
export type Handler = (
  bytes: Uint8Array,
  context: { readonly from: string; readonly node: MockNode },
) => Uint8Array | Promise<Uint8Array> | void | Promise<void>

export interface RestartOptions {
  /**
   * What the disk has of the writes before the crash: `kept` (if left out), all of them; `lost`, none of
   * the last `flushMs`; `empty`, nothing at all.
   */
  readonly writes?: 'kept' | 'lost' | 'empty'
}
