import { parseKey } from '@bzzz/ucxl-address'
import type { Added, Edge, NewDecision } from './storage.ts'
import type { Statements } from './sqlite-file.ts'
import { indexText, keepText } from './sqlite-texts.ts'
import { conflictOf, type Neighbour } from './timeline-rules.ts'

const NEIGHBOUR = 'version, time, record_id AS recordId, previous, writer'

/** What of the newest version of a context counts for the next one. */
interface Head {
  readonly id: number
  readonly version: number | null
}

export interface AddVersionOptions {
  readonly anyWriter: boolean
  /** Puts the text into the index at once, and not into the queue before it. */
  readonly isIndexed: boolean
}

/** Takes one version in; inside a transaction. */
export function addVersion(
  statements: Statements,
  next: NewDecision,
  { anyWriter, isIndexed }: AddVersionOptions,
): Added {
  const known = statements.get<{ sequence: number }>(
    'SELECT sequence FROM versions WHERE record_id = ?',
    next.recordId,
  )
  if (known) return { outcome: 'known', sequence: known.sequence }
  const context = contextOf(statements, next.key)
  const { id } = context
  // Most come as the newest: one look then tells all that there is to know.
  const newest = context.version ?? 0
  const beside = {
    same: newest >= next.version ? neighbour(statements, '= ?2', id, next.version) : undefined,
    before: newest > 0 ? neighbour(statements, '< ?2', id, next.version) : undefined,
    after: newest > next.version ? neighbour(statements, '> ?2', id, next.version) : undefined,
  }
  const reason = conflictOf(next, beside, anyWriter)
  if (reason !== undefined) return { outcome: 'conflict', reason }
  const isNewest = next.version > newest
  const repeated = beside.before !== undefined && says(statements, beside.before, next)
  const sequence = insertVersion(statements, id, next, repeated)
  if (isNewest && newest > 0) {
    statements.run('UPDATE edges SET current = 0 WHERE context = ? AND current', id)
  }
  for (const edge of next.edges) insertEdge(statements, { edge, sequence, id, isNewest })
  if (isNewest) moveHead(statements, { context: id, sequence }, next, isIndexed)
  return { outcome: repeated ? 'repeated' : 'added', sequence }
}

/** Whether a version right before another one has the same content. */
function says(statements: Statements, before: Neighbour, next: NewDecision): boolean {
  if (before.version !== next.version - 1) return false
  const sql = 'SELECT content_id AS contentId FROM versions WHERE record_id = ?'
  const row = statements.get<{ contentId: string }>(sql, before.recordId)
  return row?.contentId === next.contentId
}

function contextOf(statements: Statements, key: string): Head {
  const sql = `SELECT c.id, v.version FROM contexts c LEFT JOIN versions v ON v.sequence = c.head
    WHERE c.key = ?`
  return statements.get<Head>(sql, key) ?? { id: insertContext(statements, key), version: null }
}

function insertContext(statements: Statements, key: string): number {
  const { agent, role, project, task } = parseKey(key)
  return statements.run(
    'INSERT INTO contexts (key, agent, role, project, task) VALUES (?, ?, ?, ?, ?)',
    key,
    agent,
    role,
    project,
    task,
  ).id
}

function neighbour(
  statements: Statements,
  place: '= ?2' | '< ?2' | '> ?2',
  context: number,
  version: number,
): Neighbour | undefined {
  const order = place === '> ?2' ? 'ASC' : 'DESC'
  const sql = `SELECT ${NEIGHBOUR} FROM versions WHERE context = ?1 AND version ${place}
    ORDER BY version ${order} LIMIT 1`
  return statements.get<Neighbour>(sql, context, version)
}

function insertVersion(
  statements: Statements,
  context: number,
  next: NewDecision,
  repeated: boolean,
): number {
  return statements.run(
    `INSERT INTO versions (context, version, time, at, type, status, unjustified, repeated,
      decision_id, content_id, record_id, previous, writer, node, record)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    context,
    next.version,
    next.time,
    next.at,
    next.facets.type,
    next.facets.status,
    Number(next.unjustified),
    Number(repeated),
    next.decisionId,
    next.contentId,
    next.recordId,
    next.previous,
    next.writer,
    next.node,
    next.record,
  ).id
}

function insertEdge(
  statements: Statements,
  place: {
    readonly edge: Edge
    readonly sequence: number
    readonly id: number
    readonly isNewest: boolean
  },
): void {
  const { edge, sequence, id, isNewest } = place
  const known = statements.get<{ id: number }>('SELECT id FROM contexts WHERE key = ?', edge.key)
  statements.run(
    `INSERT INTO edges (source, kind, type, place, target, version, content_id, context, current)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    sequence,
    edge.kind,
    edge.type,
    edge.place,
    known?.id ?? insertContext(statements, edge.key),
    edge.version ?? null,
    edge.contentId ?? null,
    id,
    Number(isNewest),
  )
}

function moveHead(
  statements: Statements,
  { context, sequence }: { readonly context: number; readonly sequence: number },
  { facets, at, unjustified, text }: NewDecision,
  isIndexed: boolean,
): void {
  statements.run(
    `UPDATE contexts SET head = ?1, type = ?2, status = ?3, at = ?4, unjustified = ?5 WHERE id = ?6`,
    sequence,
    facets.type,
    facets.status,
    at,
    Number(unjustified),
    context,
  )
  if (isIndexed) indexText(statements, context, text)
  else keepText(statements, context, text)
}
