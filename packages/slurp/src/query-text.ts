import { SlurpError } from './errors.ts'
import { assertTerms, termOf } from './search-text.ts'
import { FACETS, type Facet } from './storage.ts'
import type { Filters, SearchTerm } from './storage-queries.ts'

/** A query, read. */
export interface Query {
  readonly terms: readonly SearchTerm[]
  readonly filters: Filters
}

const MAX_TEXT = 2048
const MAX_VALUES = 64
const PART = /(-?)(?:(after|before|agent|role|project|task|type|status):)?(?:"([^"]*)"|(\S+))/gi
const DAY = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/

/**
 * Reads a query as people write it: words, `"several in a row"`, `begin*`, `-not`, and filters:
 * `after:2025-08-01`, `before:`, `agent:`, `role:`, `project:`, `task:`, `type:`, `status:`. A filter
 * that is given twice takes either value.
 *
 * @throws SlurpError `ERR_SLURP_QUERY` with what is wrong and what would be right
 */
export function parseQuery(text: string): Query {
  if (text.length > MAX_TEXT) {
    throw new SlurpError(
      'ERR_SLURP_QUERY',
      `Expected at most ${MAX_TEXT} characters, got ${text.length}`,
    )
  }
  const terms: SearchTerm[] = []
  const facets: Partial<Record<Facet, string[]>> = {}
  const times: { since?: number; before?: number } = {}
  for (const [, minus, name = '', quoted, word = ''] of text.matchAll(PART)) {
    const value = quoted ?? word
    const field = name.toLowerCase()
    if (field !== '' && minus !== '') {
      throw new SlurpError(
        'ERR_SLURP_QUERY',
        `A filter cannot be turned around: leave the - of -${field}: away`,
      )
    }
    if (field === 'after') times.since = Math.max(times.since ?? -Infinity, momentOf(value, field))
    else if (field === 'before')
      times.before = Math.min(times.before ?? Infinity, momentOf(value, field))
    else if (field !== '') (facets[field as Facet] ??= []).push(facetOf(field, value))
    else {
      const term = termOf(value, { quoted: quoted !== undefined, not: minus === '-' })
      if (term) terms.push(term)
    }
  }
  assertTerms(terms)
  return { terms, filters: { ...facets, ...times } }
}

/** Both: of a facet that both name, what both take. @throws SlurpError `ERR_SLURP_QUERY`. */
export function bothFilters(one: Filters, other: Filters): Filters {
  const facets: Partial<Record<Facet, readonly string[]>> = {}
  for (const facet of FACETS) {
    const [a, b] = [one[facet], other[facet]?.map((value) => facetOf(facet, value))]
    const both = a && b ? a.filter((value) => b.includes(value)) : (a ?? b)
    if (both && both.length > MAX_VALUES) {
      throw new SlurpError(
        'ERR_SLURP_QUERY',
        `Expected at most ${MAX_VALUES} values of ${facet}, got ${both.length}`,
      )
    }
    if (both) facets[facet] = both
  }
  const since = Math.max(one.since ?? -Infinity, other.since ?? -Infinity)
  const before = Math.min(one.before ?? Infinity, other.before ?? Infinity)
  return {
    ...facets,
    ...(since > -Infinity ? { since } : {}),
    ...(before < Infinity ? { before } : {}),
  }
}

/** Names in addresses and statuses are in lower case; types are as they were written. */
function facetOf(facet: string, value: string): string {
  if (value === '') {
    throw new SlurpError(
      'ERR_SLURP_QUERY',
      `Expected a value after ${facet}:, such as type:policy or agent:claude`,
    )
  }
  return facet === 'type' ? value : value.toLowerCase()
}

/**
 * A moment as people write it: a year, a month, a day (their beginnings in UTC), or RFC 3339.
 *
 * @returns milliseconds since 1970
 * @throws SlurpError `ERR_SLURP_QUERY`
 */
export function momentOf(text: string, name: string): number {
  const [, year = '', month = '01', day = '01'] = DAY.exec(text) ?? []
  const whole = year === '' ? text : `${year}-${month}-${day}T00:00:00Z`
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/i.test(whole)
    ? Date.parse(whole)
    : Number.NaN
  // 30 February would be rolled over into March.
  const real = year === '' || new Date(time || 0).toISOString().startsWith(whole.slice(0, 10))
  if (!Number.isNaN(time) && real) return time
  throw new SlurpError(
    'ERR_SLURP_QUERY',
    `Expected a moment for ${name}, such as 2025-08-01 or 2025-08-01T12:30:00Z, got ${JSON.stringify(text.slice(0, 60))}`,
  )
}
