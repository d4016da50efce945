import type { Input, Output } from './operations.ts'
import type { EntryView, EventView, FoundView, Resolved, Verdict, VersionView } from './schemas.ts'

/** When a call that failed is tried again. Only what may be done twice, or is told apart by a key, is. */
export interface RetryOptions {
  /** How often a call is tried, the first time too; 5. */
  readonly attempts: number
  /** Milliseconds before the second try; 100. Each wait is up to twice as long as the one before. */
  readonly firstMs: number
  /** Milliseconds that no wait exceeds, and no `Retry-After` either; 10,000. */
  readonly maxMs: number
}

export interface UcxiClientInit {
  /** `http://127.0.0.1:8080` */
  readonly url: string
  /** The Bearer token, or what gives it, for tokens that are renewed. */
  readonly token?: string | (() => string | Promise<string>)
  /** The global one if left out. */
  readonly fetch?: typeof fetch
  readonly retry?: Partial<RetryOptions>
  /** Milliseconds for a call with all its tries, until its answer begins; 30,000. */
  readonly timeoutMs?: number
  /** Milliseconds without a sign of life, after which an event stream counts as lost; 45,000. */
  readonly stallMs?: number
  /** From 0 to less than 1: spreads tries, so that clients do not come back all at once. */
  readonly random?: () => number
  /** A new Idempotency-Key; 128 random bits if left out. */
  readonly newKey?: () => string
  /** Resolves after so many milliseconds, or rejects with the signal's reason. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

export interface CallOptions {
  /** Ends the call, and what is left of its answer. */
  readonly signal?: AbortSignal
  /** Milliseconds, instead of the client's. */
  readonly timeoutMs?: number
}

/**
 * What is written: a text, bytes, or a stream of them. A stream is sent once; a function that gives
 * one can be asked again, where a call has to be.
 */
export type Content =
  | string
  | Uint8Array
  | AsyncIterable<Uint8Array>
  | (() => AsyncIterable<Uint8Array>)

export interface WriteOptions extends CallOptions {
  /** Media type; `text/plain; charset=utf-8` for a text, else `application/octet-stream`. */
  readonly contentType?: string
  /** Write only where the newest version has this content id; `*`: only where one lives. */
  readonly ifMatch?: string
  /** `*`: write only where nothing lives; a content id: only where it is another one. */
  readonly ifNoneMatch?: string
  readonly tags?: readonly string[]
  readonly validFrom?: string
  readonly validTo?: string
}

/** A version whose bytes are on their way. */
export interface ReceivedVersion {
  /** The address that always means this version. */
  readonly address: string
  /** When it was recorded: RFC 3339 in UTC. */
  readonly time: string
  readonly contentType: string
  /** Content id. */
  readonly content: string
  /** The bytes as they come. To be read by one of these three, once, or cancelled. */
  readonly body: ReadableStream<Uint8Array>
  bytes(): Promise<Uint8Array>
  text(): Promise<string>
}

export interface SubscribeOptions {
  /** An address with wildcards; every context if left out. */
  readonly pattern?: string
  /** Only what came after this event; what comes from now on if left out. */
  readonly lastEventId?: number
  /** Ends the loop, without an error. */
  readonly signal?: AbortSignal
}

type Options<Name extends 'get' | 'resolve' | 'timeline'> = Omit<Input<Name>, 'address'> &
  CallOptions

/**
 * The operations of a node, over HTTP. Every method rejects with a {@link ProblemError} where the node
 * says no (its `code` is that of the package that did), or with a UcxiError: `ERR_UCXI_CONNECTION`,
 * `ERR_UCXI_DEADLINE`, `ERR_UCXI_RESPONSE`; an aborted signal rejects with its reason.
 */
export interface UcxiClient {
  /** Begins to read a version. */
  get(address: string, options?: Options<'get'>): Promise<ReceivedVersion>
  /** A version with all that it says of itself, and its bytes in JSON. */
  entry(address: string, options?: Options<'get'>): Promise<EntryView>
  /** Writes the next version. */
  put(address: string, content: Content, options?: WriteOptions): Promise<VersionView>
  /** Writes a new context in a folder, under a name that the node gives. */
  post(folder: string, content: Content, options?: WriteOptions): Promise<VersionView>
  delete(
    address: string,
    options?: Pick<WriteOptions, 'ifMatch'> & CallOptions,
  ): Promise<VersionView>
  /** Writes the content of an older version again, as the newest. */
  restore(address: string, options?: CallOptions): Promise<VersionView>
  announce(address: string, options?: CallOptions): Promise<Output<'announce'>>
  resolve(address: string, options?: Options<'resolve'>): Promise<Resolved>
  validate(subject: Input<'validate'>, options?: CallOptions): Promise<Verdict>
  stats(options?: CallOptions): Promise<Output<'stats'>>
  health(options?: CallOptions): Promise<Output<'health'>>
  /** The versions of a context, page by page as they are asked for. `limit` is the size of a page. */
  timeline(address: string, options?: Options<'timeline'>): AsyncIterable<VersionView>
  /** What is found, page by page as it is asked for. `limit` is the size of a page. */
  query(options?: Input<'query'> & CallOptions): AsyncIterable<FoundView>
  /**
   * What changes, as it comes. A lost connection is made again, and the stream goes on where it was,
   * without a gap or a double, until the loop is left or the signal aborted.
   */
  subscribe(options?: SubscribeOptions): AsyncIterable<EventView>
}
