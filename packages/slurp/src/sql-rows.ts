import type { Edge, StoredDecision } from './storage.ts'

/** What is read of a version: `v` is the version, `c` its context. */
export const ROW = `v.sequence, c.key, v.version, v.time, v.decision_id AS "decisionId",
  v.content_id AS "contentId", v.record_id AS "recordId", v.node, v.record`
export const VERSIONS = 'versions v JOIN contexts c ON c.id = v.context'

/** A row as it is given away: an ordinary object, which those of SQLite are not, and frozen. */
export function stored(row: StoredDecision): StoredDecision {
  return Object.freeze({ ...row })
}

/** An edge as it is read. */
export interface EdgeRow {
  readonly kind: Edge['kind']
  readonly type: string
  readonly place: number
  readonly target_version: number | null
  readonly target_content: string | null
}

export function edgeOf(row: EdgeRow, key: string): Edge {
  const { kind, type, place, target_version: version, target_content: contentId } = row
  return Object.freeze({
    kind,
    type,
    place,
    key,
    ...(version === null ? {} : { version }),
    ...(contentId === null ? {} : { contentId }),
  })
}
