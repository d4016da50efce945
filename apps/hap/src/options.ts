import { InvalidArgumentError, Option } from 'commander'

export function depthOption(): Option {
  return new Option('--depth <number>', 'links from the start, at most (default: 8)').argParser(
    wholeNumber,
  )
}

export function wholeNumber(text: string): number {
  const number = Number(text)
  if (/^\d{1,5}$/.test(text) && number > 0) return number
  throw new InvalidArgumentError('Expected a whole number from 1.')
}

export function moment(text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isFinite(time)) return time
  throw new InvalidArgumentError('Expected a date, such as 2015-06-01 or 2015-06-01T12:00:00Z.')
}

/** One more of an option that may be given several times. */
export function another(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), text]
}
