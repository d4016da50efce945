// ISO 8601, extended format: a date, or a date and a time to the hour, minute, second or decimal
// fraction of a second, with or without a shift from UTC.
const INSTANT =
  /^((\d{4})-(0[1-9]|1[0-2])-(\d\d))(?:T(\d\d)(?::([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,3})0*)?)?)?(?:Z|([+-])([01]\d|2[0-3])(?::([0-5]\d))?)?)?$/

// As it is written, on a day that every month has: what most are, and done with at once.
const WRITTEN = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/

const MINUTE_MS = 60_000
const UTC_UNITS = '0000-00-00T00:00:00.000Z'.length

/**
 * The written form, in UTC, of an ISO 8601 date or date-time; undefined where there is no such
 * moment or it cannot be kept exactly. So refused are, besides days and hours that no calendar has:
 * a leap second (`:60`: writers' clocks count none), a fraction finer than a millisecond, a shift
 * of `-00:00` (ISO 8601 has only `+00:00`), and a moment outside the years 0000 to 9999 of UTC.
 * `24:00` is the midnight that ends the day.
 */
export function readInstant(text: string): string | undefined {
  if (WRITTEN.test(text)) return text
  const match = INSTANT.exec(text)
  if (match === null) return undefined
  const [, date, year, month, day, hour = '00', minute = '00', second = '00', fraction = ''] = match
  if (Number(day) < 1 || Number(day) > daysIn(Number(year), Number(month))) return undefined
  const sign = match[9]
  let utc = `${date}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0')}Z`
  if (sign !== undefined || hour > '23') {
    const shift = Number(match[10] ?? 0) * 60 + Number(match[11] ?? 0)
    if (sign === '-' && shift === 0) return undefined
    const instant = Date.parse(utc) - (sign === '-' ? -shift : shift) * MINUTE_MS
    utc = Number.isNaN(instant) ? '' : new Date(instant).toISOString()
  }
  return utc.length === UTC_UNITS ? utc.replace('.000Z', 'Z') : undefined
}

function daysIn(year: number, month: number): number {
  // Four centuries on, where the calendar is the same and no year means one of the 20th century.
  return new Date(Date.UTC(year + 400, month, 0)).getUTCDate()
}
