import type { DatabaseSync } from 'node:sqlite'
import type {
  Backend,
  BackendStats,
  ContentInfo,
  FullRow,
  HeadRow,
  KeyRange,
  Ranked,
  SearchEntry,
  SearchRequest,
  SequencedRow,
  Stage,
  VersionRow,
} from './backend.ts'
import { ContextNumbers } from './context-numbers.ts'
import { StoreError } from './errors.ts'
import { HeadCache } from './head-cache.ts'
import { namesOf } from './ordered-keys.ts'
import { SqliteAside } from './sqlite-aside.ts'
import { selectById } from './sqlite-content-ids.ts'
import { SqliteContents } from './sqlite-contents.ts'
import { coded, Statements, type SqliteFileInit } from './sqlite-file.ts'
import { SyncedFile, syncFile } from './sync-file.ts'
import {
  AS_OF,
  CONTENTS,
  contextsQuery,
  FULL_AS_OF,
  FULL_AS_OF_IN,
  FULL_HEAD,
  FULL_VERSION,
  FULL_VERSION_IN,
  HEAD,
  HEADS,
  INSERT_VERSION,
  OF_KEY,
  ROW,
  VERSION,
} from './sqlite-queries.ts'
import { SqliteSearch } from './sqlite-search.ts'
import { WrittenHeads } from './written-heads.ts'

interface SqliteBackendInit extends Pick<SqliteFileInit, 'readOnly' | 'durability'> {
  readonly now: () => number
}

/** The tables of a store's file. */
export class SqliteBackend implements Backend {
  readonly awaitDisk: (() => void) | undefined
  /** The log of a file whose commits are waited for. */
  readonly #log: SyncedFile | undefined
  readonly #db: DatabaseSync
  readonly #now: () => number
  readonly #readOnly: boolean
  readonly #statements: Statements
  readonly #contents: SqliteContents
  readonly #search: SqliteSearch
  readonly #aside: SqliteAside
  readonly #heads: HeadCache
  readonly #written = new WrittenHeads()
  readonly #numbers = new ContextNumbers()
  /** The place of the next version where it is not simply the next. */
  #reserved: number | null = null
  #seenVersion = 0

  constructor(db: DatabaseSync, { now, readOnly = false, durability }: SqliteBackendInit) {
    this.#db = db
    this.#now = now
    this.#readOnly = readOnly
    const file = db.location()
    if (file !== null && durability === 'full') {
      this.#log = new SyncedFile(`${file}-wal`)
    }
    this.awaitDisk = this.#log && (() => this.#awaitLog())
    this.#statements = new Statements(db)
    this.#contents = new SqliteContents(this.#statements)
    this.#search = new SqliteSearch(this.#statements, (content) =>
      content === null ? undefined : this.#contents.piece(content, 0),
    )
    this.#heads = new HeadCache(() => this.#readDataVersion())
    this.#aside = new SqliteAside(this.#statements)
    this.#seenVersion = this.#readDataVersion()
    if (!readOnly) this.#contents.sweep(now() - 86_400_000)
  }

  transaction<Result>(run: () => Result): Result {
    this.#statements.run('BEGIN IMMEDIATE')
    try {
      this.#written.begin(this.#readDataVersion())
      const result = run()
      this.#statements.run('COMMIT')
      return result
    } catch (error) {
      this.#undone()
      // A full disk may have ended the transaction already.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw coded(error)
    }
  }

  savepoint<Result>(run: () => Result): Result {
    this.#statements.run('SAVEPOINT part')
    try {
      const result = run()
      this.#statements.run('RELEASE part')
      return result
    } catch (error) {
      this.#undone()
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK TO part; RELEASE part')
      throw error
    }
  }

  head(key: string): VersionRow | undefined {
    const written = this.#db.isTransaction ? this.#written.get(key) : undefined
    return written?.row ?? this.#statements.get(HEAD, key)
  }

  expectedHead(key: string): VersionRow | undefined {
    return this.#written.get(key)?.row ?? this.#statements.get(HEAD, key)
  }

  version(key: string, version: number): VersionRow | undefined {
    return this.#statements.get(VERSION, key, version)
  }

  asOf(key: string, time: number): VersionRow | undefined {
    return this.#statements.get(AS_OF, key, time)
  }

  fullHead(key: string): FullRow | undefined {
    return this.#heads.get(key) ?? this.#heads.keep(key, this.#statements.get(FULL_HEAD, key))
  }

  fullVersion(key: string, version: number): FullRow | undefined {
    return this.#fullOf(key, version, FULL_VERSION_IN, FULL_VERSION)
  }

  fullAsOf(key: string, time: number): FullRow | undefined {
    return this.#fullOf(key, time, FULL_AS_OF_IN, FULL_AS_OF)
  }

  aliveBefore(key: string, version: number): VersionRow | undefined {
    const alive = 'v.version < ?2 AND v.content IS NOT NULL ORDER BY v.version DESC LIMIT 1'
    return this.#statements.get(`${OF_KEY} ${alive}`, key, version)
  }

  range(key: string, from: number, to: number, reverse: boolean, limit: number): VersionRow[] {
    const order = reverse ? 'DESC' : 'ASC'
    const sql = `${OF_KEY} v.version BETWEEN ?2 AND ?3 ORDER BY v.version ${order} LIMIT ?4`
    return this.#statements.all(sql, key, from, to, limit)
  }

  contexts(range: KeyRange): VersionRow[] {
    const { sql, values } = contextsQuery(range)
    return this.#statements.all(sql, ...values)
  }

  heads(after: string, limit: number): HeadRow[] {
    return this.#statements.all(HEADS, after, limit)
  }

  lastSequence(): number {
    const sql = 'SELECT coalesce(max(sequence), 0) AS last FROM versions'
    return this.#statements.get<{ last: number }>(sql)?.last ?? 0
  }

  changes(after: number, limit: number): SequencedRow[] {
    const sql = `SELECT v.sequence, ${ROW} FROM versions v JOIN contexts c ON c.id = v.context
      ${CONTENTS} WHERE v.sequence > ? ORDER BY v.sequence LIMIT ?`
    return this.#statements.all(sql, after, limit)
  }

  insertVersion(row: VersionRow): void {
    const { key, version, time, content, id, record } = row
    const context = this.#setHead(key, version)
    const number = content && this.#contents.numberOf(content)
    this.#statements.run(INSERT_VERSION, this.#reserved, context, version, time, number, id, record)
    this.#reserved = null
    this.#heads.delete(key)
    this.#written.set(context, row)
  }

  removeVersions(key: string, from: number): VersionRow[] {
    // Whoever saw them must not miss what takes their place: that comes after them.
    this.#reserved = this.lastSequence() + 1
    const removed = this.range(key, from, Number.MAX_SAFE_INTEGER, false, -1)
    const context = 'context = (SELECT id FROM contexts WHERE key = ?1)'
    this.#statements.run(`DELETE FROM versions WHERE ${context} AND version >= ?2`, key, from)
    this.#statements.run('UPDATE contexts SET head = ?, searched = -1 WHERE key = ?', from - 1, key)
    this.#heads.delete(key)
    this.#written.delete(key)
    return removed
  }

  insertFork(row: VersionRow): void {
    this.#aside.insertFork(row)
  }

  fork(id: string): VersionRow | undefined {
    return this.#aside.fork(id)
  }

  forks(after: VersionRow | undefined, limit: number): VersionRow[] {
    return this.#aside.forks(after, limit)
  }

  contentInfo(id: string): ContentInfo {
    return this.#contents.info(id)
  }

  content(id: string): Uint8Array | undefined {
    return this.#contents.read(id)
  }

  contentPiece(id: string, start: number): Uint8Array | undefined {
    return this.#contents.piece(id, start)
  }

  insertContent(id: string, bytes: Uint8Array): ContentInfo['state'] {
    return this.#contents.insert(id, bytes)
  }

  stage(): Stage {
    return this.#contents.stage(this.#now())
  }

  eraseContent(id: string, why: 'dropped' | 'redacted'): void {
    this.#statements.run(`PRAGMA secure_delete = ${why === 'redacted' ? 'ON' : 'OFF'}`)
    this.#contents.erase(id, why)
    this.#heads.clear()
  }

  scrub(): void {
    this.#statements.run('PRAGMA secure_delete = ON')
    this.#search.rewrite()
    // What the log still has of the old pages goes as well.
    this.#statements.get('PRAGMA wal_checkpoint(TRUNCATE)')
    this.#statements.run('PRAGMA secure_delete = OFF')
  }

  versionsOf(content: string, limit: number): VersionRow[] {
    const joins = 'JOIN versions v ON v.content = b.number JOIN contexts c ON c.id = v.context'
    const sql = `${selectById(ROW, joins)} ORDER BY v.sequence LIMIT ?2`
    return this.#statements.all(sql, content, limit)
  }

  unsearched(limit: number): VersionRow[] {
    return this.#readOnly ? [] : this.#search.unsearched(limit)
  }

  putSearch(entry: SearchEntry): void {
    this.#search.put(entry)
  }

  searchAgain(key: string): void {
    this.#search.again(key)
  }

  search(request: SearchRequest): Iterable<Ranked> {
    return this.#search.find(request)
  }

  insertRedaction(id: string, content: string, record: string): void {
    this.#aside.insertRedaction(id, content, record)
  }

  redaction(id: string): string | undefined {
    return this.#aside.redaction(id)
  }

  redactionOf(content: string): string | undefined {
    return this.#aside.redactionOf(content)
  }

  redactions(after: number, limit: number): { sequence: number; record: string }[] {
    return this.#aside.redactions(after, limit)
  }

  async sync(): Promise<void> {
    const file = this.#db.location()
    if (file === null || this.#readOnly) return
    // What is not in the log any more was written to the disk when it went into the file.
    await syncFile(`${file}-wal`)
  }

  stats(): BackendStats {
    const sql = `SELECT (SELECT count(*) FROM contexts) AS contexts,
      (SELECT count(*) FROM versions) AS versions`
    const row = this.#statements.get<{ contexts: number; versions: number }>(sql)
    return {
      contexts: row?.contexts ?? 0,
      versions: row?.versions ?? 0,
      ...this.#contents.stats(),
    }
  }

  damage(): string[] {
    const rows = this.#statements.all<{ integrity_check: string }>('PRAGMA integrity_check(20)')
    const lines = rows.map((row) => row.integrity_check).filter((line) => line !== 'ok')
    const lost = this.#contents.lost()
    return lost === 0 ? lines : [...lines, `${lost} contents are not in the index of their ids`]
  }

  changedElsewhere(): boolean {
    const version = this.#readDataVersion()
    const changed = version !== this.#seenVersion
    this.#seenVersion = version
    return changed
  }

  close(): void {
    this.#statements.clear()
    try {
      this.#log?.close()
      this.#db.close()
    } catch (error) {
      throw coded(error)
    }
  }

  #awaitLog(): void {
    try {
      this.#log?.sync()
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new StoreError(
        'ERR_STORE_FILE',
        `The disk failed, and what was written last may be lost: open the store again (${why})`,
        { cause },
      )
    }
  }

  #readDataVersion(): number {
    return this.#statements.get<{ data_version: number }>('PRAGMA data_version')?.data_version ?? 0
  }

  /** What is in memory may be of what was undone. */
  #undone(): void {
    this.#reserved = null
    this.#heads.clear()
    this.#written.clear()
    this.#numbers.clear()
    this.#contents.forget()
  }

  #setHead(key: string, version: number): number {
    const written = this.#written.get(key)
    if (written) {
      this.#statements.run('UPDATE contexts SET head = ? WHERE id = ?', version, written.context)
      return written.context
    }
    if (version > 1) {
      const sql = 'UPDATE contexts SET head = ? WHERE key = ? RETURNING id'
      const row = this.#statements.get<{ id: number }>(sql, version, key)
      if (row) return row.id
    }
    const { agent, role, project, task } = namesOf(key)
    const sql = `INSERT INTO contexts (key, agent, role, project, task, head) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET head = excluded.head RETURNING id`
    return (
      this.#statements.get<{ id: number }>(sql, key, agent, role, project, task, version)?.id ?? 0
    )
  }

  #fullOf(key: string, place: number, byNumber: string, byKey: string): FullRow | undefined {
    const number = this.#numbers.get(key)
    if (number !== undefined) return this.#statements.get(byNumber, number, place)
    const row = this.#statements.get<FullRow & { readonly context: number }>(byKey, key, place)
    if (row) this.#numbers.set(key, row.context)
    return row
  }
}
