import type { Question, Standing, StoredDecision } from './storage.ts'
import type { Statements } from './sqlite-file.ts'
import { ROW, VERSIONS, stored } from './sql-rows.ts'

/** Another decision, in force, that takes the place of `c`. */
const SUPERSEDED = `(c.status = 'superseded' OR EXISTS (
  SELECT 1 FROM edges s INDEXED BY edges_current JOIN contexts o ON o.id = s.context
  WHERE s.current AND s.kind = 'supersedes' AND s.target = c.id AND s.context <> c.id
    AND o.status NOT IN ('proposed', 'rejected')))`

const cited = (
  condition: string,
): string => `SELECT e.target AS id, count(DISTINCT e.context) AS count
  FROM edges e INDEXED BY edges_current
  WHERE e.current AND e.kind = 'cites' AND e.context <> e.target AND ${condition} GROUP BY e.target`

const QUESTIONS: Readonly<Record<Question, string>> = {
  'most-cited': cited("e.type <> 'contradicts'"),
  contradicted: cited("e.type = 'contradicts'"),
  unjustified:
    'SELECT id, 1 AS count FROM contexts INDEXED BY contexts_unjustified WHERE unjustified',
  // One that supersedes it, or was superseded with it, may well speak of it.
  'superseded-cited': `SELECT c.id, count(DISTINCT e.context) AS count
    FROM contexts c CROSS JOIN edges e INDEXED BY edges_current
      ON e.current AND e.kind = 'cites' AND e.target = c.id AND e.context <> c.id
        AND e.type <> 'contradicts'
    JOIN contexts b ON b.id = e.context
    WHERE (c.status = 'superseded' OR c.id IN (
        SELECT target FROM edges INDEXED BY edges_current WHERE current AND kind = 'supersedes'))
      AND c.head IS NOT NULL AND ${SUPERSEDED}
      AND NOT ${SUPERSEDED.replaceAll('c.', 'b.')}
      AND NOT EXISTS (SELECT 1 FROM edges x INDEXED BY edges_current WHERE x.current
        AND x.kind = 'supersedes' AND x.target = c.id AND x.context = b.id)
    GROUP BY c.id`,
}

export function standing(
  statements: Statements,
  question: Question,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Standing[] {
  const rows = statements.all<{ key: string; head: number | null; count: number }>(
    `SELECT c.key, c.head, q.count FROM (${QUESTIONS[question]}) q JOIN contexts c ON c.id = q.id
      ORDER BY q.count DESC, c.key LIMIT ? OFFSET ?`,
    limit,
    offset,
  )
  return rows.map(({ key, head, count }) => {
    const newest =
      head === null
        ? undefined
        : statements.get<StoredDecision>(
            `SELECT ${ROW} FROM ${VERSIONS} WHERE v.sequence = ?`,
            head,
          )
    return Object.freeze({ key, count, ...(newest ? { newest: stored(newest) } : {}) })
  })
}
