/**
 * What can go wrong here; what `@bzzz/decision-schema`, `@bzzz/context-store` and
 * `@bzzz/ucxl-address` refuse keeps their codes. The README lists what to do about each.
 */
export type SlurpErrorCode =
  | 'ERR_SLURP_AGENT'
  | 'ERR_SLURP_AHEAD'
  | 'ERR_SLURP_BIND'
  | 'ERR_SLURP_BUSY'
  | 'ERR_SLURP_CLOSED'
  | 'ERR_SLURP_CONFLICT'
  | 'ERR_SLURP_CONTENT'
  | 'ERR_SLURP_CURSOR'
  | 'ERR_SLURP_DELIVERY'
  | 'ERR_SLURP_DROPPED'
  | 'ERR_SLURP_FILE'
  | 'ERR_SLURP_FORBIDDEN'
  | 'ERR_SLURP_FULL'
  | 'ERR_SLURP_HEADERS'
  | 'ERR_SLURP_HOST'
  | 'ERR_SLURP_INTERNAL'
  | 'ERR_SLURP_MEDIA_TYPE'
  | 'ERR_SLURP_METHOD'
  | 'ERR_SLURP_NOT_FOUND'
  | 'ERR_SLURP_PORT'
  | 'ERR_SLURP_QUERY'
  | 'ERR_SLURP_REQUEST'
  | 'ERR_SLURP_SIGNATURE'
  | 'ERR_SLURP_TIMEOUT'
  | 'ERR_SLURP_TOO_LARGE'
  | 'ERR_SLURP_TOO_MANY'
  | 'ERR_SLURP_UNAUTHORIZED'
  | 'ERR_SLURP_UNKNOWN'
  | 'ERR_SLURP_WEBHOOK'
  | 'ERR_SLURP_WRITER'

const BRAND: unique symbol = Symbol.for('@bzzz/slurp/error')

/** The error of this package. `cause` is kept wherever there was one. */
export class SlurpError extends Error {
  override readonly name = 'SlurpError'
  readonly [BRAND] = true
  readonly code: SlurpErrorCode

  constructor(code: SlurpErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  /** Whether a value is a SlurpError, of this code if one is given: also one of another copy. */
  static is(value: unknown, code?: SlurpErrorCode): value is SlurpError {
    if (!(value instanceof Error) || !(BRAND in value)) return false
    return code === undefined || ('code' in value && value.code === code)
  }
}
