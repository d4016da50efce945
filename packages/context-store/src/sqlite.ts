/**
 * The store in one SQLite file (WAL), on Node's own binding.
 *
 * ```ts
 * const store = openSqliteStore({ file: 'memory.db', writer: identity })
 * await store.backup('memory-copy.db')
 * ```
 *
 * @packageDocumentation
 */
import { backup, DatabaseSync } from 'node:sqlite'
import { clockOf } from './core.ts'
import { createStore, type StoreInit } from './engine.ts'
import { StoreError } from './errors.ts'
import { SqliteBackend } from './sqlite-backend.ts'
import { openFile, type SqliteFileInit } from './sqlite-file.ts'
import type { CallOptions } from './queries.ts'
import type { ContextStore } from './store.ts'

export interface SqliteStoreInit extends StoreInit, SqliteFileInit {}

export interface BackupOptions extends CallOptions {
  /** Told of how much of the file is done, from 0 to 1. */
  readonly onProgress?: (done: number) => void
}

/** A store in a file. */
export interface SqliteStore extends ContextStore {
  /**
   * Copies the store to another file while it goes on being read and written. What was acknowledged
   * before is in the copy.
   *
   * @throws `ERR_STORE_FILE` where the copy cannot be written.
   */
  backup(file: string, options?: BackupOptions): Promise<void>
}

/** Opens, or makes, a store. @throws `ERR_STORE_FILE` where the file cannot be used, with the reason. */
export function openSqliteStore(init: SqliteStoreInit): SqliteStore {
  const db = openFile(init)
  const { writer: _writer, ...unsigned } = init
  const backend = new SqliteBackend(db, { ...init, now: clockOf(init) })
  const store = createStore(backend, init.readOnly ? unsigned : init)
  return Object.assign(store, {
    backup: async (to: string, options?: BackupOptions) =>
      copy(db, { from: init.file, to, ...options }),
  })
}

async function copy(db: DatabaseSync, init: CopyInit): Promise<void> {
  const { from, to, signal, onProgress } = init
  signal?.throwIfAborted()
  // A connection of its own that stands still, so that no write makes it begin again.
  const source = from === ':memory:' ? db : new DatabaseSync(from, { readOnly: true })
  try {
    if (source !== db) source.exec('BEGIN; SELECT count(*) FROM sqlite_schema')
    await backup(source, to, {
      rate: PAGES_AT_ONCE,
      progress: ({ totalPages, remainingPages }) => {
        signal?.throwIfAborted()
        onProgress?.(1 - remainingPages / totalPages)
      },
    })
  } catch (cause) {
    signal?.throwIfAborted()
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new StoreError('ERR_STORE_FILE', `The copy ${to} cannot be written: ${why}`, { cause })
  } finally {
    if (source !== db) source.close()
  }
}

const PAGES_AT_ONCE = 1000

interface CopyInit extends BackupOptions {
  readonly from: string
  readonly to: string
}
