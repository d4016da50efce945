import { fail } from './errors.ts'
import { decodeEscapes, normalizeEscapes } from './escapes.ts'
import { find, readPath, readTail, runEnd } from './segments.ts'
import { LATEST, looksTemporal, readTemporal, TEMPORAL_EXPECTED } from './temporal.ts'
import type { Address, Temporal } from './types.ts'
import { AddressValue } from './value.ts'

const SCHEME = 'ucxl://'
export const NAME_UNITS = 63
const NAME_RUN = /(?:[a-z\d]|\*(?!\*))(?:[\w.-]|\*(?!\*))*/iy
const LEGACY_EXPECTED = 'no older form (see translateLegacy)'
// The older form's temporal mark, at the end of a path.
const LEGACY_MARK = /^\*(?:[\^~]|@\d[^/]*)\/?$/

/**
 * The whole grammar, from left to right: the address that `text` is, whatever its length.
 *
 * @throws {AddressError} for the first thing that is wrong.
 */
export function scan(text: string): Address {
  let at = scanScheme(text)
  const name = (label: string, delimiter: string): string => {
    const start = at
    const end = nameEnd(text, start, label)
    const escaped = label === 'project' && /^%3a/i.test(text.slice(end, end + 3))
    const found = escaped ? ':' : (text[end] ?? '')
    if (delimiter === '/' ? !'/?#'.includes(found) : found !== delimiter) {
      if (':@/?#'.includes(found)) fail(text, 'AUTHORITY', end, `${delimiter} after the ${label}`)
      refuseName(text, end, label)
    }
    at = end + (escaped ? 3 : delimiter === '/' ? 0 : 1)
    return normalizeName(text.slice(start, end))
  }
  const agent = name('agent', ':')
  const role = name('role', '@')
  const project = name('project', ':')
  const task = name('task', '/')
  const { temporal = LATEST, path, query, fragment } = scanRest(text, at)
  return new AddressValue(agent, role, project, task, temporal, path, query, fragment)
}

function scanScheme(text: string): number {
  for (let at = 0; at < SCHEME.length; at++) {
    if (text[at]?.toLowerCase() === SCHEME[at]) continue
    if (/^bzzz:\/\//i.test(text)) fail(text, 'LEGACY', 0, LEGACY_EXPECTED)
    fail(text, 'SCHEME', at, SCHEME)
  }
  return SCHEME.length
}

/** The end of the name, or glob, that begins at `from`. */
export function nameEnd(text: string, from: number, label: string): number {
  const end = runEnd(text, from, NAME_RUN)
  if (end === from) refuseName(text, from, label)
  if (end > from + NAME_UNITS) refuseName(text, from + NAME_UNITS, label)
  return end
}

export function refuseName(text: string, at: number, label: string): never {
  return fail(
    text,
    'NAME',
    at,
    `1 to ${NAME_UNITS} letters or digits (- _ . after the first) for the ${label}`,
  )
}

export function normalizeName(name: string): string {
  return name === '*' ? 'any' : name.toLowerCase()
}

/** What follows the names of an address, normalised. */
export interface Rest {
  /** Whether it has a path, or a temporal segment, that begins with `/`. */
  readonly rooted: boolean
  readonly temporal: Temporal | undefined
  readonly path: string
  readonly query: string | undefined
  readonly fragment: string | undefined
}

/**
 * What follows the names, or a relative reference, that is the rest of `text` from `from`. A path
 * that does not begin with `/`, which only a reference has, may have dot segments.
 *
 * @throws {AddressError} for the first thing that is wrong.
 */
export function scanRest(text: string, from: number): Rest {
  const hash = find(text, '#', from, text.length)
  const question = find(text, '?', from, hash)
  const rooted = from < question && text[from] === '/'
  let start = rooted ? from + 1 : from
  let temporal: Temporal | undefined
  if (rooted) {
    const end = find(text, '/', start, question)
    const token = decodeEscapes(text.slice(start, end)) ?? ''
    if (looksTemporal(token)) {
      temporal = readTemporal(token) ?? fail(text, 'TEMPORAL', start, TEMPORAL_EXPECTED)
      start = end + 1
    } else refuseLegacy(text, start, question)
  }
  return {
    rooted,
    temporal,
    path: readPath(text, start, question, !rooted),
    query: question < hash ? readTail(text, question + 1, hash, 'QUERY') : undefined,
    fragment: hash < text.length ? readTail(text, hash + 1, text.length, 'FRAGMENT') : undefined,
  }
}

/** For a path without a temporal segment before it. */
function refuseLegacy(text: string, from: number, to: number): void {
  const path = text.slice(from, to)
  const star = path.lastIndexOf('*')
  if (star === -1 || !LEGACY_MARK.test(normalizeEscapes(path.slice(star)))) return
  readPath(text, from, from + star)
  fail(text, 'LEGACY', from + star, LEGACY_EXPECTED)
}
