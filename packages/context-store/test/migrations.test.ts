import { mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { identityFromSeed } from '@bzzz/identity'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createMemoryStore, type StoredVersion } from '../src/index.ts'
import { openSqliteStore } from '../src/sqlite.ts'

const writer = identityFromSeed(new Uint8Array(32).fill(1))
const PLAN = 'claude:architect@shop:checkout/plan.md'
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
let folder = ''
let file = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bzzz-schema-'))
  file = join(folder, 'store.db')
})
afterEach(async () => rm(folder, { recursive: true }))

/** Real records of today, in the tables of the first schema; the last one's bytes are missing. */
async function writeSchema1(): Promise<StoredVersion[]> {
  const store = createMemoryStore({ writer, now: () => Date.UTC(2025, 7, 1) })
  const versions = [
    await store.put({
      address: `ucxl://${PLAN}`,
      content: bytes('one'),
      contentType: 'text/plain',
    }),
    await store.put({ address: `ucxl://${PLAN}`, content: null }),
    await store.put({
      address: `ucxl://${PLAN}`,
      content: bytes('three'),
      contentType: 'text/plain',
    }),
    await store.put({ address: 'ucxl://a:b@c:d/x', content: bytes('missing') }),
  ]
  const db = new DatabaseSync(file)
  db.exec(await readFile(resolve(import.meta.dirname, 'schema-1.sql'), 'utf8'))
  const context = db.prepare(
    'INSERT INTO contexts (key, head) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET head = excluded.head RETURNING id',
  )
  const version = db.prepare('INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?)')
  for (const { id, record } of versions) {
    const row = context.get(record.key, record.version)
    const time = Date.parse(record.time)
    // Written by a memory store, the record is in its canonical form, which is what is kept.
    const text = JSON.stringify(record)
    version.run(Number(row?.['id']), record.version, time, record.content, id, text)
  }
  const content = db.prepare('INSERT INTO contents (id, bytes) VALUES (?, ?)')
  for (const [place, text] of ['one', 'three'].entries())
    content.run(versions[place * 2]?.record.content ?? '', bytes(text))
  db.close()
  return versions
}

test('a file of schema 1 is brought forward with all that is in it', async () => {
  const versions = await writeSchema1()
  const store = openSqliteStore({ file, writer })
  const history: StoredVersion[] = []
  for await (const one of store.history(PLAN)) history.push(one)
  expect(history.map(({ id }) => id)).toEqual(versions.slice(0, 3).map(({ id }) => id))
  expect(Buffer.from((await store.get(`ucxl://${PLAN}`)).content).toString()).toBe('three')
  expect((await store.search('three')).hits.map(({ record }) => record.key)).toEqual([PLAN])
  expect((await store.page('ucxl://any:any@any:checkout/**')).versions).toHaveLength(1)
  await expect(store.get('ucxl://a:b@c:d/x')).rejects.toMatchObject({
    code: 'ERR_STORE_CONTENT_MISSING',
  })
  expect(await store.stats()).toEqual({ contexts: 2, versions: 4, contents: 2, bytes: 8 })
  expect((await store.check()).problems).toEqual([])
  await store.put({ address: `ucxl://${PLAN}`, content: bytes('four') })
  await store.close()
  const again = openSqliteStore({ file })
  expect((await again.head(PLAN))?.record.version).toBe(4)
  await again.close()
})

/** A store's tables of today, with their rows as the second schema kept them. */
async function writeSchema2(): Promise<void> {
  const store = openSqliteStore({ file, writer })
  const long = (async function* pieces() {
    for (let place = 0; place < 3; place++) yield Buffer.alloc(200_000, String(place))
  })()
  await store.put({ address: `ucxl://${PLAN}`, content: bytes('one'), contentType: 'text/plain' })
  await store.put({ address: `ucxl://${PLAN}`, content: long })
  await store.put({
    address: 'ucxl://a:b@c:d/same',
    content: bytes('one'),
    contentType: 'text/plain',
  })
  await store.put({ address: 'ucxl://a:b@c:d/secret', content: bytes('secret') })
  await store.redact('ucxl://a:b@c:d/secret', 'it was a password')
  await store.search('one')
  await store.close()
  const db = new DatabaseSync(join(folder, 'older.db'))
  db.exec(await readFile(resolve(import.meta.dirname, 'schema-2.sql'), 'utf8'))
  db.exec(`ATTACH '${file}' AS today`)
  for (const table of ['contexts', 'contents', 'versions', 'pieces', 'redactions'])
    db.exec(`INSERT INTO ${table} SELECT * FROM today.${table}`)
  db.exec('UPDATE contexts SET searched = 0')
  db.close()
  await rename(join(folder, 'older.db'), file)
}

test('a file of schema 2 is brought forward with all that is in it', async () => {
  await writeSchema2()
  expect(() => openSqliteStore({ file, readOnly: true })).toThrow(
    expect.objectContaining({ code: 'ERR_STORE_FILE', message: expect.stringMatching(/older/) }),
  )
  const store = openSqliteStore({ file, writer })
  expect(
    Buffer.from((await store.get(`ucxl://${PLAN.replace('/', '/*~1/')}`)).content).toString(),
  ).toBe('one')
  const { record, content } = await store.get(`ucxl://${PLAN}`)
  expect(content).toHaveLength(600_000)
  expect(await store.content(record.content ?? '')).toEqual(content)
  await expect(store.get('ucxl://a:b@c:d/secret')).rejects.toMatchObject({
    code: 'ERR_STORE_REDACTED',
  })
  // Equal bytes are still known for those that are here.
  await store.put({
    address: 'ucxl://a:b@c:d/again',
    content: bytes('one'),
    contentType: 'text/plain',
  })
  expect(await store.stats()).toEqual({ contexts: 4, versions: 5, contents: 2, bytes: 600_003 })
  expect((await store.search('one')).hits).toHaveLength(2)
  expect((await store.check()).problems).toEqual([])
  await store.close()
  const db = new DatabaseSync(file)
  expect(db.prepare('PRAGMA foreign_key_check').all()).toEqual([])
  db.close()
})

test('a file that cannot be brought forward is left as it was', async () => {
  await writeSchema1()
  const broken = new DatabaseSync(file)
  broken.exec('CREATE TABLE words (x)')
  broken.close()
  expect(() => openSqliteStore({ file })).toThrow(
    expect.objectContaining({ code: 'ERR_STORE_FILE', message: expect.stringMatching(/words/) }),
  )
  const db = new DatabaseSync(file)
  expect(db.prepare('PRAGMA user_version').get()).toMatchObject({ user_version: 1 })
  expect(db.prepare('SELECT count(*) AS n FROM versions').get()).toMatchObject({ n: 4 })
  db.close()
})
