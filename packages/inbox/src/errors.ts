/** What can go wrong with messages. What the store refuses is a StoreError, and comes through as it is. */
export type InboxErrorCode =
  | 'ERR_INBOX_ANSWER'
  | 'ERR_INBOX_CHANGED'
  | 'ERR_INBOX_CLOSED'
  | 'ERR_INBOX_INVALID'
  | 'ERR_INBOX_NOT_ADDRESSED'
  | 'ERR_INBOX_NOT_FOUND'

const brand: unique symbol = Symbol.for('@bzzz/inbox/error')

/** The error of this package. `cause` is kept wherever there was one. */
export class InboxError extends Error {
  override readonly name = 'InboxError'
  readonly [brand] = true
  readonly code: InboxErrorCode

  constructor(code: InboxErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  /**
   * Whether a value is an InboxError, of this code if one is given: also where it was thrown by another
   * installed copy of the package.
   */
  static is(value: unknown, code?: InboxErrorCode): value is InboxError {
    if (!(value instanceof Error) || !(brand in value)) return false
    return code === undefined || ('code' in value && value.code === code)
  }
}
