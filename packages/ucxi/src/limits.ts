/** What a server takes at most. Past each there is an error that names it, and memory stays flat. */
export interface Limits {
  /** Bytes of a content; 16 MiB. What the store takes bounds it too. */
  readonly bodyBytes: number
  /** Bytes of a body in JSON, an entry with its content too; 1 MiB. */
  readonly jsonBytes: number
  /** How deep such a body may be nested; 64. */
  readonly jsonDepth: number
  /** Bytes of all headers of a request; 16 KiB. */
  readonly headerBytes: number
  /** Milliseconds for the headers of a request to arrive; 10,000. */
  readonly headersMs: number
  /** Milliseconds for a whole request to arrive; 120,000. */
  readonly requestMs: number
  /** Milliseconds without a byte of a body that comes, or of an answer that is to be taken; 30,000. */
  readonly stallMs: number
  /** Connections; 4,096. More are closed at once. */
  readonly connections: number
  /** Requests under way; 2,048. */
  readonly requests: number
  /** Requests under way of one client: a principal or, where there are none, an IP address; 1,024. */
  readonly requestsPerClient: number
  /** Event streams; 1,000. */
  readonly subscribers: number
  /** Event streams of one client; 250. */
  readonly subscribersPerClient: number
  /** Bytes that wait to be read by one WebSocket; 256 KiB. */
  readonly socketBytes: number
  /** Milliseconds between heartbeats of an event stream; 15,000. */
  readonly heartbeatMs: number
  /** Answers kept for requests that are asked again with the same Idempotency-Key; 1,000. */
  readonly idempotencyKeys: number
  /** Milliseconds for which they are kept; 600,000. */
  readonly idempotencyMs: number
}

export const DEFAULT_LIMITS: Limits = Object.freeze({
  bodyBytes: 16 * 1024 * 1024,
  jsonBytes: 1024 * 1024,
  jsonDepth: 64,
  headerBytes: 16 * 1024,
  headersMs: 10_000,
  requestMs: 120_000,
  stallMs: 30_000,
  connections: 4096,
  requests: 2048,
  requestsPerClient: 1024,
  subscribers: 1000,
  subscribersPerClient: 250,
  socketBytes: 256 * 1024,
  heartbeatMs: 15_000,
  idempotencyKeys: 1000,
  idempotencyMs: 600_000,
})
