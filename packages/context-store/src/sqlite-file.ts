import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { StoreError, type StoreErrorCode } from './errors.ts'
import { namesOf } from './ordered-keys.ts'
import type { NamePart } from './backend.ts'
import { assertSchema, prepareSchema } from './sqlite-schema.ts'

export interface SqliteFileInit {
  /** The store's file, made where it is missing. `:memory:` keeps nothing. */
  readonly file: string
  /**
   * What an acknowledged write survives: `normal` a killed process, `full` a power cut too (it is then
   * acknowledged when the disk has it; who reads it in the millisecond before that may see it go).
   * `normal` if left out.
   */
  readonly durability?: 'normal' | 'full'
  /** Opens a file that is there, and writes nothing to it: its search is what the last writer left. */
  readonly readOnly?: boolean
  /** The largest size of the file, in pages of 4 KiB; writes beyond it fail as on a full disk. */
  readonly maxPages?: number
}

// How long a write waits for another process's transaction.
const BUSY_MS = 10_000
const RETRY_MS = 10
const MMAP_BYTES = 256 * 1024 * 1024
// The log goes into the file when it has so many pages (32 MiB): pages that many writes share, which
// are those of the indexes, are then written once for all of them.
// Where each commit waits for the disk it is 8 MiB: a commit that makes the log longer waits two to
// three times as long as one that goes over what the log had before.
const LOG_PAGES = { normal: 8000, full: 2000 }
// Primary result codes of SQLite.
const SQLITE_BUSY = 5
const CODES: Readonly<Record<number, StoreErrorCode>> = {
  [SQLITE_BUSY]: 'ERR_STORE_BUSY',
  8: 'ERR_STORE_READ_ONLY',
  11: 'ERR_STORE_DAMAGED',
  13: 'ERR_STORE_FULL',
  26: 'ERR_STORE_DAMAGED',
}

/** @throws `ERR_STORE_FILE` where the file cannot be used, with the reason. */
export function openFile(init: SqliteFileInit): DatabaseSync {
  const { file, durability = 'normal', readOnly = false, maxPages } = init
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file, { timeout: BUSY_MS, readOnly })
    if (readOnly) assertSchema(db)
    else {
      enterWal(db)
      db.exec(`PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${LOG_PAGES[durability]}`)
      if (maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${Math.trunc(maxPages)}`)
      db.function('name_of', { deterministic: true }, (key, part) => {
        return namesOf(String(key))[part as NamePart]
      })
      prepareSchema(db)
    }
    db.exec(`PRAGMA mmap_size = ${MMAP_BYTES}`)
    return db
  } catch (cause) {
    db?.close()
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new StoreError('ERR_STORE_FILE', `The store ${file} cannot be opened: ${why}`, { cause })
  }
}

/** Prepared statements by their text. They live as long as the database that they are kept with. */
export class Statements {
  readonly #db: DatabaseSync
  readonly #prepared = new Map<string, StatementSync>()

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  // `Row` is what the statement selects, which only its writer knows.
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters
  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined {
    try {
      return this.prepare(sql).get(...values) as Row | undefined
    } catch (error) {
      throw coded(error)
    }
  }

  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    try {
      return this.prepare(sql).all(...values) as Row[]
    } catch (error) {
      throw coded(error)
    }
  }

  /** Rows as they are asked for; until the last one the statement is in use. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters
  *iterate<Row>(sql: string, ...values: SQLInputValue[]): Generator<Row> {
    try {
      for (const row of this.prepare(sql).iterate(...values)) yield row as Row
    } catch (error) {
      throw coded(error)
    }
  }

  run(sql: string, ...values: SQLInputValue[]): { changes: number; id: number } {
    try {
      const { changes, lastInsertRowid } = this.prepare(sql).run(...values)
      return { changes: Number(changes), id: Number(lastInsertRowid) }
    } catch (error) {
      throw coded(error)
    }
  }

  prepare(sql: string): StatementSync {
    let statement = this.#prepared.get(sql)
    if (!statement) {
      statement = this.#db.prepare(sql)
      this.#prepared.set(sql, statement)
    }
    return statement
  }

  clear(): void {
    this.#prepared.clear()
  }
}

/** What SQLite threw, with a code; the errors of the store itself stay as they are. */
export function coded(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR'))
    return error
  const code = CODES[resultCode(error)] ?? 'ERR_STORE_FILE'
  return new StoreError(code, `The store's file failed: ${error.message}`, { cause: error })
}

/** Puts the file into WAL mode, for which SQLite does not wait where another process has it open. */
function enterWal(db: DatabaseSync): void {
  for (let attempt = 1; ; attempt++) {
    try {
      db.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      if (resultCode(error) !== SQLITE_BUSY || attempt * RETRY_MS >= BUSY_MS) throw error
      // Nothing else can run here while a store is being opened: it is opened synchronously.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
    }
  }
}

function resultCode(error: unknown): number {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0
  // The lowest byte; above it stands a closer description.
  return code & 0xff
}
