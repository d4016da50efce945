// The grammar once more, transcribed from its ABNF rule by rule, and sharing nothing with src: what
// it takes and what the parser takes must be the same texts.

const ALNUM = '[A-Za-z0-9]'
const NAME = new RegExp(`^${ALNUM}(?:${ALNUM}|[-_.]){0,62}$`)
const GLOB = new RegExp(`^(?:${ALNUM}|\\*)(?:${ALNUM}|[-_.*]){0,62}$`)
const PCHAR = "(?:[A-Za-z0-9\\-._~]|[!$&'()*+,;=]|[:@])"
// RFC 3629, section 4, without the control characters.
const UTF8 = [
  '%[2-6]H',
  '%7[0-9A-E]',
  '%C2%[AB]H',
  '%(?:C[3-9A-F]|DH)%[89AB]H',
  '%E0%[AB]H%[89AB]H',
  '%E[1-9A-CEF]%[89AB]H%[89AB]H',
  '%ED%[89]H%[89AB]H',
  '%F0%[9AB]H%[89AB]H%[89AB]H',
  '%F[1-3]%[89AB]H%[89AB]H%[89AB]H',
  '%F4%8H%[89AB]H%[89AB]H',
]
  .join('|')
  .replaceAll('H', '[0-9A-F]')
const SEGMENT = new RegExp(`^(?:${PCHAR}|${UTF8})+$`, 'i')
const TAIL = new RegExp(`^(?:${PCHAR}|${UTF8}|[/?])*$`, 'i')
const TOKEN = /^(?:\*\^|(?:\*~|~~|\^\^)(?:[1-9]\d{0,8})?)$/
const NUMBERS = /^(\d{4})-(\d\d)-(\d\d)(?:T(.*))?$/s
const TIME = /^(\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?(?:Z|([+-]\d\d)(?::(\d\d))?)?$/

/** Whether a text of at most 2,000 bytes is an address. */
export function isInGrammar(text: string): boolean {
  const parts = /^ucxl:\/\/([^/?#]*)(\/[^?#]*)?(\?[^#]*)?(#.*)?$/is.exec(text)
  if (parts === null) return false
  const [, authority = '', path = '', query = '', fragment = ''] = parts
  return (
    isAuthority(authority) &&
    (path === '' || isPath(path.slice(1))) &&
    TAIL.test(query.slice(1)) &&
    TAIL.test(fragment.slice(1))
  )
}

function isAuthority(authority: string): boolean {
  const halves = authority.split('@')
  const actor = halves[0]?.split(':') ?? []
  const place = halves[1]?.split(/:|%3A/i) ?? []
  const sizes = [halves.length, actor.length, place.length]
  return sizes.every((size) => size === 2) && [...actor, ...place].every(isNameOrGlob)
}

function isNameOrGlob(name: string): boolean {
  return NAME.test(name) || (GLOB.test(name) && !name.includes('**'))
}

function isPath(path: string): boolean {
  const [first = '', ...others] = path.split('/')
  const token = decoded(first)
  const timed = /^(?:\*\^|\*~|~~|\^\^|\d\d\d\d-\d\d-\d\d(?:$|T))/.test(token)
  if (timed && !TOKEN.test(token) && !isInstant(token)) return false
  const segments = timed ? others : [first, ...others]
  if (segments.at(-1) === '') segments.pop()
  if (!timed && isOlder(segments.at(-1) ?? '')) return false
  return segments.every(isSegment)
}

function isSegment(segment: string): boolean {
  if (['.', '..'].includes(segment.replaceAll(/%2e/gi, '.'))) return false
  return segment === '**' || (SEGMENT.test(segment) && !segment.includes('**'))
}

/** Whether a last segment ends like those of the older form. */
function isOlder(segment: string): boolean {
  const mark = segment.slice(segment.lastIndexOf('*')).replaceAll(/%7E/gi, '~')
  return segment.includes('*') && (mark === '*~' || /^\*@(?:\d|%3\d)/.test(mark))
}

function isInstant(text: string): boolean {
  const [, year, month, day, time] = NUMBERS.exec(text) ?? []
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return false
  if (time === undefined) return true
  const fields = TIME.exec(time)
  if (fields === null) return false
  const [, hour, minute = '0', second = '0', fraction = '0', shiftHour, shiftMinute = '0'] = fields
  if (Number(minute) > 59 || Number(second) > 59 || (Number(`0.${fraction}`) * 1000) % 1 !== 0)
    return false
  const clock = Number(hour) * 3600 + Number(minute) * 60 + Number(second) + Number(`0.${fraction}`)
  if (clock > 86_400) return false
  if (Math.abs(Number(shiftHour ?? 0)) > 23 || Number(shiftMinute) > 59) return false
  if (shiftHour === '-00' && Number(shiftMinute) === 0) return false
  const shift =
    Number(shiftHour ?? 0) * 3600 + Number(shiftMinute) * (shiftHour?.startsWith('-') ? -60 : 60)
  const utc = new Date(date.getTime() + Math.round((clock - shift) * 1000)).getUTCFullYear()
  return utc >= 0 && utc <= 9999
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return ''
  }
}
