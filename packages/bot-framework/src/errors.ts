/** What can go wrong with bots. The README lists what to do about each. */
export type BotErrorCode =
  | 'ERR_BOT_AMOUNT'
  | 'ERR_BOT_BALANCE'
  | 'ERR_BOT_CLOSED'
  | 'ERR_BOT_CONFIG'
  | 'ERR_BOT_DUPLICATE'
  | 'ERR_BOT_HISTOGRAM'
  | 'ERR_BOT_LOG'
  | 'ERR_BOT_OPTION'
  | 'ERR_BOT_OVERFLOW'
  | 'ERR_BOT_QUEUE_FULL'
  | 'ERR_BOT_RESERVATION'
  | 'ERR_BOT_STALLED'
  | 'ERR_BOT_STATE'
  | 'ERR_BOT_TIMEOUT'
  | 'ERR_BOT_UNKNOWN'

const brand: unique symbol = Symbol.for('@bzzz/bot-framework/error')

/** The error of this package. `cause` is kept wherever there was one. */
export class BotError extends Error {
  override readonly name = 'BotError'
  readonly [brand] = true
  readonly code: BotErrorCode

  constructor(code: BotErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  /**
   * Whether a value is a BotError, of this code if one is given: also where it was thrown by another
   * installed copy of the package.
   */
  static is(value: unknown, code?: BotErrorCode): value is BotError {
    if (!(value instanceof Error) || !(brand in value)) return false
    return code === undefined || ('code' in value && value.code === code)
  }
}

/** The error for an option that cannot be. */
export function optionError(option: string, expected: string, got: unknown): BotError {
  return new BotError('ERR_BOT_OPTION', `Expected ${expected} as ${option}, got ${String(got)}`)
}

/** Passes on a whole number from `least` on. @throws `ERR_BOT_OPTION`. */
export function wholeNumber(option: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value
  throw optionError(option, `a whole number, ${least} or more,`, value)
}

/** Passes on a time that can be waited for. @throws `ERR_BOT_OPTION`. */
export function duration(option: string, ms: number, least = 0): number {
  if (ms >= least && ms < Number.POSITIVE_INFINITY) return ms
  throw optionError(option, `milliseconds, ${least} or more,`, ms)
}
