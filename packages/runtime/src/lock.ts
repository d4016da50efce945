import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { RuntimeError } from './errors.ts'

/** A folder that one process has to itself. */
export interface FolderLock {
  /** Gives it back; twice is fine. */
  release(): void
}

const BUSY = 5

/**
 * Takes a folder for this process alone, until it is released or the process ends, however it ends: the
 * system takes the lock of a dead process back at once.
 *
 * @param folder is made where it is missing.
 * @throws `ERR_RUNTIME_LOCKED` where another process has it; its id stands in the message.
 */
export function lockFolder(
  folder: string,
  {
    pid = process.pid,
    now = Date.now,
  }: { readonly pid?: number; readonly now?: () => number } = {},
): FolderLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // Who holds it is written in a file of its own: the locked one cannot be read by others.
  const holder = new DatabaseSync(join(folder, 'holder.db'), { timeout: 1000 })
  const lock = new DatabaseSync(join(folder, 'lock.db'), { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    const who = read(holder)
    lock.close()
    holder.close()
    if (!isBusy(cause)) throw cause
    throw new RuntimeError(
      'ERR_RUNTIME_LOCKED',
      `${folder} is in use by ${who}: stop it first, or use another folder`,
      { cause },
    )
  }
  holder.exec('CREATE TABLE IF NOT EXISTS holder (pid INTEGER, since TEXT)')
  holder.exec('DELETE FROM holder')
  holder.prepare('INSERT INTO holder VALUES (?, ?)').run(pid, new Date(now()).toISOString())
  holder.close()
  let held = true
  return {
    release() {
      if (!held) return
      held = false
      lock.close()
    },
  }
}

function read(holder: DatabaseSync): string {
  try {
    const row = holder.prepare('SELECT pid, since FROM holder').get()
    if (row) return `process ${String(row['pid'])} since ${String(row['since'])}`
  } catch {
    // It has just been locked and not yet been written.
  }
  return 'another process'
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === BUSY
}
