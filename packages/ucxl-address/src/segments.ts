import { fail } from './errors.ts'
import { decodeEscapes, normalizeEscapes } from './escapes.ts'

const PATH_RUN = /(?:[-\w.~!$&'()+,;=:@]|\*(?!\*))+/y
const TAIL_RUN = /[-\w.~!$&'()*+,;=:@/?]+/y
const DOT_SEGMENT = /^(?:\.|%2e){1,2}$/i

/**
 * The path that stands in `text` from `from` to before `to`, normalised; with `dots` it may have
 * dot segments.
 *
 * @throws {AddressError} for the first thing that is wrong with it.
 */
export function readPath(text: string, from: number, to: number, dots = false): string {
  for (let start = from; start < to; start++) {
    const end = find(text, '/', start, to)
    const segment = text.slice(start, end)
    if (segment === '') fail(text, 'PATH', start, 'a segment')
    if (!dots && DOT_SEGMENT.test(segment)) fail(text, 'PATH', start, 'no dot segment')
    if (segment === '**') start = end
    while (start < end) start = readRun(text, start, PATH_RUN, 'PATH')
  }
  return normalizeEscapes(text.slice(from, to))
}

/**
 * The query or fragment that stands in `text` from `from` to before `to`, normalised.
 *
 * @throws {AddressError} for the first thing that is wrong with it.
 */
export function readTail(
  text: string,
  from: number,
  to: number,
  code: 'QUERY' | 'FRAGMENT',
): string {
  for (let at = from; at < to;) at = readRun(text, at, TAIL_RUN, code)
  return normalizeEscapes(text.slice(from, to))
}

/** Where `character` next stands in `text` before `to`; `to` where it does not. */
export function find(text: string, character: string, from: number, to: number): number {
  const at = text.indexOf(character, from)
  return at === -1 || at > to ? to : at
}

/** The end of the characters of a run, or of one that is written with escapes. */
function readRun(
  text: string,
  at: number,
  run: RegExp,
  code: 'PATH' | 'QUERY' | 'FRAGMENT',
): number {
  const end = runEnd(text, at, run)
  if (end > at) return end
  if (text[at] !== '%') fail(text, code, at, 'a character that RFC 3986 has there')
  const lead = Number.parseInt(text.slice(at + 1, at + 3), 16)
  const next = at + 3 * (lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4)
  const character =
    decodeEscapes(text.slice(at, next)) ?? fail(text, 'PERCENT', at, 'escaped UTF-8')
  if (/\p{Cc}/u.test(character)) fail(text, code, at, 'no control character')
  return next
}

/** The end of what a sticky expression matches at `at`; `at` where it does not match. */
export function runEnd(text: string, at: number, run: RegExp): number {
  run.lastIndex = at
  return run.test(text) ? run.lastIndex : at
}
