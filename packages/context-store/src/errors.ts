/** What can go wrong in a store. The README lists what to do about each. */
export type StoreErrorCode =
  | 'ERR_STORE_BUSY'
  | 'ERR_STORE_CLOSED'
  | 'ERR_STORE_CONFLICT'
  | 'ERR_STORE_CONTENT_MISMATCH'
  | 'ERR_STORE_CONTENT_MISSING'
  | 'ERR_STORE_CONTENT_TOO_LARGE'
  | 'ERR_STORE_DAMAGED'
  | 'ERR_STORE_DENIED'
  | 'ERR_STORE_DROPPED'
  | 'ERR_STORE_EXPORT'
  | 'ERR_STORE_FILE'
  | 'ERR_STORE_FULL'
  | 'ERR_STORE_QUERY'
  | 'ERR_STORE_READ_ONLY'
  | 'ERR_STORE_REDACTED'
  | 'ERR_STORE_RULE'
  | 'ERR_STORE_WRITER'
  | 'ERR_RECORD_CHAIN'
  | 'ERR_RECORD_INVALID'
  | 'ERR_RECORD_SIGNATURE'

const brand: unique symbol = Symbol.for('@bzzz/context-store/error')

/** The error of this package. `cause` is kept wherever there was one. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly [brand] = true
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  /**
   * Whether a value is a StoreError, of this code if one is given: also where it was thrown by
   * another installed copy of the package.
   */
  static is(value: unknown, code?: StoreErrorCode): value is StoreError {
    if (!(value instanceof Error) || !(brand in value)) return false
    return code === undefined || ('code' in value && value.code === code)
  }
}

/** What `Access` does not allow. It says the same whether there is such a context or not. */
export function denied(operation: string, key: string): StoreError {
  return new StoreError('ERR_STORE_DENIED', `No rule allows to ${operation} ${key}`)
}
