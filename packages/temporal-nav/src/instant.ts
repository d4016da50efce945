import { TemporalError } from './errors.ts'

const INSTANT =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?Z$/
/** 0000-01-01T00:00:00Z and 9999-12-31T23:59:59.999Z: what four digits of a year can write. */
const EARLIEST = -62_167_219_200_000
const LATEST = 253_402_300_799_999

/**
 * Writes a time as an instant of an address: RFC 3339 in UTC, with milliseconds only where they are
 * not zero.
 *
 * @param time whole milliseconds since 1970-01-01T00:00:00Z, in the years 0000 to 9999
 * @throws TemporalError `ERR_TEMPORAL_INVALID` for anything else
 */
export function toInstant(time: number): string {
  assertTime(time)
  const text = new Date(time).toISOString()
  return time % 1000 === 0 ? `${text.slice(0, 19)}Z` : text
}

/**
 * Reads an instant of an address, such as `2025-08-01T12:30:00Z`, with or without three digits of
 * milliseconds (so `Date.prototype.toISOString` gives one as well).
 *
 * @returns milliseconds since 1970-01-01T00:00:00Z
 * @throws TemporalError `ERR_TEMPORAL_INVALID` for another form, or a moment that does not exist
 */
export function fromInstant(instant: string): number {
  const time = INSTANT.test(instant) ? read(instant) : Number.NaN
  const day = instant.slice(8, 10)
  // 30 February would be rolled over into March.
  if (time < Infinity && (day < '29' || new Date(time).getUTCDate() === Number(day))) return time
  throw new TemporalError('ERR_TEMPORAL_INVALID', {
    message: `Expected an instant in UTC such as 2025-08-01T12:30:00Z, got ${JSON.stringify(instant)}.`,
    details: { received: instant },
  })
}

/** Twice as fast as Date.parse, which counts where each read of an instant begins with this. */
function read(instant: string): number {
  const year = digits(instant, 0, 4)
  // Date.UTC takes 0 to 99 for 1900 to 1999.
  if (year < 100) return Date.parse(instant)
  return Date.UTC(
    year,
    digits(instant, 5, 2) - 1,
    digits(instant, 8, 2),
    digits(instant, 11, 2),
    digits(instant, 14, 2),
    digits(instant, 17, 2),
    instant.length === 24 ? digits(instant, 20, 3) : 0,
  )
}

function digits(text: string, from: number, count: number): number {
  let value = 0
  for (let i = from; i < from + count; i++) value = value * 10 + text.charCodeAt(i) - 48
  return value
}

/** @throws TemporalError `ERR_TEMPORAL_INVALID` unless it is a time that an instant can write */
export function assertTime(time: number): void {
  if (Number.isSafeInteger(time) && time >= EARLIEST && time <= LATEST) return
  throw new TemporalError('ERR_TEMPORAL_INVALID', {
    message: `Expected a time in whole milliseconds since 1970, in the years 0000 to 9999, such as 1754049600000; got ${String(time)}.`,
    details: { received: time },
  })
}
