import { FACETS, type Facet, type StoredDecision } from '../storage.ts'
import type {
  FacetCount,
  Filters,
  SearchMark,
  SearchRequest,
  SearchResult,
} from '../storage-queries.ts'
import { facetsOf } from '../memory-search.ts'
import type { Queries, Value } from './database.ts'
import { ROW, stored } from '../sql-rows.ts'
import { queryOf } from './words.ts'

// Of words without a weight, those of the third, of summaries and of titles.
const WEIGHTS = "'{0.125, 0.125, 0.375, 1}'"
// Divides by the logarithm of the length: in a long text a word stands often.
const BY_LENGTH = 1
// More than all ranks: a title that has all the words is ahead of any text, and the shorter the further.
const TITLE_BONUS = 100

interface Ranked extends StoredDecision {
  readonly rank: number
  /** How many were ranked. */
  readonly matches: number
}

export async function search(queries: Queries, request: SearchRequest): Promise<SearchResult> {
  const { terms, after, limit, facets, cap, signal } = request
  const { from, values } = fromOf(request)
  const next = values.length + 1
  const narrowed = after
    ? ` WHERE r.rank < $${next}::float8 OR (r.rank = $${next}::float8 AND r.key > $${next + 1})`
    : ''
  const rows = await queries.all<Ranked>(
    `SELECT ${ROW}, c.rank, c.matches FROM
        (SELECT * FROM (${from}) r${narrowed} ORDER BY r.rank DESC, r.key LIMIT ${limit + 1}) c
        JOIN versions v ON v.sequence = c.head
      ORDER BY c.rank DESC, c.key`,
    after ? [...values, after.rank, after.key] : values,
    signal,
  )
  const matches = rows[0]?.matches ?? (await countMatches(queries, request))
  return {
    hits: rows.slice(0, limit).map((row) => {
      const { rank, matches: _, ...decision } = row
      const mark: SearchMark = { rank, key: row.key }
      return { decision: stored(decision), mark }
    }),
    more: rows.length > limit,
    capped: terms.length > 0 && matches >= cap,
    ...(facets ? { facets: await countFacets(queries, { from, values, signal }) } : {}),
  }
}

/** How many were ranked, where the filters left none of them. */
async function countMatches(
  queries: Queries,
  { terms, cap, signal }: SearchRequest,
): Promise<number> {
  if (terms.length === 0) return 0
  const sql = `SELECT count(*) AS count
    FROM (SELECT 1 FROM contexts WHERE words @@ $1::text::tsquery LIMIT ${cap}) w`
  return (await queries.get<{ count: number }>(sql, [queryOf(terms)], signal))?.count ?? 0
}

/** The statement that gives all results, without their order. */
function fromOf({ terms, filters, cap }: SearchRequest): { from: string; values: Value[] } {
  const columns = 'c.head, c.key, c.agent, c.role, c.project, c.task, c.type, c.status'
  if (terms.length === 0) {
    const { where, values } = narrow(filters, 1)
    const from = `SELECT ${columns}, c.at::float8 AS rank, 0 AS matches FROM contexts c
      WHERE c.head IS NOT NULL${where}`
    return { from, values }
  }
  const { where, values } = narrow(filters, 3)
  // The rank of a word that is in most texts takes as long as there are texts: hence the cap.
  const from = `WITH w AS MATERIALIZED (SELECT * FROM contexts
      WHERE words @@ $1::text::tsquery ORDER BY id DESC LIMIT ${cap})
    SELECT ${columns}, ts_rank(${WEIGHTS}, c.words, $1::text::tsquery, ${BY_LENGTH})::float8
        + CASE WHEN c.title @@ $2::text::tsquery THEN ${TITLE_BONUS} * (1 + 1.0 / c.title_words)::float8
          ELSE 0 END AS rank,
      (SELECT count(*) FROM w) AS matches
    FROM w c WHERE c.head IS NOT NULL${where}`
  return { from, values: [queryOf(terms), queryOf(terms, true), ...values] }
}

/** Filters as conditions on `c`. @param first the number of their first value */
export function narrow(filters: Filters, first: number): { where: string; values: Value[] } {
  const parts: string[] = []
  const values: Value[] = []
  const place = (value: Value): string => `$${first + values.push(value) - 1}`
  for (const facet of FACETS) {
    const wanted = filters[facet]
    if (!wanted) continue
    const list = wanted.map((value) => place(value))
    parts.push(list.length > 0 ? ` AND c.${facet} IN (${list.join(', ')})` : ' AND false')
  }
  if (filters.since !== undefined) parts.push(` AND c.at >= ${place(filters.since)}`)
  if (filters.before !== undefined) parts.push(` AND c.at < ${place(filters.before)}`)
  return { where: parts.join(''), values }
}

async function countFacets(
  queries: Queries,
  {
    from,
    values,
    signal,
  }: { from: string; values: readonly Value[]; signal: AbortSignal | undefined },
): Promise<Record<Facet, readonly FacetCount[]>> {
  // One pass over the results, whatever they are counted by.
  const rows = await queries.all<Record<Facet, string> & { count: number }>(
    `SELECT ${FACETS.join(', ')}, count(*) AS count FROM (${from}) r GROUP BY ${FACETS.join(', ')}`,
    values,
    signal,
  )
  return facetsOf(rows)
}
