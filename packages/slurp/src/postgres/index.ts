/**
 * Decisions in PostgreSQL, for where one machine is not enough: any number of services share one
 * database. Needs the package `postgres` beside this one.
 *
 * ```ts
 * const storage = await openPostgresStorage({ url: 'postgres://slurp@db.example.org/decisions' })
 * const { url } = await startSlurp({ storage })
 * ```
 *
 * @packageDocumentation
 */
import type { DecisionStorage } from '../storage.ts'
import { openDatabase, type PostgresStorageInit } from './database.ts'
import { PostgresStorage } from './storage.ts'

export type { PostgresStorageInit } from './database.ts'

/**
 * Opens the schema of a database, or makes it.
 *
 * @throws SlurpError `ERR_SLURP_BUSY` where the server is not there or has no room for another
 *   connection; `ERR_SLURP_FILE` where it refuses, or the schema is not one of ours.
 */
export async function openPostgresStorage(init: PostgresStorageInit): Promise<DecisionStorage> {
  return new PostgresStorage(await openDatabase(init))
}
