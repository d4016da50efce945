import { CommandError } from './command-error.ts'

const UNITS: Readonly<Record<string, number>> = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
}
const AGO = /^(\d{1,6}|an?) (second|minute|hour|day|week|month|year)s? ago$/
const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

/**
 * What a person says of a version or a moment, as an address writes it: `prev`, `next`, `first`, `latest`,
 * a version number, a date (`2025-08-07`, `2025-08-07T12:00:00Z`), or `now`, `today`, `yesterday`,
 * `monday` (the last one), `3 days ago`. Moments are as of then; days begin at midnight UTC.
 *
 * @param now milliseconds since 1970.
 * @throws `ERR_HAP_WHEN`.
 */
export function temporalOf(words: string, now: number): string {
  const said = words.trim().toLowerCase()
  if (said === 'latest' || said === 'newest') return '*^'
  if (said === 'first' || said === 'oldest') return '*~1'
  if (said === 'prev' || said === 'previous') return '~~1'
  if (said === 'next') return '^^1'
  // As addresses write it.
  if (/^(?:\*\^|\*~\d*|~~\d+|\^\^\d+)$/.test(said)) return said
  if (/^[1-9]\d{0,8}$/.test(said)) return `*~${said}`
  if (/^\d{4}-\d{2}-\d{2}/.test(said)) return words.trim().toUpperCase().replace(' ', 'T')
  const moment = timeOf(said, now)
  if (moment === undefined)
    throw new CommandError(
      'ERR_HAP_WHEN',
      `${JSON.stringify(words)} is no version and no moment: try 3, prev, 2025-08-07, yesterday or "3 days ago"`,
    )
  return new Date(moment).toISOString()
}

/** The same as a moment in RFC 3339. @throws `ERR_HAP_WHEN` for a version. */
export function momentOf(words: string, now: number): string {
  const time = Date.parse(temporalOf(words, now))
  if (Number.isFinite(time)) return new Date(time).toISOString()
  throw new CommandError('ERR_HAP_WHEN', `${JSON.stringify(words)} is no moment`)
}

function timeOf(said: string, now: number): number | undefined {
  const today = now - (now % 86_400_000)
  if (said === 'now') return now
  if (said === 'today') return today
  if (said === 'yesterday') return today - 86_400_000
  const day = DAYS.indexOf(said.replace(/^last /, ''))
  if (day >= 0) {
    const back = (new Date(now).getUTCDay() - day + 7) % 7
    return today - (back === 0 ? 7 : back) * 86_400_000
  }
  const [, number, unit] = AGO.exec(said.replace(/^last (week|month|year)$/, 'a $1 ago')) ?? []
  if (number === undefined || unit === undefined) return undefined
  const count = /^an?$/.test(number) ? 1 : Number(number)
  const length = UNITS[unit]
  if (length !== undefined) return now - count * length
  // Months and years are not all alike: the same day of the month, or the last one that it has.
  const date = new Date(now)
  const dayOfMonth = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() - count * (unit === 'year' ? 12 : 1))
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(dayOfMonth, last))
  return date.getTime()
}
