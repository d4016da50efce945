import { occurrences, wordsOf } from './search-text.ts'
import { FACETS, type Facet, type NewDecision, type StoredDecision } from './storage.ts'
import {
  FACET_VALUES,
  type FacetCount,
  type Filters,
  type SearchRequest,
  type SearchResult,
  type SearchTerm,
} from './storage-queries.ts'

/** How much more a word counts in a title and in a summary. */
const WEIGHTS = { title: 8, summary: 3, body: 1 } as const
// Of BM25: how soon a word that stands often counts no more, and how much a long text counts less.
const SATURATION = 1.2
// More than all other words of a search together come to.
const TITLE_BONUS = 100

/** A version with what it is found by. */
export type KeptDecision = NewDecision & StoredDecision

/** Whether a version is among what filters ask for. */
export function passes({ facets, at }: NewDecision, filters: Filters): boolean {
  return (
    FACETS.every((facet) => filters[facet]?.includes(facets[facet]) ?? true) &&
    at >= (filters.since ?? -Infinity) &&
    at < (filters.before ?? Infinity)
  )
}

/** @param heads the newest versions, in the order in which their contexts came */
export function searchHeads(
  heads: readonly KeptDecision[],
  { terms, filters, after, limit, cap, facets }: SearchRequest,
): Omit<SearchResult, 'hits'> & { readonly hits: readonly { rank: number; row: KeptDecision }[] } {
  const matching =
    terms.length === 0
      ? heads.map((row) => ({ rank: row.at, row }))
      : heads
          .map((row) => ({ rank: rankOf(row, terms), row }))
          .filter(({ rank }) => rank > 0)
          .slice(-cap)
  const results = matching
    .filter(({ row }) => passes(row, filters))
    .toSorted((a, b) => b.rank - a.rank || byCodeUnits(a.row.key, b.row.key))
  const behind = after
    ? results.filter(
        ({ rank, row }) => rank < after.rank || (rank === after.rank && row.key > after.key),
      )
    : results
  return {
    hits: behind.slice(0, limit),
    more: behind.length > limit,
    capped: terms.length > 0 && matching.length >= cap,
    ...(facets
      ? { facets: facetsOf(results.map(({ row }) => ({ ...row.facets, count: 1 }))) }
      : {}),
  }
}

/** The most frequent values, the most frequent first, then in their order. */
function topOf(counts: ReadonlyMap<string, number>): readonly FacetCount[] {
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .toSorted((a, b) => b.count - a.count || byCodeUnits(a.value, b.value))
    .slice(0, FACET_VALUES)
}

/** The values of each facet, of results that are counted by all of them at once. */
export function facetsOf(
  rows: readonly (Record<Facet, string> & { readonly count: number })[],
): Record<Facet, readonly FacetCount[]> {
  const counted = (facet: Facet): readonly FacetCount[] => {
    const counts = new Map<string, number>()
    for (const row of rows) {
      if (row[facet] !== '') counts.set(row[facet], (counts.get(row[facet]) ?? 0) + row.count)
    }
    return topOf(counts)
  }
  return Object.fromEntries(FACETS.map((facet) => [facet, counted(facet)])) as Record<
    Facet,
    readonly FacetCount[]
  >
}

/** 0 where it does not have all the words, or has one that is not to be there. */
function rankOf({ text }: NewDecision, terms: readonly SearchTerm[]): number {
  const fields = Object.entries(WEIGHTS).map(([name, weight]) => ({
    words: wordsOf(text[name as keyof typeof WEIGHTS]),
    weight,
  }))
  const length = fields.reduce((sum, { words }) => sum + words.length, 0)
  let rank = 0
  for (const term of terms) {
    const found = fields.reduce(
      (sum, { words, weight }) => sum + weight * occurrences(words, term),
      0,
    )
    if (term.not ? found > 0 : found === 0) return 0
    if (!term.not) rank += found / (found + SATURATION * (1 + length / 100))
  }
  // A title that has all the words is ahead of any text, and the shorter it is, the further.
  const title = wordsOf(text.title)
  const inTitle = terms.every((term) => term.not || occurrences(title, term) > 0)
  return inTitle ? rank + TITLE_BONUS * (1 + 1 / title.length) : rank
}

export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
