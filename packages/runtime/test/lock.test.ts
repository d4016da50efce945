import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockFolder } from '../src/index.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bzzz-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Another process that takes the folder, and tells when it has it. */
async function holder(): Promise<ChildProcess> {
  const flags = ['--conditions=@bzzz/source', '--disable-warning=ExperimentalWarning']
  const program = join(import.meta.dirname, 'child-lock.ts')
  const child = spawn(process.execPath, [...flags, program, folder], { stdio: 'pipe' })
  await once(child.stdout, 'data')
  return child
}

test('a folder is had by one process, which is named to the others', async () => {
  const child = await holder()
  const message = expect.stringContaining(`in use by process ${child.pid} since 20`)
  expect(() => lockFolder(folder)).toThrow(
    expect.objectContaining({ code: 'ERR_RUNTIME_LOCKED', message }),
  )
  child.kill('SIGKILL')
  await once(child, 'exit')
  // What a dead process held is free at once.
  const lock = lockFolder(folder)
  expect(() => lockFolder(folder)).toThrow(
    expect.objectContaining({ message: expect.stringContaining(`process ${process.pid} `) }),
  )
  lock.release()
  lock.release()
  lockFolder(folder).release()
})

test('a folder that is missing is made, and one that cannot be is said', () => {
  lockFolder(join(folder, 'new', 'one')).release()
  expect(() => lockFolder('/dev/null/x')).toThrow(expect.objectContaining({ code: 'ENOTDIR' }))
})
