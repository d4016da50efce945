import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { SlurpError, type SlurpErrorCode } from './errors.ts'
import { prepareSchema } from './sqlite-schema.ts'

export interface SqliteFileInit {
  /** The file, made where it is missing. `:memory:` keeps nothing. */
  readonly file: string
  /**
   * What an acknowledged decision survives: `normal` a killed process, `full` a power cut too (every
   * commit then waits for the disk). `normal` if left out.
   */
  readonly durability?: 'normal' | 'full'
}

// How long a write waits for another process's transaction.
const BUSY_MS = 10_000
const RETRY_MS = 10
const MMAP_BYTES = 1024 * 1024 * 1024
// Primary result codes of SQLite.
const SQLITE_BUSY = 5
const CODES: Readonly<Record<number, SlurpErrorCode>> = {
  [SQLITE_BUSY]: 'ERR_SLURP_BUSY',
  13: 'ERR_SLURP_FULL',
}

/** @throws SlurpError `ERR_SLURP_FILE` where the file cannot be used, with the reason. */
export function openFile({ file, durability = 'normal' }: SqliteFileInit): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file, { timeout: BUSY_MS })
    enterWal(db)
    db.exec(`PRAGMA synchronous = ${durability}`)
    prepareSchema(db)
    db.exec(`PRAGMA mmap_size = ${MMAP_BYTES}; PRAGMA cache_size = -65536`)
    db.exec('PRAGMA wal_autocheckpoint = 10000')
    return db
  } catch (cause) {
    db?.close()
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SlurpError('ERR_SLURP_FILE', `The file ${file} cannot be opened: ${why}`, { cause })
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
    return this.#coded(() => this.#prepare(sql).get(...values) as Row | undefined)
  }

  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#coded(() => this.#prepare(sql).all(...values) as Row[])
  }

  run(sql: string, ...values: SQLInputValue[]): { changes: number; id: number } {
    const { changes, lastInsertRowid } = this.#coded(() => this.#prepare(sql).run(...values))
    return { changes: Number(changes), id: Number(lastInsertRowid) }
  }

  /** All of it or nothing. */
  transaction<Result>(body: () => Result): Result {
    return this.#coded(() => {
      this.#db.exec('BEGIN IMMEDIATE')
      try {
        const result = body()
        this.#db.exec('COMMIT')
        return result
      } catch (error) {
        if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
        throw error
      }
    })
  }

  close(): void {
    this.#prepared.clear()
    if (this.#db.isOpen) this.#db.close()
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#prepared.get(sql)
    if (!statement) {
      statement = this.#db.prepare(sql)
      this.#prepared.set(sql, statement)
    }
    return statement
  }

  #coded<Result>(body: () => Result): Result {
    if (!this.#db.isOpen) throw new SlurpError('ERR_SLURP_CLOSED', 'The storage is closed')
    try {
      return body()
    } catch (error) {
      throw coded(error)
    }
  }
}

/** What SQLite threw, with a code; other errors stay as they are. */
function coded(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR'))
    return error
  const code = CODES[resultCode(error)] ?? 'ERR_SLURP_FILE'
  return new SlurpError(code, `The file failed: ${error.message}`, { cause: error })
}

/** Puts the file into WAL mode, for which SQLite does not wait where another process has it open. */
function enterWal(db: DatabaseSync): void {
  for (let attempt = 1; ; attempt++) {
    try {
      db.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      if (resultCode(error) !== SQLITE_BUSY || attempt * RETRY_MS >= BUSY_MS) throw error
      // Nothing else can run here while a storage is being opened: it is opened synchronously.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
    }
  }
}

function resultCode(error: unknown): number {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0
  // The lowest byte; above it stands a closer description.
  return code & 0xff
}
