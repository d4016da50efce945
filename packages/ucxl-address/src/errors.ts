/**
 * What was wrong with an address. Codes are stable; the words of a message are not.
 *
 * - `ERR_ADDRESS_SCHEME`: it does not begin with `ucxl://`.
 * - `ERR_ADDRESS_LEGACY`: it is written in one of the two older forms; `translateLegacy` reads them.
 * - `ERR_ADDRESS_AUTHORITY`: a delimiter of `agent:role@project:task` is missing or out of place.
 * - `ERR_ADDRESS_NAME`: a name is empty, too long, or holds a character that names have not.
 * - `ERR_ADDRESS_TEMPORAL`: the temporal segment is malformed or out of range, or there is no such moment.
 * - `ERR_ADDRESS_PATH`: an empty segment, a dot segment, a misplaced `**`, or a character that paths have not.
 * - `ERR_ADDRESS_PERCENT`: a percent escape is malformed or not UTF-8.
 * - `ERR_ADDRESS_QUERY`: the query holds a character that queries have not.
 * - `ERR_ADDRESS_FRAGMENT`: the fragment holds a character that fragments have not.
 * - `ERR_ADDRESS_LENGTH`: it has over 2,048 bytes.
 * - `ERR_ADDRESS_PATTERN`: it is a pattern where a concrete address is needed.
 */
export type AddressErrorCode =
  | 'ERR_ADDRESS_SCHEME'
  | 'ERR_ADDRESS_LEGACY'
  | 'ERR_ADDRESS_AUTHORITY'
  | 'ERR_ADDRESS_NAME'
  | 'ERR_ADDRESS_TEMPORAL'
  | 'ERR_ADDRESS_PATH'
  | 'ERR_ADDRESS_PERCENT'
  | 'ERR_ADDRESS_QUERY'
  | 'ERR_ADDRESS_FRAGMENT'
  | 'ERR_ADDRESS_LENGTH'
  | 'ERR_ADDRESS_PATTERN'

/** A code without `ERR_ADDRESS_`. */
export type FaultCode = AddressErrorCode extends `ERR_ADDRESS_${infer Code}` ? Code : never

const EXAMPLE = 'ucxl://claude:architect@shop:checkout/*^/decisions/payment.json'
const INPUT_UNITS = 2048
const EXCERPT_UNITS = 24
/** Past this a text is not looked at: reading a string glued from pieces first copies all of it. */
export const UNREAD_UNITS = 65_536

/**
 * Why a text is not an address, or an address not usable where it was given.
 *
 * Compare `code`, and not the class, where two copies of this package may be installed.
 */
export class AddressError extends Error {
  override readonly name = 'AddressError'
  declare readonly code: AddressErrorCode
  /** Where in `input` the offending character stands, in UTF-16 code units from 0. */
  declare readonly offset: number
  /**
   * The text that `offset` counts in: what was given, the part that was given (`createAddress`), or
   * what was made of it (`parseKey`, `translateLegacy`). At most 2,048 UTF-16 code units of it, and
   * `''` where it had over 65,536.
   */
  declare readonly input: string

  /** @internal The code comes without `ERR_ADDRESS_`; `expected` ends the sentence "Expected …". */
  constructor(text: string, code: FaultCode, offset: number, expected: string) {
    const unread = text.length > UNREAD_UNITS
    const got = unread ? 'more' : offset < text.length ? excerpt(text, offset) : 'the end'
    super(`Expected ${expected}, got ${got} at offset ${offset}. An example: ${EXAMPLE}`)
    this.code = `ERR_ADDRESS_${code}`
    this.offset = offset
    this.input = unread ? '' : text.slice(0, INPUT_UNITS)
  }
}

/** Quoted, and in printable ASCII alone: hostile text must not steer a terminal or forge a log line. */
function excerpt(text: string, offset: number): string {
  return JSON.stringify(text.slice(offset, offset + EXCERPT_UNITS)).replaceAll(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** @throws {AddressError} always. */
export function fail(text: string, code: FaultCode, offset: number, expected: string): never {
  throw new AddressError(text, code, offset, expected)
}

/** @throws {TypeError} for what only a caller without types can pass: it is no fault of an address. */
export function requireString(value: unknown): void {
  if (typeof value !== 'string') throw new TypeError(`Expected a string, got ${typeof value}`)
}
