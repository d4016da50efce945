import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { identityFromSeed } from '@bzzz/identity'
import { expect, test } from 'vitest'
import { openSqliteStore } from '../src/sqlite.ts'

test('a summary is up to date with what others wrote to the same file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bzzz-summary-'))
  const file = join(folder, 'store.db')
  const writer = identityFromSeed(new Uint8Array(32).fill(1))
  const [one, other] = [openSqliteStore({ file, writer }), openSqliteStore({ file, writer })]
  const write = (number: number) => ({
    address: `ucxl://a:b@c:d/${number}`,
    content: Buffer.from(`of ${number}`),
  })
  await one.putAll(Array.from({ length: 1200 }, (_, number) => write(number)))
  expect((await other.summary()).count).toBe(1200)
  // More than the log is read of at once.
  await one.putAll(Array.from({ length: 1500 }, (_, number) => write(number + 600)))
  const [own, theirs] = [await one.summary(), await other.summary()]
  expect(theirs.count).toBe(2100)
  expect(theirs.items('')).toEqual(own.items(''))
  expect(theirs.range('')).toEqual(own.range(''))
  await Promise.all([one.close(), other.close()])
  const readOnly = openSqliteStore({ file, readOnly: true })
  expect((await readOnly.summary()).range('')).toEqual(own.range(''))
  await readOnly.close()
  await rm(folder, { recursive: true })
})
