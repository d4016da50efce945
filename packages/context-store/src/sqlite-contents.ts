import type { ContentInfo, Stage } from './backend.ts'
import { COUNT_UNINDEXED, selectById } from './sqlite-content-ids.ts'
import type { Statements } from './sqlite-file.ts'
import { DROPPED, IN_PIECES, INLINE, MISSING, REDACTED, STAGED } from './sqlite-schema.ts'

/** Contents that are longer are kept in pieces of so many bytes. */
const PIECE_BYTES = 256 * 1024

const FIND = selectById('b.number, b.state, b.size')
const READ = selectById('b.number, b.state, b.size, b.bytes')
/** Of a content's id, state, size and bytes; nothing where it is there already. */
export const INSERT_CONTENT = `INSERT INTO contents (id, state, size, bytes) SELECT ?1, ?2, ?3, ?4
  WHERE NOT EXISTS (${selectById('1')})`

interface ContentRow {
  readonly number: number
  readonly state: number
  readonly size: number
}

/** Contents in the store's file. */
export class SqliteContents {
  readonly #statements: Statements
  /** The content that was looked up last: a version that is written next refers to it. */
  #last: { readonly id: string; readonly number: number } | undefined

  constructor(statements: Statements) {
    this.#statements = statements
  }

  info(id: string): ContentInfo {
    const row = this.#row(id)
    switch (row?.state) {
      case INLINE:
      case IN_PIECES:
        return { state: 'here', size: row.size }
      case DROPPED:
        return { state: 'dropped', size: 0 }
      case REDACTED:
        return { state: 'redacted', size: 0 }
      case undefined:
      default:
        return { state: 'missing', size: 0 }
    }
  }

  /** The number by which versions refer to a content, be it here or not. */
  numberOf(id: string): number {
    if (this.#last?.id === id) return this.#last.number
    const number =
      this.#row(id)?.number ??
      this.#statements.run(`INSERT INTO contents (id, state, size) VALUES (?, ${MISSING}, 0)`, id)
        .id
    this.#last = { id, number }
    return number
  }

  /** Forgets what a transaction that was undone may have left in memory. */
  forget(): void {
    this.#last = undefined
  }

  read(id: string): Uint8Array | undefined {
    const row = this.#statements.get<ContentRow & { bytes: Uint8Array | null }>(READ, id)
    if (row?.state === INLINE) return row.bytes ?? new Uint8Array(0)
    if (row?.state !== IN_PIECES) return undefined
    const bytes = new Uint8Array(row.size)
    for (let start = 0; start < row.size; start += PIECE_BYTES)
      bytes.set(this.#piece(row.number, start), start)
    return bytes
  }

  piece(id: string, start: number): Uint8Array | undefined {
    const row = this.#row(id)
    if (row?.state === IN_PIECES) {
      return start < row.size ? this.#piece(row.number, start) : new Uint8Array(0)
    }
    return row?.state === INLINE ? this.read(id)?.subarray(start) : undefined
  }

  /** Keeps bytes that are not here, unless they were redacted; gives what they were before. */
  insert(id: string, bytes: Uint8Array): ContentInfo['state'] {
    const small = bytes.length <= PIECE_BYTES
    // To have the number returned would take as long again as the insert itself.
    const { changes, id: inserted } = this.#statements.run(
      INSERT_CONTENT,
      id,
      small ? INLINE : MISSING,
      bytes.length,
      small ? bytes : null,
    )
    const isNew = changes === 1
    const state = isNew ? 'missing' : this.info(id).state
    const number = isNew ? inserted : this.numberOf(id)
    this.#last = { id, number }
    if (state === 'here' || state === 'redacted' || (isNew && small)) return state
    if (!small) this.#addPieces(number, bytes)
    this.#set(number, small ? INLINE : IN_PIECES, bytes.length, small ? bytes : null)
    return state
  }

  stage(now: number): Stage {
    const sql = `INSERT INTO contents (state, size) VALUES (${STAGED}, ?)`
    // Until it is kept, its size is when it was begun: what a killed process left is swept by it.
    const staged = this.#statements.run(sql, now).id
    let size = 0
    const piece = Buffer.allocUnsafe(PIECE_BYTES)
    let filled = 0
    return {
      add: (bytes) => {
        for (let at = 0; at < bytes.length;) {
          const part = bytes.subarray(at, at + PIECE_BYTES - filled)
          piece.set(part, filled)
          at += part.length
          filled += part.length
          if (filled < PIECE_BYTES) return
          this.#addPiece(staged, size, piece)
          size += PIECE_BYTES
          filled = 0
        }
      },
      keep: (id) => {
        // Changes nothing here: what it is a part of may be undone, and done again.
        if (filled > 0) this.#addPiece(staged, size, piece.subarray(0, filled))
        const number = this.numberOf(id)
        this.#statements.run('UPDATE pieces SET content = ? WHERE content = ?', number, staged)
        this.#statements.run('DELETE FROM contents WHERE number = ?', staged)
        this.#set(number, IN_PIECES, size + filled, null)
      },
      drop: () => {
        this.#drop(staged)
        this.#statements.run('DELETE FROM contents WHERE number = ?', staged)
      },
    }
  }

  /** Takes away what processes that were killed left half written before this time. */
  sweep(before: number): void {
    const sql = `SELECT number FROM contents WHERE id IS NULL AND state = ${STAGED} AND size < ?`
    for (const { number } of this.#statements.all<ContentRow>(sql, before)) {
      this.#drop(number)
      this.#statements.run('DELETE FROM contents WHERE number = ?', number)
    }
  }

  erase(id: string, why: 'dropped' | 'redacted'): void {
    const number = this.numberOf(id)
    this.#drop(number)
    this.#set(number, why === 'dropped' ? DROPPED : REDACTED, 0, null)
  }

  stats(): { contents: number; bytes: number } {
    const sql = `SELECT count(*) AS contents, coalesce(sum(size), 0) AS bytes FROM contents
      WHERE state IN (${INLINE}, ${IN_PIECES})`
    const row = this.#statements.get<{ contents: number; bytes: number }>(sql)
    return { contents: row?.contents ?? 0, bytes: row?.bytes ?? 0 }
  }

  /** How many contents are here and cannot be found. */
  lost(): number {
    return this.#statements.get<{ count: number }>(COUNT_UNINDEXED)?.count ?? 0
  }

  #row(id: string): ContentRow | undefined {
    return this.#statements.get(FIND, id)
  }

  #piece(number: number, start: number): Uint8Array {
    const sql = 'SELECT bytes FROM pieces WHERE content = ? AND place = ?'
    const place = Math.floor(start / PIECE_BYTES)
    const bytes = this.#statements.get<{ bytes: Uint8Array }>(sql, number, place)?.bytes
    return bytes?.subarray(start % PIECE_BYTES) ?? new Uint8Array(0)
  }

  #addPieces(number: number, bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length; start += PIECE_BYTES)
      this.#addPiece(number, start, bytes.subarray(start, start + PIECE_BYTES))
  }

  #addPiece(number: number, start: number, bytes: Uint8Array): void {
    const sql = 'INSERT INTO pieces (content, place, bytes) VALUES (?, ?, ?)'
    this.#statements.run(sql, number, start / PIECE_BYTES, bytes)
  }

  #set(number: number, state: number, size: number, bytes: Uint8Array | null): void {
    const sql = 'UPDATE contents SET state = ?, size = ?, bytes = ? WHERE number = ?'
    this.#statements.run(sql, state, size, bytes, number)
  }

  #drop(number: number): void {
    this.#statements.run('DELETE FROM pieces WHERE content = ?', number)
  }
}
