/**
 * What can go wrong with publishing itself. What is wrong with a decision is a DecisionError, and
 * with the store a StoreError: they come through as they are. The README says what to do about each.
 */
export type PublishErrorCode =
  | 'ERR_PUBLISH_AGENT'
  | 'ERR_PUBLISH_CLOSED'
  | 'ERR_PUBLISH_NOT_FOUND'
  | 'ERR_PUBLISH_SIGNER'
  | 'ERR_PUBLISH_STATE'

const brand: unique symbol = Symbol.for('@bzzz/slurp-client/error')

/** The error of this package. `cause` is kept wherever there was one. */
export class PublishError extends Error {
  override readonly name = 'PublishError'
  readonly [brand] = true
  readonly code: PublishErrorCode

  constructor(code: PublishErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  /**
   * Whether a value is a PublishError, of this code if one is given: also where it was thrown by
   * another installed copy of the package.
   */
  static is(value: unknown, code?: PublishErrorCode): value is PublishError {
    if (!(value instanceof Error) || !(brand in value)) return false
    return code === undefined || ('code' in value && value.code === code)
  }
}

/** A failure in a few words for a person: its message, and where it has one, that of its cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return plain(String(error))
  const { message, cause } = error
  return plain(cause instanceof Error ? `${message}: ${cause.message}` : message)
}

const SHOWN_UNITS = 500

/** Text of others, shortened and without what could steer a terminal or forge a line of a log. */
export function plain(text: string): string {
  const shown = text.length > SHOWN_UNITS ? `${text.slice(0, SHOWN_UNITS)}...` : text
  return shown.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
}
