import { UcxiError } from './errors.ts'

// RFC 9110, 5.6.7: the one form that may be sent; RFC 7089 takes no other.
const DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/

/** A time, in milliseconds since 1970, as HTTP writes it: in whole seconds. */
export function toHttpDate(time: number): string {
  return new Date(time).toUTCString()
}

/** @throws `ERR_UCXI_REQUEST` for another form, or a moment that does not exist. */
export function fromHttpDate(text: string): number {
  const trimmed = text.trim()
  const time = DATE.test(trimmed) ? Date.parse(trimmed) : Number.NaN
  // The day of the week is not checked, and no day is rolled over into the next month.
  if (!Number.isNaN(time) && toHttpDate(time).slice(5) === trimmed.slice(5)) return time
  throw new UcxiError(
    'ERR_UCXI_REQUEST',
    `Expected a date such as Fri, 01 Aug 2025 00:00:00 GMT, got ${JSON.stringify(text.slice(0, 40))}`,
  )
}
