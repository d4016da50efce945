import type { VersionRow } from './backend.ts'
import type { Statements } from './sqlite-file.ts'

/** What the store's file keeps beside the timelines: records that lost their place, and redactions. */
export class SqliteAside {
  readonly #statements: Statements

  constructor(statements: Statements) {
    this.#statements = statements
  }

  insertFork({ key, version, time, content, id, record }: VersionRow): void {
    const sql =
      'INSERT INTO forks (key, version, time, content, id, record) VALUES (?, ?, ?, ?, ?, ?)'
    this.#statements.run(sql, key, version, time, content, id, record)
  }

  fork(id: string): VersionRow | undefined {
    const sql = 'SELECT key, version, time, content, id, record FROM forks WHERE id = ?'
    return this.#statements.get(sql, id)
  }

  forks(after: VersionRow | undefined, limit: number): VersionRow[] {
    const sql = `SELECT key, version, time, content, id, record FROM forks
      WHERE (key, version, id) > (?, ?, ?) ORDER BY key, version, id LIMIT ?`
    return this.#statements.all(sql, after?.key ?? '', after?.version ?? 0, after?.id ?? '', limit)
  }

  insertRedaction(id: string, content: string, record: string): void {
    const sql = 'INSERT INTO redactions (id, content, record) VALUES (?, ?, ?)'
    this.#statements.run(sql, id, content, record)
  }

  redaction(id: string): string | undefined {
    const sql = 'SELECT record FROM redactions WHERE id = ?'
    return this.#statements.get<{ record: string }>(sql, id)?.record
  }

  redactionOf(content: string): string | undefined {
    const sql = 'SELECT record FROM redactions WHERE content = ? ORDER BY sequence LIMIT 1'
    return this.#statements.get<{ record: string }>(sql, content)?.record
  }

  redactions(after: number, limit: number): { sequence: number; record: string }[] {
    const sql =
      'SELECT sequence, record FROM redactions WHERE sequence > ? ORDER BY sequence LIMIT ?'
    return this.#statements.all(sql, after, limit)
  }
}
