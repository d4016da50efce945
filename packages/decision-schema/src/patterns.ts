// What texts look like, as regular expressions (ECMA-262, with the flag `u`), since that is how JSON
// Schema says it. Tests hold the expression for addresses to the verdicts of `@bzzz/ucxl-address`.

type Escape = (characters: string) => string

/** Characters as they are. */
const plain: Escape = (characters) =>
  characters.length === 1 ? literal(characters) : `[${characters}]`
/** Characters, or their percent escapes: a temporal segment may be written with these. */
const escaped: Escape = (characters) => {
  const escapes = Array.from(characters, (character) => {
    const hex = character.charCodeAt(0).toString(16)
    return `%${hex.replaceAll(/[a-f]/g, (digit) => `[${digit.toUpperCase()}${digit}]`)}`
  })
  return `(?:${plain(characters)}|${escapes.join('|')})`
}

function literal(character: string): string {
  return /[*^.+]/.test(character) ? `\\${character}` : character
}

const DIGITS = '0123456789'

/** A date that the Gregorian calendar has. */
function date(of: Escape): string {
  const d = of(DIGITS)
  const dash = of('-')
  const day28 = `(?:${of('0')}${of('123456789')}|${of('1')}${d}|${of('2')}${of('012345678')})`
  const day30 = `(?:${of('0')}${of('123456789')}|${of('12')}${d}|${of('3')}${of('0')})`
  const long = `(?:${of('0')}${of('13578')}|${of('1')}${of('02')})`
  const month = `(?:${of('0')}${of('13456789')}|${of('1')}${of('012')})`
  const by4 = `(?:${of('02468')}${of('048')}|${of('13579')}${of('26')})`
  const leapYear = `(?:${d}${d}(?:${of('0')}${of('48')}|${of('2468')}${of('048')}|${of('13579')}${of('26')})|${by4}${of('0')}${of('0')})`
  return (
    `(?:${d}${d}${d}${d}${dash}(?:${month}${dash}${day30}|${long}${dash}${of('3')}${of('1')}|${of('0')}${of('2')}${dash}${day28})` +
    `|${leapYear}${dash}${of('0')}${of('2')}${dash}${of('2')}${of('9')})`
  )
}

/** RFC 3339, in capitals, to the nanosecond at most, without leap seconds. */
export const TIMESTAMP = new RegExp(
  `^${date(plain)}T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)$`,
)

export const UUID = /^[\dA-Fa-f]{8}(?:-[\dA-Fa-f]{4}){3}-[\dA-Fa-f]{12}$/

/** CIDv1, codec raw, sha2-256, in base32. */
export const CONTENT_ID = /^bafkrei[a-z2-7]{52}$/

export const DECISION_HASH = /^sha256:[\da-f]{64}$/

// RFC 3986, without the `*`, which only patterns have.
const PCHAR = "[-\\w.~!$&'()+,;=:@]"
// RFC 3629, section 4, percent-encoded and without the control characters.
const UTF8 = [
  '%[2-6]H',
  '%7[\\dA-Ea-e]',
  '%[Cc]2%[ABab]H',
  '%(?:[Cc][3-9A-Fa-f]|[Dd]H)%[89ABab]H',
  '%[Ee]0%[ABab]H%[89ABab]H',
  '%[Ee][1-9A-CEFa-cef]%[89ABab]H%[89ABab]H',
  '%[Ee][Dd]%[89]H%[89ABab]H',
  '%[Ff]0%[9ABab]H%[89ABab]H%[89ABab]H',
  '%[Ff][1-3]%[89ABab]H%[89ABab]H%[89ABab]H',
  '%[Ff]4%8H%[89ABab]H%[89ABab]H',
]
  .join('|')
  .replaceAll('H', '[\\dA-Fa-f]')

// Times on the first day of the year 0000 and the last of 9999 are left out: a shift, or midnight,
// leads some of them out of what four digits can write.
function instant(of: Escape): string {
  const [d, zero, one, colon, minus] = [of(DIGITS), of('0'), of('1'), of(':'), of('-')]
  const sixty = `${of('012345')}${d}`
  const hour = `(?:${of('01')}${d}|${of('2')}${of('0123')})`
  const fraction = (digit: string): string => `(?:${of('.,')}${digit}{1,3}${zero}*)?`
  const clock = `${hour}(?:${colon}${sixty}(?:${colon}${sixty}${fraction(d)})?)?`
  const nought = `${colon}${zero}{2}`
  const midnight = `${of('2')}${of('4')}(?:${nought}(?:${nought}${fraction(zero)})?)?`
  const west = `(?!${minus}${zero}{2}(?:${nought})?(?:[/?#]|$))${minus}`
  const shift = `(?:${of('Z')}|(?:${of('+')}|${west})${hour}(?:${colon}${sixty})?)`
  const edge = `(?!(?:${zero}{4}${minus}${zero}${one}${minus}${zero}${one}|${of('9')}{4}${minus}${one}${of('2')}${minus}${of('3')}${one})${of('T')})`
  return `${edge}${date(of)}(?:${of('T')}(?:${clock}|${midnight})${shift}?)?`
}

/** A concrete address, in the canonical or the URI form. */
export const ADDRESS = new RegExp(address(escaped), 'u')

function address(of: Escape): string {
  const d = of(DIGITS)
  const [star, tilde, caret] = [of('*'), of('~'), of('^')]
  const name = '(?![Aa][Nn][Yy](?![-\\w.]))[A-Za-z\\d][-\\w.]{0,62}'
  const segment = `(?!(?:\\.|%2[Ee]){1,2}(?:[/?#]|$))(?:${PCHAR}|${UTF8})+`
  const number = `(?:${of('123456789')}${d}{0,8})?`
  const counted = `(?:${star}${tilde}|${tilde}{2}|${caret}{2})${number}`
  const temporal = `(?:${star}${caret}|${counted}|${instant(of)})(?=[/?#]|$)`
  const day = `${d}{4}${of('-')}${d}{2}${of('-')}${d}{2}(?:${of('T')}|[/?#]|$)`
  const looksTemporal = `(?:${star}${of('~^')}|${tilde}{2}|${caret}{2}|${day})`
  const tail = `(?:${PCHAR}|[*/?]|${UTF8})*`
  return (
    `^[Uu][Cc][Xx][Ll]://${name}:${name}@${name}(?::|%3[Aa])${name}` +
    `(?:/(?:${temporal}/?|(?!${looksTemporal}))(?:${segment}(?:/${segment})*/?)?)?` +
    `(?:\\?${tail})?(?:#${tail})?$`
  )
}
