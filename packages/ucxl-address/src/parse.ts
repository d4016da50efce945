import { AddressError, fail, requireString, UNREAD_UNITS } from './errors.ts'
import { format } from './format.ts'
import { readPlain } from './plain.ts'
import { scan } from './scan.ts'
import type { Address } from './types.ts'

/** How long an address may be, in its canonical form. */
const MAX_BYTES = 2048
/** How long a text can be and still stand for one: in the URI form three characters are escaped. */
export const MAX_UNITS = MAX_BYTES + '%3A%5E%5E'.length - ':^^'.length
/** At least as much as the canonical form can be longer than a text. */
const CANONICAL_SLACK = 32

/** What `safeParse` gives. */
export type SafeParseResult =
  | { readonly success: true; readonly address: Address }
  | { readonly success: false; readonly error: AddressError }

/**
 * Reads an address, a pattern too, in the canonical or in the URI form.
 *
 * What normalises: scheme and names to lower case, `*` as a name to `any`, an absent temporal
 * segment to `*^`, a moment to UTC, escapes to upper case, and those of unreserved characters to the
 * characters. All else that is not as `format` writes it is an error.
 *
 * @throws {AddressError} with the code for the first thing that is wrong, from left to right, but
 *   `ERR_ADDRESS_LENGTH` before any other. `ERR_ADDRESS_PATTERN` is not among them.
 * @throws {TypeError} where `text` is no string.
 */
export function parse(text: string): Address {
  requireString(text)
  if (text.length > MAX_UNITS) return tooLong(text)
  const address = readPlain(text) ?? scanText(text)
  return text.length <= MAX_BYTES - CANONICAL_SLACK ? address : withinLimit(address, text)
}

/** As {@link parse}, but an error is returned; only for a `text` that is no string one is thrown. */
export function safeParse(text: string): SafeParseResult {
  try {
    return { success: true, address: parse(text) }
  } catch (error) {
    if (error instanceof AddressError) return { success: false, error }
    throw error
  }
}

/**
 * The canonical form of an address given as text. A canonical form stays as it is.
 *
 * @throws {AddressError} as {@link parse}.
 */
export function normalize(text: string): string {
  return format(parse(text))
}

function scanText(text: string): Address {
  try {
    return scan(text)
  } catch (error) {
    if (unitsThatFit(text) < text.length) tooLong(text)
    throw error
  }
}

/**
 * The address that was made of `text`.
 *
 * @throws {AddressError} `ERR_ADDRESS_LENGTH` where its canonical form is too long.
 */
export function withinLimit(address: Address, text: string): Address {
  // What could be read is ASCII: its code units are bytes.
  return format(address).length > MAX_BYTES ? tooLong(text) : address
}

/** @throws {AddressError} `ERR_ADDRESS_LENGTH`, at the first character past the limit. */
export function tooLong(text: string): never {
  const offset = text.length > UNREAD_UNITS ? MAX_BYTES : unitsThatFit(text)
  return fail(text, 'LENGTH', offset, `at most ${MAX_BYTES} bytes`)
}

function unitsThatFit(text: string): number {
  return new TextEncoder().encodeInto(text, new Uint8Array(MAX_BYTES)).read
}
