import type { SQLInputValue } from 'node:sqlite'
import { FACETS, type Facet, type StoredDecision } from './storage.ts'
import type {
  FacetCount,
  Filters,
  SearchMark,
  SearchRequest,
  SearchResult,
  SearchTerm,
} from './storage-queries.ts'
import { facetsOf } from './memory-search.ts'
import type { Statements } from './sqlite-file.ts'
import { ROW, stored } from './sql-rows.ts'

// How much more a word counts in a title and in a summary.
const WEIGHTS = '8.0, 3.0, 1.0'
// What is in a text a hundred times outweighs all weights: a title that has all the words is ahead of
// any text, and the shorter it is, the further.
const TITLE_BONUS = 20

/** A hit, without what it says. */
interface Ranked {
  readonly head: number
  readonly key: string
  readonly rank: number
  /** How many were ranked. */
  readonly matches: number
}

export function search(statements: Statements, request: SearchRequest): SearchResult {
  const { terms, after, limit, facets, cap } = request
  const { from, values } = fromOf(request)
  const narrowed = after ? ' AND (rank < ? OR (rank = ? AND key > ?))' : ''
  const last: SQLInputValue[] = after ? [after.rank, after.rank, after.key] : []
  const page = statements.all<Ranked>(
    `SELECT head, key, rank, matches FROM (${from}) WHERE TRUE${narrowed}
      ORDER BY rank DESC, key LIMIT ${limit + 1}`,
    ...values,
    ...last,
  )
  const hits = page.slice(0, limit).flatMap(({ head, key, rank }) => {
    const decision = statements.get<StoredDecision>(
      `SELECT ${ROW} FROM versions v JOIN contexts c ON c.id = v.context WHERE v.sequence = ?`,
      head,
    )
    const mark: SearchMark = { rank, key }
    return decision ? [{ decision: stored(decision), mark }] : []
  })
  const matches = page[0]?.matches ?? countMatches(statements, request)
  return {
    hits,
    more: page.length > limit,
    capped: terms.length > 0 && matches >= cap,
    ...(facets ? { facets: countFacets(statements, from, values) } : {}),
  }
}

/** How many were ranked, where the filters left none of them. */
function countMatches(statements: Statements, { terms, cap }: SearchRequest): number {
  if (terms.length === 0) return 0
  const sql = `SELECT count(*) AS count
    FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ${cap})`
  return statements.get<{ count: number }>(sql, matchOf(terms))?.count ?? 0
}

/** The statement that gives all results, without their order. */
function fromOf({ terms, filters, cap }: SearchRequest): {
  from: string
  values: SQLInputValue[]
} {
  const { where, values } = narrow(filters)
  const columns = 'c.head, c.key, c.agent, c.role, c.project, c.task, c.type, c.status'
  if (terms.length === 0) {
    const from = `SELECT ${columns}, c.at AS rank, 0 AS matches FROM contexts c
      WHERE c.head IS NOT NULL${where}`
    return { from, values }
  }
  // The rank of a word that is in most texts takes as long as there are texts: hence the cap.
  const from = `WITH
    w AS MATERIALIZED (SELECT rowid AS id, -bm25(words, ${WEIGHTS}) AS rank FROM words
      WHERE words MATCH ? ORDER BY rowid DESC LIMIT ${cap}),
    t AS MATERIALIZED (SELECT rowid AS id, -bm25(titles) AS rank FROM titles
      WHERE titles MATCH ? ORDER BY rowid DESC LIMIT ${cap})
    SELECT ${columns}, w.rank + coalesce(${TITLE_BONUS} + 2 * t.rank, 0) AS rank,
      (SELECT count(*) FROM w) AS matches
    FROM w JOIN contexts c ON c.id = w.id LEFT JOIN t ON t.id = w.id
    WHERE c.head IS NOT NULL${where}`
  const titles = matchOf(terms.filter(({ not }) => !not))
  return { from, values: [matchOf(terms), titles, ...values] }
}

/** Filters as conditions on `c`. */
export function narrow(filters: Filters): { where: string; values: SQLInputValue[] } {
  const parts: string[] = []
  const values: SQLInputValue[] = []
  for (const facet of FACETS) {
    const wanted = filters[facet]
    if (!wanted) continue
    parts.push(` AND c.${facet} IN (${wanted.map(() => '?').join(', ')})`)
    values.push(...wanted)
  }
  if (filters.since !== undefined) {
    parts.push(' AND c.at >= ?')
    values.push(filters.since)
  }
  if (filters.before !== undefined) {
    parts.push(' AND c.at < ?')
    values.push(filters.before)
  }
  return { where: parts.join(''), values }
}

function countFacets(
  statements: Statements,
  from: string,
  values: readonly SQLInputValue[],
): Record<Facet, readonly FacetCount[]> {
  // One pass over the results, whatever they are counted by.
  const rows = statements.all<Record<Facet, string> & { count: number }>(
    `SELECT ${FACETS.join(', ')}, count(*) AS count FROM (${from}) GROUP BY ${FACETS.join(', ')}`,
    ...values,
  )
  return facetsOf(rows)
}

/** A search in the language of FTS5: every word is a string, so that none is an operator. */
function matchOf(terms: readonly SearchTerm[]): string {
  const wanted = terms.filter(({ not }) => !not).map(quoted)
  const refused = terms.filter(({ not }) => not).map((term) => ` NOT ${quoted(term)}`)
  return `(${wanted.join(' AND ')})${refused.join('')}`
}

function quoted({ words, prefix }: SearchTerm): string {
  return `"${words.join(' ')}"${prefix ? '*' : ''}`
}
