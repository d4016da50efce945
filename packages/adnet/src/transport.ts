/** What is asked of a network. */
export interface TransportRequest {
  readonly method: 'GET' | 'POST'
  /** With its query. */
  readonly path: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
}

/** What it answers, as far as it has. */
export interface TransportResponse {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: AsyncIterable<Uint8Array>
}

/**
 * The way to a network: HTTP, or straight into a devnet of the same process.
 *
 * @throws `ERR_ADNET_UNREACHABLE`; the reason of the signal.
 */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>
