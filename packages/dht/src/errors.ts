import type { InvalidAnswer } from './dht.ts'

/** What can go wrong in a distributed hash table. */
export type DhtErrorCode =
  | 'ERR_DHT_CLOSED'
  | 'ERR_DHT_INVALID_RECORD'
  | 'ERR_DHT_NOT_FOUND'
  | 'ERR_DHT_REFUSED'
  | 'ERR_DHT_TIMEOUT'
  | 'ERR_DHT_TOO_LARGE'
  | 'ERR_DHT_UNREACHABLE'

export interface DhtErrorOptions extends ErrorOptions {
  readonly invalid?: readonly InvalidAnswer[]
}

/** The error of every implementation. `cause` is kept wherever there was one. */
export class DhtError extends Error {
  override readonly name = 'DhtError'
  readonly code: DhtErrorCode
  /** Answers that were not believed, of a get that found nothing else; empty in other errors. */
  readonly invalid: readonly InvalidAnswer[]

  constructor(code: DhtErrorCode, message: string, options: DhtErrorOptions = {}) {
    super(message, options)
    this.code = code
    this.invalid = options.invalid ?? []
  }
}
