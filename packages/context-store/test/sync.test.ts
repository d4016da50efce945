import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { identityFromSeed } from '@bzzz/identity'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { openSqliteStore } from '../src/sqlite.ts'
import { SyncedFile, syncFile } from '../src/sync-file.ts'

vi.mock('../src/sync-file.ts', { spy: true })

const folder = mkdtempSync(join(tmpdir(), 'bzzz-sync-'))
const writer = identityFromSeed(new Uint8Array(32))

afterEach(() => vi.clearAllMocks())
afterAll(() => rmSync(folder, { recursive: true }))

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
})

test('a store that survives a power cut waits for the disk before a write is acknowledged', async () => {
  const file = join(folder, 'full.db')
  const wait = vi.spyOn(SyncedFile.prototype, 'sync')
  const store = openSqliteStore({ file, writer, durability: 'full' })
  const address = 'ucxl://a:b@c:d/*^/e'
  const write = { address, content: new Uint8Array(3) }
  await store.put(write)
  expect(wait).toHaveBeenCalledTimes(1)
  await Promise.all(
    Array.from({ length: 10 }, async (_, turn) =>
      store.put({ address, content: new Uint8Array(turn) }),
    ),
  )
  expect(wait).toHaveBeenCalledTimes(2)
  const rules = [{ pattern: address, last: 1 }]
  await store.retain(rules, { dryRun: true })
  expect(wait).toHaveBeenCalledTimes(2)
  await store.retain(rules)
  expect(wait).toHaveBeenCalledTimes(3)
  await store.close()

  const memory = openSqliteStore({ file: ':memory:', writer, durability: 'full' })
  await memory.put(write)
  await memory.close()
  expect(wait).toHaveBeenCalledTimes(3)
})

test('where the disk fails, the write fails, and all that come after it', async () => {
  const file = join(folder, 'failing.db')
  const write = { address: 'ucxl://a:b@c:d/*^/e', content: new Uint8Array(3) }
  const store = openSqliteStore({ file, writer, durability: 'full' })
  await store.put(write)
  vi.spyOn(SyncedFile.prototype, 'sync').mockImplementationOnce(() => {
    throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })
  })
  const lost = {
    code: 'ERR_STORE_FILE',
    message: expect.stringMatching(/open the store again.*EIO/),
  }
  await expect(store.put(write)).rejects.toMatchObject(lost)
  await expect(store.put(write)).rejects.toMatchObject(lost)
  expect((await store.get('ucxl://a:b@c:d/*~1/e')).record.version).toBe(1)
  await store.close()
  const again = openSqliteStore({ file, writer, durability: 'full' })
  await again.put(write)
  await again.close()
})

test('a log that is not there is on the disk already; a disk that fails says so', async () => {
  await syncFile(join(folder, 'none'))
  await expect(syncFile('/dev/null/x')).rejects.toMatchObject({ code: 'ENOTDIR' })
  // There is no disk behind it that could be waited for.
  const none = new SyncedFile('/dev/null')
  expect(() => none.sync()).toThrow('fdatasync')
  none.close()
})
