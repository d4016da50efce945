/**
 * The state of a client in one SQLite file, on Node's own binding.
 *
 * ```ts
 * const state = openSqliteState({ file: 'outbox.db' })
 * const client = createSlurpClient({ store, identity, state, url: 'https://slurp.example' })
 * ```
 *
 * @packageDocumentation
 */
import { DatabaseSync } from 'node:sqlite'
import { PublishError, reasonOf } from './errors.ts'
import { START, STATE_PAGE, type OutboxState, type Progress, type StateChange } from './state.ts'

export interface SqliteStateInit {
  /** Made where it is missing; a file of its own, beside the store's. `:memory:` keeps nothing. */
  readonly file: string
  /**
   * What a saved change survives: `normal` a killed process, `full` a power cut too. `normal` if left
   * out: what is pending is in the store, and a decision that is delivered again is no harm.
   */
  readonly durability?: 'normal' | 'full'
}

// "BZZO": tells our files from other SQLite databases.
const APPLICATION_ID = 0x425a5a4f
const SCHEMA_VERSION = 1
const BUSY_MS = 10_000
// A primary result code of SQLite.
const SQLITE_BUSY = 5

const TABLES = `
CREATE TABLE progress (one INTEGER PRIMARY KEY CHECK (one = 1), value TEXT NOT NULL) STRICT;
CREATE TABLE entries (
  place INTEGER PRIMARY KEY AUTOINCREMENT,
  list TEXT NOT NULL,
  id TEXT NOT NULL,
  value TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX entries_id ON entries (list, id);
CREATE INDEX entries_place ON entries (list, place);
`

/** @throws `ERR_PUBLISH_STATE` where the file cannot be used, with the reason. */
export function openSqliteState({ file, durability = 'normal' }: SqliteStateInit): OutboxState {
  const db = openFile(file, durability)
  const sql = {
    progress: db.prepare('SELECT value FROM progress'),
    setProgress: db.prepare(
      'INSERT INTO progress VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET value = ?1',
    ),
    get: db.prepare('SELECT value FROM entries WHERE list = ? AND id = ?'),
    page: db.prepare(
      'SELECT place, value FROM entries WHERE list = ? AND place > ? ORDER BY place LIMIT ?',
    ),
    put: db.prepare(
      'INSERT INTO entries (list, id, value) VALUES (?1, ?2, ?3) ON CONFLICT (list, id) DO UPDATE SET value = ?3',
    ),
    remove: db.prepare('DELETE FROM entries WHERE list = ? AND id = ?'),
  }

  const change = ({ progress, put = [], remove = [] }: StateChange): void => {
    if (progress) sql.setProgress.run(JSON.stringify(progress))
    for (const { list, id } of remove) sql.remove.run(list, id)
    for (const { list, entry } of put) sql.put.run(list, entry.id, JSON.stringify(entry))
  }

  /** Runs what asks the file, with a code on what it throws. */
  const ask = <Result>(run: () => Result): Result => {
    if (!db.isOpen) throw new PublishError('ERR_PUBLISH_CLOSED', 'The state is closed')
    try {
      return run()
    } catch (cause) {
      throw new PublishError('ERR_PUBLISH_STATE', `The state ${file} failed: ${reasonOf(cause)}`, {
        cause,
      })
    }
  }

  return Object.freeze<OutboxState>({
    progress: async () =>
      ask(() => {
        const row = sql.progress.get() as { value: string } | undefined
        return row ? (JSON.parse(row.value) as Progress) : START
      }),
    save: async (changes) => ask(() => transaction(db, () => change(changes))),
    get: async (list, id) =>
      ask(() => {
        const row = sql.get.get(list, id) as { value: string } | undefined
        return row && JSON.parse(row.value)
      }),
    page: async (list, { after = 0, limit = STATE_PAGE } = {}) =>
      ask(() => {
        const rows = sql.page.all(list, after, limit) as { place: number; value: string }[]
        return rows.map(({ place, value }) => ({ place, entry: JSON.parse(value) }))
      }),
    close: async () => {
      if (db.isOpen) db.close()
    },
  })
}

function openFile(file: string, durability: 'normal' | 'full'): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file, { timeout: BUSY_MS })
    const own = db
    transaction(own, () => prepare(own))
    enterWal(own)
    own.exec(`PRAGMA synchronous = ${durability}`)
    return own
  } catch (cause) {
    db?.close()
    const why = `The state ${file} cannot be opened: ${reasonOf(cause)}`
    throw new PublishError('ERR_PUBLISH_STATE', why, { cause })
  }
}

/**
 * WAL makes changes cheap, and nothing else depends on it: where another process has the file open at
 * this moment, for which SQLite does not wait here, whoever opens it next enters it.
 */
function enterWal(db: DatabaseSync): void {
  try {
    db.exec('PRAGMA journal_mode = WAL')
  } catch (error) {
    const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0
    if ((code & 0xff) !== SQLITE_BUSY) throw error
  }
}

function prepare(db: DatabaseSync): void {
  const read = (text: string): number => Number(Object.values(db.prepare(text).get() ?? {})[0])
  const application = read('PRAGMA application_id')
  const version = read('PRAGMA user_version')
  if (application === 0 && read('SELECT count(*) FROM sqlite_schema') === 0) {
    db.exec(`${TABLES}; PRAGMA application_id = ${APPLICATION_ID}`)
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`)
  } else if (application !== APPLICATION_ID) {
    throw new Error('it is a database of another program: choose another file')
  } else if (version > SCHEMA_VERSION) {
    throw new Error(
      `it was made by a newer release (schema ${version}, this one ${SCHEMA_VERSION})`,
    )
  }
}

function transaction(db: DatabaseSync, run: () => void): void {
  db.exec('BEGIN IMMEDIATE')
  try {
    run()
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}
