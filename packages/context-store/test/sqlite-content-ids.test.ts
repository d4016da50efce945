import { DatabaseSync } from 'node:sqlite'
import { beforeEach, expect, test, vi } from 'vitest'
import { contentIdOf } from '../src/index.ts'
import { SqliteContents } from '../src/sqlite-contents.ts'
import { Statements } from '../src/sqlite-file.ts'
import { prepareSchema } from '../src/sqlite-schema.ts'

let db: DatabaseSync
let contents: SqliteContents
beforeEach(() => {
  db = new DatabaseSync(':memory:')
  prepareSchema(db)
  contents = new SqliteContents(new Statements(db))
})

const bytesOf = (place: number): Uint8Array => Buffer.from(`content ${place}`)
const count = (table: string): unknown =>
  Object.values(db.prepare(`SELECT count(*) FROM ${table}`).get() ?? {})[0]
const sizes = (): unknown[] => [0, 1, 2].map((level) => count(`content_ids_${level}`))

/** Keeps contents of these places; gives how many of them were new. */
function insert(from: number, to: number): number {
  let fresh = 0
  db.exec('BEGIN')
  for (let place = from; place < to; place++) {
    const bytes = bytesOf(place)
    if (contents.insert(contentIdOf(bytes), bytes) === 'missing') fresh++
  }
  db.exec('COMMIT')
  return fresh
}

function found(from: number, to: number): number {
  let here = 0
  for (let place = from; place < to; place++) {
    const bytes = bytesOf(place)
    if (Buffer.from(contents.read(contentIdOf(bytes)) ?? []).equals(bytes)) here++
  }
  return here
}

test('contents are found by their ids, and kept once, on whichever level their ids are', () => {
  expect(insert(0, 18_000)).toBe(18_000)
  const [first, second, third] = sizes() as [number, number, number]
  expect(first + second + third).toBe(18_000)
  expect([first < 1100, second > 1000, third > 15_000]).toEqual([true, true, true])
  expect(found(0, 18_000)).toBe(18_000)
  expect(insert(0, 18_000)).toBe(0)
  expect(count('contents')).toBe(18_000)
  expect(contents.info(contentIdOf(bytesOf(18_000)))).toEqual({ state: 'missing', size: 0 })
  expect(contents.lost()).toBe(0)
})

test('ids that have their first fifty bits in common are told apart', () => {
  const like = (last: string): string => `bafkrei${'q'.repeat(51)}${last}`
  const [one, two, three] = [like('a'), like('b'), like('c')]
  contents.insert(one, Buffer.from('one'))
  contents.insert(two, Buffer.from('two'))
  expect([one, two, three].map((id) => contents.read(id)?.length)).toEqual([3, 3, undefined])
  expect(contents.numberOf(one)).not.toBe(contents.numberOf(two))
})

test('a number that a stream took and gave back holds nothing up', () => {
  insert(0, 1023)
  const stage = contents.stage(0)
  expect(sizes()).toEqual([0, 1023, 0])
  stage.drop()
  insert(1023, 1500)
  expect(sizes()).toEqual([477, 1023, 0])
  expect(found(0, 1500)).toBe(1500)
})

test('a transaction that is undone takes its ids with it', () => {
  insert(0, 1000)
  db.exec('BEGIN')
  for (let place = 1000; place < 1100; place++) {
    contents.insert(contentIdOf(bytesOf(place)), bytesOf(place))
  }
  expect(count('content_ids_1')).toBeGreaterThan(1000)
  db.exec('ROLLBACK')
  contents.forget()
  expect(sizes()).toEqual([1000, 0, 0])
  expect(insert(900, 1100)).toBe(100)
  expect(found(0, 1100)).toBe(1100)
})

test('contents that the index does not have are counted', () => {
  insert(0, 1500)
  db.exec('DELETE FROM content_ids_1 WHERE number <= 7')
  expect(contents.lost()).toBe(7)
})

test('what a killed process left is looked for among what has no id yet, and not in all', () => {
  insert(0, 10)
  contents.stage(5)
  const prepared = vi.spyOn(db, 'prepare')
  contents.sweep(6)
  const [sql = ''] = prepared.mock.calls.map(([text]) => text)
  prepared.mockRestore()
  expect(db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(6)).toMatchObject([
    { detail: expect.stringMatching(/USING INDEX contents_staged/) },
  ])
  expect(count('contents')).toBe(10)
})
