import type { Edge, StoredDecision } from '../storage.ts'

/** What is read of a version: `v` is the version, `c` its context. */
export const ROW = `v.sequence, c.key, v.version, v.time, v.decision_id AS "decisionId",
  v.content_id AS "contentId", v.record_id AS "recordId", v.node, v.record`
export const VERSIONS = 'versions v JOIN contexts c ON c.id = v.context'

/** A row as it is given away: nobody changes it. */
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

/** Objects as the rows of a table, or texts, in one value. */
export function recordset(rows: readonly (object | string)[]): string {
  return JSON.stringify(rows, (_, value: unknown) => storable(value))
}

/** PostgreSQL has no text with a NUL or half a character in it, so nothing with one is kept, or found. */
export function storable<Given>(value: Given): Given {
  if (typeof value !== 'string') return value
  return value.replaceAll('\0', '\u{fffd}').toWellFormed() as Given & string
}
