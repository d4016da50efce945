/** What can go wrong with a network under test, or on the way to it. */
export type AdnetErrorCode =
  | 'ERR_ADNET_BREAKER'
  | 'ERR_ADNET_COMMAND'
  | 'ERR_ADNET_CONFLICT'
  | 'ERR_ADNET_INPUT'
  | 'ERR_ADNET_NOT_FOUND'
  | 'ERR_ADNET_OPTION'
  | 'ERR_ADNET_RATE_LIMITED'
  | 'ERR_ADNET_REFUSED'
  | 'ERR_ADNET_RESPONSE'
  | 'ERR_ADNET_TIMEOUT'
  | 'ERR_ADNET_TOO_LARGE'
  | 'ERR_ADNET_UNAUTHORIZED'
  | 'ERR_ADNET_UNAVAILABLE'
  | 'ERR_ADNET_UNREACHABLE'

export interface AdnetErrorOptions extends ErrorOptions {
  readonly status?: number
  readonly retryAfterMs?: number
}

const brand: unique symbol = Symbol.for('@bzzz/adnet/error')

/** The error of this package. `cause` is kept wherever there was one. */
export class AdnetError extends Error {
  override readonly name = 'AdnetError'
  readonly [brand] = true
  readonly code: AdnetErrorCode
  /** The HTTP status, where the network answered. */
  readonly status: number | undefined
  /** How long it asked to be left alone, where it did. */
  readonly retryAfterMs: number | undefined

  constructor(code: AdnetErrorCode, message: string, options: AdnetErrorOptions = {}) {
    super(message, options)
    this.code = code
    this.status = options.status
    this.retryAfterMs = options.retryAfterMs
  }

  /**
   * Whether a value is an AdnetError, of this code if one is given: also where it was thrown by another
   * installed copy of the package.
   */
  static is(value: unknown, code?: AdnetErrorCode): value is AdnetError {
    if (!(value instanceof Error) || !(brand in value)) return false
    return code === undefined || ('code' in value && value.code === code)
  }
}
