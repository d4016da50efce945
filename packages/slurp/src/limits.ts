/** What a server takes at most. Past each there is an error that names it, and memory stays flat. */
export interface Limits {
  /** Bytes of a delivery or another JSON body; 4 MiB. */
  readonly bodyBytes: number
  /** Bytes of a body in NDJSON as a whole; 256 MiB. It is taken in lots of lines. */
  readonly importBytes: number
  /** Bytes of all headers of a request; 16 KiB. */
  readonly headerBytes: number
  /** Milliseconds for the headers of a request to arrive; 10,000. */
  readonly headersMs: number
  /** Milliseconds for a whole request to arrive; 300,000. */
  readonly requestMs: number
  /** Connections; 4,096. More are closed at once. */
  readonly connections: number
  /** Requests under way; 1,024. */
  readonly requests: number
  /** Chains, paths and exports under way; 8. */
  readonly heavy: number
  /** Event streams; 1,000. */
  readonly subscribers: number
  /** Milliseconds between heartbeats of an event stream; 15,000. */
  readonly heartbeatMs: number
}

export const DEFAULT_LIMITS: Limits = Object.freeze({
  bodyBytes: 4 * 1024 * 1024,
  importBytes: 256 * 1024 * 1024,
  headerBytes: 16 * 1024,
  headersMs: 10_000,
  requestMs: 300_000,
  connections: 4096,
  requests: 1024,
  heavy: 8,
  subscribers: 1000,
  heartbeatMs: 15_000,
})
