import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cites, key, looking, row } from '../src/conformance-subject.ts'
import { openSqliteStorage } from '../src/sqlite.ts'
import { codeOf } from './author.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bzzz-slurp-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('what was added is there when the file is opened again, and is searched', async () => {
  const file = join(folder, 'a.db')
  const first = openSqliteStorage({ file, durability: 'full' })
  await first.add([row('a', 1, { title: 'alpha', edges: [cites('plan')] })])
  await first.close()
  const second = openSqliteStorage({ file })
  expect(await second.add([row('a', 1)])).toEqual([{ outcome: 'known', sequence: 1 }])
  const { hits } = await second.search(looking('alpha'))
  expect(hits.map(({ decision }) => decision.key)).toEqual([key('a')])
  expect(await second.incoming(key('plan'), { kind: 'cites' })).toHaveLength(1)
  await second.close()
})

test('two on one file see what the other added', async () => {
  const file = join(folder, 'a.db')
  const [one, other] = [openSqliteStorage({ file }), openSqliteStorage({ file })]
  await one.add([row('a', 1, { title: 'alpha' })])
  await other.add([row('b', 1, { title: 'beta' })])
  expect((await one.version(key('b')))?.sequence).toBe(2)
  expect((await one.search(looking('beta'))).hits).toHaveLength(1)
  expect((await other.search(looking('alpha'))).hits).toHaveLength(1)
  await one.close()
  await other.close()
})

test('a file of another program, of a newer release, or in no folder is refused', async () => {
  const open = async (file: string): Promise<unknown> =>
    codeOf((async () => openSqliteStorage({ file }))())
  const foreign = new DatabaseSync(join(folder, 'foreign.db'))
  foreign.exec('CREATE TABLE x (y)')
  foreign.close()
  expect(await open(join(folder, 'foreign.db'))).toBe('ERR_SLURP_FILE')
  const file = join(folder, 'newer.db')
  await openSqliteStorage({ file }).close()
  const newer = new DatabaseSync(file)
  newer.exec('PRAGMA user_version = 99')
  newer.close()
  expect(await open(file)).toBe('ERR_SLURP_FILE')
  expect(await open(join(folder, 'no', 'folder.db'))).toBe('ERR_SLURP_FILE')
})
