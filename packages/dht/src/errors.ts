/** What can go wrong in a distributed hash table. */
export type DhtErrorCode =
  | 'ERR_DHT_CLOSED'
  | 'ERR_DHT_INVALID_RECORD'
  | 'ERR_DHT_NOT_FOUND'
  | 'ERR_DHT_REFUSED'
  | 'ERR_DHT_TIMEOUT'
  | 'ERR_DHT_TOO_LARGE'
  | 'ERR_DHT_UNREACHABLE'

/** The error of every implementation. `cause` is kept wherever there was one. */
export class DhtError extends Error {
  override readonly name = 'DhtError'
  readonly code: DhtErrorCode

  constructor(code: DhtErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
