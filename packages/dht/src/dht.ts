/**
 * Options of a single call. A call ends at its deadline at the latest, whatever the network does.
 */
export interface DhtCallOptions {
  /** Ends the call: it rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** The deadline in milliseconds, after which the call is `ERR_DHT_TIMEOUT`; 10,000 if left out. */
  readonly timeoutMs?: number
}

export interface GetOptions extends DhtCallOptions {
  /**
   * How many peers' values are enough: the best of them is given without waiting for the others. If
   * left out, everyone who should know is asked.
   */
  readonly quorum?: number
}

/** What became of a value or a provider entry that was handed to others. */
export interface Receipt {
  /** Peers that acknowledged it. The calling node is not counted. */
  readonly stored: number
  /** Peers that answered and did not take it. */
  readonly refused: number
  /** Peers that did not answer. */
  readonly unreachable: number
}

/** An answer that broke the rules of its namespace, and was not believed. */
export interface InvalidAnswer {
  /** Id of the node that gave it, in the form of {@link Provider.id}. */
  readonly from: string
  /** What the rules have against it. */
  readonly reason: string
}

export interface FoundValue {
  /** The best value among the answers, by the rules of its namespace. The caller owns the bytes. */
  readonly value: Uint8Array
  /** Nodes that answered, whether they knew a value or not; the calling node is not counted. */
  readonly answered: number
  /** Answers that were not believed, one for each node that gave one; most often none. */
  readonly invalid: readonly InvalidAnswer[]
}

/** A node that said it holds what a key names. */
export interface Provider {
  /** The node's id, in the form of the network (a libp2p peer id on the mesh). */
  readonly id: string
  /** Where it can be reached, in the form of the network; empty where that is not known. */
  readonly addresses: readonly string[]
}

/**
 * What may stand under the keys of one namespace, and which of two values is the better one. Every
 * node asks these rules before it sends, stores or believes a value.
 */
export interface RecordRules {
  /** The largest value, in bytes. */
  readonly maxBytes: number
  /** Throws, with the reason as its message, where the value may not stand under the key. */
  readonly validate: (key: string, value: Uint8Array) => void
  /**
   * The index of the best of several valid values, of which there is at least one. It must not depend
   * on their order, so that all nodes choose alike.
   */
  readonly select: (key: string, values: readonly Uint8Array[]) => number
}

/** The rules of each namespace: `{ ucxl: rules }` for the keys that begin with `/ucxl/`. */
export type RuleBook = Readonly<Record<string, RecordRules>>

/** What an implementation can do beyond the least; the conformance suite adapts to it. */
export interface DhtSupports {
  /** A put of a value worse than the one that stands is refused by those who hold that one. */
  readonly refusesRollback: boolean
  /** Values outlive a restart of the node. */
  readonly persistence: boolean
}

/**
 * A distributed hash table: values and providers under keys, held by many nodes.
 *
 * Keys are text of the form `/namespace/name`. Nothing fails in silence: a put says how many peers
 * took it, a get how many answered, and "nobody answered" (`ERR_DHT_UNREACHABLE`) is not "it does not
 * exist" (`ERR_DHT_NOT_FOUND`). After {@link close}, each call is `ERR_DHT_CLOSED`.
 */
export interface Dht {
  readonly supports: DhtSupports

  /**
   * Puts a value where others find it. The bytes are copied.
   *
   * @returns at least one peer stored it.
   * @throws `ERR_DHT_INVALID_RECORD` (the rules refuse it, or the namespace has none),
   *   `ERR_DHT_TOO_LARGE`: nothing was sent; `ERR_DHT_REFUSED` (peers answered, none took it),
   *   `ERR_DHT_UNREACHABLE` (nobody answered), `ERR_DHT_TIMEOUT`.
   */
  putValue(key: string, value: Uint8Array, options?: DhtCallOptions): Promise<Receipt>

  /**
   * The best value under a key.
   *
   * @throws `ERR_DHT_NOT_FOUND` (peers answered, none has a valid one: what was invalid, and from
   *   whom, stands in the error), `ERR_DHT_UNREACHABLE`, `ERR_DHT_TIMEOUT`.
   */
  getValue(key: string, options?: GetOptions): Promise<FoundValue>

  /**
   * Says that this node holds what the key names.
   *
   * @throws `ERR_DHT_UNREACHABLE`, `ERR_DHT_TIMEOUT`.
   */
  provide(key: string, options?: DhtCallOptions): Promise<Receipt>

  /**
   * Nodes that said they hold what the key names, each once, as they are found; none is no error.
   *
   * @throws `ERR_DHT_UNREACHABLE` where nobody could be asked, `ERR_DHT_TIMEOUT`.
   */
  findProviders(key: string, options?: DhtCallOptions): AsyncIterable<Provider>

  /** Leaves the network. Closing twice is fine. */
  close(): Promise<void>
}
