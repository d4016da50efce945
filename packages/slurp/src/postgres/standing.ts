import type { Question, Standing, StoredDecision } from '../storage.ts'
import type { Queries } from './database.ts'
import { ROW, stored } from '../sql-rows.ts'

/** Another decision, in force, that takes the place of a context. */
const superseded = (of: string): string => `(${of}.status = 'superseded' OR EXISTS (
  SELECT 1 FROM edges s JOIN contexts o ON o.id = s.context
  WHERE s.current AND s.kind = 'supersedes' AND s.target = ${of}.id AND s.context <> ${of}.id
    AND o.status NOT IN ('proposed', 'rejected')))`

const cited = (
  condition: string,
): string => `SELECT e.target AS id, count(DISTINCT e.context) AS count FROM edges e
  WHERE e.current AND e.kind = 'cites' AND e.context <> e.target AND ${condition} GROUP BY e.target`

const QUESTIONS: Readonly<Record<Question, string>> = {
  'most-cited': cited("e.type <> 'contradicts'"),
  contradicted: cited("e.type = 'contradicts'"),
  unjustified: 'SELECT id, 1 AS count FROM contexts WHERE unjustified',
  // One that supersedes it, or was superseded with it, may well speak of it.
  'superseded-cited': `SELECT c.id, count(DISTINCT e.context) AS count
    FROM contexts c JOIN edges e
      ON e.current AND e.kind = 'cites' AND e.target = c.id AND e.context <> c.id
        AND e.type <> 'contradicts'
    JOIN contexts b ON b.id = e.context
    WHERE c.head IS NOT NULL AND ${superseded('c')} AND NOT ${superseded('b')}
      AND NOT EXISTS (SELECT 1 FROM edges x WHERE x.current
        AND x.kind = 'supersedes' AND x.target = c.id AND x.context = b.id)
    GROUP BY c.id`,
}

interface StandingRow extends StoredDecision {
  readonly own: string
  readonly count: number
}

export async function standing(
  queries: Queries,
  question: Question,
  page: { readonly offset: number; readonly limit: number; readonly signal?: AbortSignal },
): Promise<Standing[]> {
  const rows = await queries.all<StandingRow>(
    `SELECT t.key AS own, t.count, ${ROW} FROM
        (SELECT c.key, c.id, c.head, q.count FROM (${QUESTIONS[question]}) q
          JOIN contexts c ON c.id = q.id ORDER BY q.count DESC, c.key LIMIT $1 OFFSET $2) t
        LEFT JOIN versions v ON v.sequence = t.head LEFT JOIN contexts c ON c.id = v.context
      ORDER BY t.count DESC, t.key`,
    [page.limit, page.offset],
    page.signal,
  )
  return rows.map(({ own, count, ...newest }) => {
    // The columns of a version that is not there are null.
    const isHere = (newest.sequence as number | null) !== null
    return Object.freeze({ key: own, count, ...(isHere && { newest: stored(newest) }) })
  })
}
