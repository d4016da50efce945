import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const LOCK_FILE = 'cluster.lock.db'
const WAIT_MS = 10_000

/** Has the cluster's files of a home to itself for a moment; the system gives a dead process's lock back. */
export function lockCluster(home: string): { release(): void } {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const lock = new DatabaseSync(join(home, LOCK_FILE), { timeout: WAIT_MS })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    throw error
  }
  return { release: () => lock.close() }
}
