const ESCAPE = /%[\dA-F]{2}/gi
const UNRESERVED = /[\w.~-]/
const NOT_PLAIN = /[^-\w.~!$&'()+,;=:@\p{Cs}]+/gu

/**
 * Percent escapes in their one written form (RFC 3986, 6.2.2): in upper case, and none for an
 * unreserved character.
 */
export function normalizeEscapes(text: string): string {
  if (!text.includes('%')) return text
  return text.replaceAll(ESCAPE, (escape) => {
    const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16))
    return UNRESERVED.test(character) ? character : escape.toUpperCase()
  })
}

/** What percent escapes stand for; undefined where one is malformed or is not UTF-8. */
export function decodeEscapes(text: string): string | undefined {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/**
 * One plain segment as it stands in a path: what a path could not hold is escaped, a `*` too, since
 * a bare one is a wildcard. A lone surrogate stays, for UTF-8 has no bytes for it.
 */
export function encodeSegment(segment: string): string {
  return segment.replaceAll(NOT_PLAIN, (run) => encodeURIComponent(run).replaceAll('*', '%2A'))
}
