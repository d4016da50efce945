import { closeSync, fdatasyncSync, openSync } from 'node:fs'
import { open } from 'node:fs/promises'

/** Resolves when what was written to a file is on the disk itself; at once where there is no such file. */
export async function syncFile(path: string): Promise<void> {
  let file
  try {
    file = await open(path, 'r+')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
    throw error
  }
  try {
    await file.datasync()
  } finally {
    await file.close()
  }
}

/** A file that is waited for again and again, from when there is one. */
export class SyncedFile {
  readonly #path: string
  #descriptor: number | undefined

  constructor(path: string) {
    this.#path = path
  }

  /** Returns when what was written to the file is on the disk itself. */
  sync(): void {
    // Some systems wait only for who may write.
    this.#descriptor ??= openSync(this.#path, 'r+')
    fdatasyncSync(this.#descriptor)
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }
}
