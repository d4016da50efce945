/**
 * The store in one SQLite file (WAL), on Node's own binding.
 *
 * ```ts
 * const store = openSqliteStore({ file: 'memory.db', writer: identity })
 * ```
 *
 * @packageDocumentation
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { Backend, BackendStats, FullRow, KeyRange, VersionRow } from './backend.ts'
import { createStore, type StoreInit } from './engine.ts'
import { StoreError } from './errors.ts'
import type { ContextStore } from './store.ts'

export interface SqliteStoreInit extends StoreInit {
  /** The store's file, made where it is missing. `:memory:` keeps nothing. */
  readonly file: string
  /**
   * What an acknowledged write survives: `normal` a killed process, `full` a power cut too (every write
   * then waits for the disk). `normal` if left out.
   */
  readonly durability?: 'normal' | 'full'
  /** The largest size of the file, in pages of 4 KiB; writes beyond it fail as on a full disk. */
  readonly maxPages?: number
}

// "BZZZ": tells our files from other SQLite databases.
const APPLICATION_ID = 0x425a5a5a
const SCHEMA_VERSION = 1
// How long a write waits for another process's transaction.
const BUSY_MS = 10_000
const RETRY_MS = 10
const SQLITE_BUSY = 5
const MMAP_BYTES = 256 * 1024 * 1024

const SCHEMA = `
CREATE TABLE contexts (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  head INTEGER NOT NULL
) STRICT;
CREATE TABLE versions (
  context INTEGER NOT NULL REFERENCES contexts (id),
  version INTEGER NOT NULL,
  time INTEGER NOT NULL,
  content TEXT,
  id TEXT NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX versions_number ON versions (context, version);
CREATE UNIQUE INDEX versions_time ON versions (context, time);
CREATE TABLE contents (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  bytes BLOB NOT NULL
) STRICT;
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${SCHEMA_VERSION};
`

const ROW = 'c.key, v.version, v.time, v.content, v.id, v.record'
const IN_RANGE = 'c.key >= :prefix AND c.key < :end AND c.key > :after ORDER BY c.key LIMIT :limit'
const FULL_OF_KEY = `SELECT ${ROW}, b.bytes FROM contexts c JOIN versions v ON v.context = c.id
  LEFT JOIN contents b ON b.id = v.content WHERE c.key = :key AND`
const OF_KEY = `SELECT ${ROW} FROM contexts c JOIN versions v ON v.context = c.id WHERE c.key = :key AND`
const NEWEST = 'v.version = c.head'
const NUMBERED = 'v.version = :version'
const THEN = 'v.time <= :time ORDER BY v.time DESC LIMIT 1'

/** Opens, or makes, a store. @throws `ERR_STORE_FILE` where the file cannot be used, with the reason. */
export function openSqliteStore(init: SqliteStoreInit): ContextStore {
  return createStore(new SqliteBackend(open(init)), init)
}

class SqliteBackend implements Backend {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  transaction<Result>(run: () => Result): Result {
    return wrapped(() => {
      this.#db.exec('BEGIN IMMEDIATE')
      try {
        const result = run()
        this.#db.exec('COMMIT')
        return result
      } catch (error) {
        // A full disk may have ended the transaction already.
        if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
        throw error
      }
    })
  }

  head(key: string): VersionRow | undefined {
    return this.#row(`${OF_KEY} ${NEWEST}`, { key })
  }

  version(key: string, version: number): VersionRow | undefined {
    return this.#row(`${OF_KEY} ${NUMBERED}`, { key, version })
  }

  asOf(key: string, time: number): VersionRow | undefined {
    return this.#row(`${OF_KEY} ${THEN}`, { key, time })
  }

  fullHead(key: string): FullRow | undefined {
    return this.#fullRow(`${FULL_OF_KEY} ${NEWEST}`, { key })
  }

  fullVersion(key: string, version: number): FullRow | undefined {
    return this.#fullRow(`${FULL_OF_KEY} ${NUMBERED}`, { key, version })
  }

  fullAsOf(key: string, time: number): FullRow | undefined {
    return this.#fullRow(`${FULL_OF_KEY} ${THEN}`, { key, time })
  }

  aliveBefore(key: string, version: number): VersionRow | undefined {
    const alive = 'v.version < :version AND v.content IS NOT NULL ORDER BY v.version DESC LIMIT 1'
    return this.#row(`${OF_KEY} ${alive}`, { key, version })
  }

  range(key: string, from: number, to: number, reverse: boolean, limit: number): VersionRow[] {
    const order = reverse ? 'DESC' : 'ASC'
    const sql = `${OF_KEY} v.version BETWEEN :from AND :to ORDER BY v.version ${order} LIMIT :limit`
    return this.#rows(sql, { key, from, to, limit })
  }

  contexts({ prefix, after, time, limit }: KeyRange): VersionRow[] {
    // Keys are ASCII, so U+FFFF comes after all of them.
    const range = { prefix, end: `${prefix}\uffff`, after, limit }
    if (time === Number.POSITIVE_INFINITY) {
      const current = 'JOIN versions v ON v.context = c.id AND v.version = c.head'
      return this.#rows(`SELECT ${ROW} FROM contexts c ${current} WHERE ${IN_RANGE}`, range)
    }
    const then = `JOIN versions v ON v.context = c.id AND v.time =
      (SELECT max(w.time) FROM versions w WHERE w.context = c.id AND w.time <= :time)`
    return this.#rows(`SELECT ${ROW} FROM contexts c ${then} WHERE ${IN_RANGE}`, { ...range, time })
  }

  insertVersion({ key, version, time, content, id, record }: VersionRow): void {
    const upsert = `INSERT INTO contexts (key, head) VALUES (:key, :version)
      ON CONFLICT (key) DO UPDATE SET head = excluded.head RETURNING id`
    const insert = `INSERT INTO versions (context, version, time, content, id, record)
      VALUES (:context, :version, :time, :content, :id, :record)`
    wrapped(() => {
      const context = this.#prepared(upsert).get({ key, version })?.['id'] as number
      this.#prepared(insert).run({ context, version, time, content, id, record })
    })
  }

  hasContent(id: string): boolean {
    return wrapped(
      () => this.#prepared('SELECT 1 FROM contents WHERE id = :id').get({ id }) !== undefined,
    )
  }

  content(id: string): Uint8Array | undefined {
    const sql = 'SELECT bytes FROM contents WHERE id = :id'
    return wrapped(() => this.#prepared(sql).get({ id })?.['bytes'] as Uint8Array | undefined)
  }

  insertContent(id: string, bytes: Uint8Array): void {
    wrapped(() =>
      this.#prepared('INSERT INTO contents (id, bytes) VALUES (:id, :bytes)').run({ id, bytes }),
    )
  }

  stats(): BackendStats {
    const sql = `SELECT (SELECT count(*) FROM contexts) AS contexts, (SELECT count(*) FROM versions) AS versions,
      count(*) AS contents, coalesce(sum(length(bytes)), 0) AS bytes FROM contents`
    return wrapped(() => ({ ...(this.#prepared(sql).get() as unknown as BackendStats) }))
  }

  close(): void {
    this.#statements.clear()
    wrapped(() => this.#db.close())
  }

  #row(sql: string, values: Record<string, SQLInputValue>): VersionRow | undefined {
    return wrapped(() => this.#prepared(sql).get(values) as VersionRow | undefined)
  }

  /** A row of a statement that reads the bytes as well. */
  #fullRow(sql: string, values: Record<string, SQLInputValue>): FullRow | undefined {
    return this.#row(sql, values) as FullRow | undefined
  }

  #rows(sql: string, values: Record<string, SQLInputValue>): VersionRow[] {
    return wrapped(() => this.#prepared(sql).all(values) as unknown as VersionRow[])
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.#db.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}

function open({ file, durability = 'normal', maxPages }: SqliteStoreInit): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file, { timeout: BUSY_MS })
    enterWal(db)
    db.exec(`PRAGMA synchronous = ${durability}; PRAGMA mmap_size = ${MMAP_BYTES}`)
    if (maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${Math.trunc(maxPages)}`)
    prepareSchema(db)
    return db
  } catch (cause) {
    db?.close()
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new StoreError('ERR_STORE_FILE', `The store ${file} cannot be opened: ${why}`, { cause })
  }
}

/** Puts the file into WAL mode, for which SQLite does not wait where another process has it open. */
function enterWal(db: DatabaseSync): void {
  for (let attempt = 1; ; attempt++) {
    try {
      db.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      if (!isBusy(error) || attempt * RETRY_MS >= BUSY_MS) throw error
      // Nothing else can run here while a store is being opened: it is opened synchronously.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
    }
  }
}

function isBusy(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0
  // The lowest byte; above it stands why it is busy.
  return (code & 0xff) === SQLITE_BUSY
}

function prepareSchema(db: DatabaseSync): void {
  // In one transaction, so that two processes that open a new file at once make one schema.
  db.exec('BEGIN IMMEDIATE')
  const read = (sql: string): unknown => Object.values(db.prepare(sql).get() ?? {})[0]
  const application = read('PRAGMA application_id')
  const version = Number(read('PRAGMA user_version'))
  const tables = Number(read('SELECT count(*) FROM sqlite_schema'))
  if (application === 0 && tables === 0) db.exec(SCHEMA)
  else if (application !== APPLICATION_ID) {
    throw new Error('it is a database of another program: choose another file')
  } else if (version > SCHEMA_VERSION) {
    throw new Error(
      `it was made by a newer release (schema ${version}, this one reads ${SCHEMA_VERSION})`,
    )
  }
  db.exec('COMMIT')
}

/** Gives what SQLite throws its code; the errors of the store itself pass through. */
function wrapped<Result>(run: () => Result): Result {
  try {
    return run()
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ERR_SQLITE_ERROR'))
      throw cause
    throw new StoreError('ERR_STORE_FILE', `The store's file failed: ${cause.message}`, { cause })
  }
}
