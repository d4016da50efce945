import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { identityFromSeed } from '@bzzz/identity'
import { afterEach, expect, test, vi } from 'vitest'
import { openSqliteStore } from '../src/sqlite.ts'
import { syncFile } from '../src/sync-file.ts'

vi.mock('../src/sync-file.ts', { spy: true })

const folder = mkdtempSync(join(tmpdir(), 'bzzz-sync-'))
const writer = identityFromSeed(new Uint8Array(32))

afterEach(() => vi.clearAllMocks())

test('the log of a file is what goes to the disk; a store in memory has none', async () => {
  const file = join(folder, 'a.db')
  const store = openSqliteStore({ file, writer })
  await store.put({ address: 'ucxl://a:b@c:d/*^/e', content: new Uint8Array(3) })
  expect(syncFile).not.toHaveBeenCalled()
  await store.sync()
  expect(syncFile).toHaveBeenCalledExactlyOnceWith(`${file}-wal`)
  await store.restrictedTo({ may: () => true }).sync()
  expect(syncFile).toHaveBeenCalledTimes(2)
  await store.close()
  const memory = openSqliteStore({ file: ':memory:', writer })
  await memory.sync()
  await memory.close()
  expect(syncFile).toHaveBeenCalledTimes(2)
  rmSync(folder, { recursive: true })
})

test('a log that is not there is on the disk already; a disk that fails says so', async () => {
  await syncFile(join(folder, 'none'))
  await expect(syncFile('/dev/null/x')).rejects.toMatchObject({ code: 'ENOTDIR' })
})
