import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import { stateConformance } from '../src/conformance.ts'
import { createMemoryState } from '../src/index.ts'
import { openSqliteState } from '../src/sqlite.ts'

const folder = mkdtempSync(join(tmpdir(), 'bzzz-slurp-state-'))
let files = 0
const nextFile = (): string => join(folder, `${++files}.db`)
afterAll(() => rmSync(folder, { recursive: true }))

describe('the state in memory', () => {
  for (const { name, run } of stateConformance(async () => createMemoryState())) test(name, run)
})

describe('the state in SQLite', () => {
  for (const { name, run } of stateConformance(async () => openSqliteState({ file: nextFile() })))
    test(name, run)

  test('what was saved is there when the file is opened again', async () => {
    const file = nextFile()
    const progress = { cursor: { sequence: 3, record: 'bafkrei3' }, attempts: null }
    const entry = { id: 'a', key: 'a:b@c:d/e', version: 1, reason: 'no', attempts: 4, at: 5 }
    const before = openSqliteState({ file, durability: 'full' })
    await before.save({ progress, put: [{ list: 'dead', entry }] })
    await before.close()
    const after = openSqliteState({ file })
    expect(await after.progress()).toEqual(progress)
    expect(await after.page('dead')).toEqual([{ place: 1, entry }])
    await after.close()
  })

  test('a change of which one part fails changes nothing', async () => {
    const state = openSqliteState({ file: nextFile() })
    const entry = { id: 'a', key: 'a:b@c:d/e', version: 1, reason: 'no', attempts: 1, at: 5 }
    const loop: Record<string, unknown> = {}
    loop['self'] = loop
    const put = [
      { list: 'dead' as const, entry },
      { list: 'dead' as const, entry: { ...entry, id: 'b', reason: loop as unknown as string } },
    ]
    await expect(state.save({ put })).rejects.toMatchObject({ code: 'ERR_PUBLISH_STATE' })
    expect(await state.page('dead')).toEqual([])
    await state.close()
  })

  test('two processes use one file at once', async () => {
    const file = nextFile()
    const [one, two] = [openSqliteState({ file }), openSqliteState({ file })]
    await one.save({ progress: { cursor: { sequence: 9, record: 'bafkrei9' }, attempts: null } })
    expect((await two.progress()).cursor?.sequence).toBe(9)
    await one.close()
    await two.close()
  })

  test.each([
    ['a file of another program', 'CREATE TABLE mine (a); PRAGMA application_id = 7'],
    [
      'a file of a newer release',
      'CREATE TABLE p (a); PRAGMA application_id = 1113217615; PRAGMA user_version = 99',
    ],
  ])('%s is refused, and left as it is', (_, sql) => {
    const file = nextFile()
    const other = new DatabaseSync(file)
    other.exec(sql)
    other.close()
    expect(() => openSqliteState({ file })).toThrowError(
      expect.objectContaining({ code: 'ERR_PUBLISH_STATE' }),
    )
    const again = new DatabaseSync(file)
    expect(again.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'delete' })
    again.close()
  })

  test('a folder that is not there is refused with the reason', () => {
    const file = join(folder, 'missing', 'outbox.db')
    expect(() => openSqliteState({ file })).toThrowError(/missing\/outbox\.db cannot be opened/)
  })
})
