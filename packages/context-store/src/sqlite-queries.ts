import type { KeyRange } from './backend.ts'

/** The columns of a version, of contexts `c`, versions `v` and contents `b`. */
export const ROW = 'c.key, v.version, v.time, b.id AS content, v.id, v.record'
export const CONTENTS = 'LEFT JOIN contents b ON b.number = v.content'
export const OF_KEY = `SELECT ${ROW} FROM contexts c JOIN versions v ON v.context = c.id ${CONTENTS} WHERE c.key = ?1 AND`
const FULL_ROW = 'v.id, v.record, b.bytes'
const FULL = `SELECT v.context, ${FULL_ROW} FROM contexts c JOIN versions v ON v.context = c.id ${CONTENTS} WHERE c.key = ?1 AND`
const FULL_IN = `SELECT ${FULL_ROW} FROM versions v ${CONTENTS} WHERE v.context = ?1 AND`
const NEWEST = 'v.version = c.head'
const NUMBERED = 'v.version = ?2'
const THEN = 'v.time <= ?2 ORDER BY v.time DESC LIMIT 1'
export const HEAD = `${OF_KEY} ${NEWEST}`
export const HEADS = `SELECT c.key, v.version, v.id FROM contexts c
  JOIN versions v ON v.context = c.id AND v.version = c.head WHERE c.key > ? ORDER BY c.key LIMIT ?`
export const VERSION = `${OF_KEY} ${NUMBERED}`
export const AS_OF = `${OF_KEY} ${THEN}`
export const FULL_HEAD = `${FULL} ${NEWEST}`
export const FULL_VERSION = `${FULL} ${NUMBERED}`
export const FULL_AS_OF = `${FULL} ${THEN}`
export const FULL_VERSION_IN = `${FULL_IN} ${NUMBERED}`
export const FULL_AS_OF_IN = `${FULL_IN} ${THEN}`
export const INSERT_VERSION = `INSERT INTO versions (sequence, context, version, time, content, id, record)
  VALUES (?, ?, ?, ?, ?, ?, ?)`

/** The statement that lists contexts with their current version, and its values. */
export function contextsQuery({ prefix, facet, after, time, limit }: KeyRange): {
  readonly sql: string
  readonly values: (string | number)[]
} {
  const newest = time === Number.POSITIVE_INFINITY
  const current = newest
    ? 'v.version = c.head'
    : 'v.time = (SELECT max(w.time) FROM versions w WHERE w.context = c.id AND w.time <= ?5)'
  const indexed = facet ? `INDEXED BY contexts_${facet.part}` : ''
  const having = facet ? `c.${facet.part} = ?6 AND` : ''
  const sql = `SELECT ${ROW} FROM contexts c ${indexed}
    JOIN versions v ON v.context = c.id AND ${current} ${CONTENTS}
    WHERE ${having} c.key >= ?1 AND c.key < ?2 AND c.key > ?3 AND ?5 = ?5 ORDER BY c.key LIMIT ?4`
  // Keys are ASCII, so U+FFFF comes after all of them.
  const values = [prefix, `${prefix}\uffff`, after, limit, newest ? 0 : time]
  return { sql, values: facet ? [...values, facet.name] : values }
}
