/**
 * Decisions in one SQLite file (WAL), on Node's own binding.
 *
 * ```ts
 * const slurp = await startSlurp({ storage: openSqliteStorage({ file: 'decisions.db' }) })
 * ```
 *
 * @packageDocumentation
 */
import type { DecisionStorage } from './storage.ts'
import { openFile, type SqliteFileInit } from './sqlite-file.ts'
import { SqliteStorage } from './sqlite-storage.ts'

export type { SqliteFileInit } from './sqlite-file.ts'

/** Opens, or makes, a file. @throws SlurpError `ERR_SLURP_FILE` where it cannot be used. */
export function openSqliteStorage(init: SqliteFileInit): DecisionStorage {
  return new SqliteStorage(openFile(init))
}
