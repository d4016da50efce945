import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for as long as a run goes on. */
export interface Scratch {
  readonly folder: string
  remove(): void
}

/** Makes a temporary folder, which is removed at the latest when this process exits. */
export function makeScratch(): Scratch {
  const folder = mkdtempSync(join(tmpdir(), 'testbot-node-'))
  const clear = (): void => rmSync(folder, { recursive: true, force: true })
  // Who is given up has no time to close what is open.
  process.once('exit', clear)
  return {
    folder,
    remove: () => {
      process.off('exit', clear)
      clear()
    },
  }
}
