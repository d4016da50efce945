import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { identityFromSeed } from '@bzzz/identity'
import { compare, type Bench } from '../../../scripts/bench-harness.ts'
import type { ContextWrite } from '../src/index.ts'
import { openSqliteStore } from '../src/sqlite.ts'

const CONTEXTS = 1000
const BATCH = 100
const DEEP = 'ucxl://claude:architect@shop:checkout/*^/deep.md'
const START = Date.UTC(2020, 0, 1)
const writer = identityFromSeed(new Uint8Array(32).fill(1))

let number = 0
/** A write of 1 KB that no other write shares its bytes with. */
function nextWrite(): ContextWrite {
  const content = Buffer.alloc(1024, `${number++} `)
  return { address: `ucxl://a:b@c:d/*^/${number % CONTEXTS}`, content, contentType: 'text/plain' }
}

/** The rows that a store would insert, on the same schema, with nothing around them. */
function bareInserts(file: string, keys: readonly string[]) {
  const db = new DatabaseSync(file)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA mmap_size = 268435456')
  const context = db.prepare(
    'INSERT INTO contexts (key, head) VALUES (:key, :version) ON CONFLICT (key) DO UPDATE SET head = excluded.head RETURNING id',
  )
  const version = db.prepare(
    'INSERT INTO versions (context, version, time, content, id, record) VALUES (:context, :version, :time, :content, :id, :record)',
  )
  const content = db.prepare('INSERT INTO contents (id, bytes) VALUES (:id, :bytes)')
  let place = 1_000_000
  return {
    db,
    one: () => {
      const id = String(place++).padStart(59, '0')
      const key = keys[place % keys.length] ?? ''
      const row = context.get({ key, version: place })
      version.run({
        context: row?.['id'] as number,
        version: place,
        time: START + place,
        content: id,
        id,
        record: RECORD,
      })
      content.run({ id, bytes: Buffer.alloc(1024, `${place} `) })
    },
  }
}

const RECORD = 'x'.repeat(620)

const bench: Bench = {
  package: 'context-store',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'bzzz-bench-'))
    const file = join(folder, 'store.db')
    const store = openSqliteStore({ file, writer })
    const keys = Array.from({ length: CONTEXTS }, (_, place) => `a:b@c:d/${place}`)
    await store.putAll(Array.from({ length: 2 * CONTEXTS }, nextWrite))
    const deepWrite = (): ContextWrite => ({
      address: DEEP,
      content: Buffer.from(`${number++ % 1000}`),
      time: START + 1000 * number,
    })
    const shallow = 'ucxl://a:b@c:d/*^/shallow'
    await store.putAll(Array.from({ length: 100 }, () => ({ ...deepWrite(), address: shallow })))
    for (let batch = 0; batch < 100; batch++)
      await store.putAll(Array.from({ length: 1000 }, deepWrite))

    const reference = openSqliteStore({ file: join(folder, 'bare.db') })
    await reference.close()
    const bare = bareInserts(join(folder, 'bare.db'), keys)
    const read = new DatabaseSync(file, { readOnly: true })
    read.exec('PRAGMA mmap_size = 268435456')
    const joined =
      'SELECT v.record, b.bytes FROM contexts c JOIN versions v ON v.context = c.id JOIN contents b ON b.id = v.content WHERE c.key = ? AND'
    const latest = read.prepare(`${joined} v.version = c.head`)
    const exact = read.prepare(`${joined} v.version = 1`)
    const asOf = read.prepare(`${joined} v.time <= ? ORDER BY v.time DESC LIMIT 1`)
    let turn = 0
    const nextKey = (): string => keys[turn++ % CONTEXTS] ?? ''
    const at = (key: string, temporal: string): string =>
      `ucxl://${key.replace('/', `/${temporal}/`)}`
    const now = Date.now()
    const instant = new Date(now).toISOString()
    const deepInstant = (): string =>
      at(
        'claude:architect@shop:checkout/deep.md',
        new Date(START + 1000 * (2200 + ((turn++ * 7919) % 90_000))).toISOString(),
      )
    const shallowInstant = (): string =>
      at('a:b@c:d/shallow', new Date(START + 1000 * (2001 + ((turn++ * 7919) % 99))).toISOString())

    const figures = [
      await compare({
        what: 'write 1 KB, durability normal, one after the other',
        subject: async () => store.put(nextWrite()),
        reference: {
          what: 'the same inserts alone',
          run: () => {
            bare.db.exec('BEGIN IMMEDIATE')
            bare.one()
            bare.db.exec('COMMIT')
          },
        },
        atLeast: 0.7,
      }),
      await compare({
        what: `write 1 KB in batches of ${BATCH}`,
        operations: BATCH,
        subject: async () => store.putAll(Array.from({ length: BATCH }, nextWrite)),
        reference: {
          what: 'the same inserts in batches',
          run: () => {
            bare.db.exec('BEGIN IMMEDIATE')
            for (let insert = 0; insert < BATCH; insert++) bare.one()
            bare.db.exec('COMMIT')
          },
        },
        atLeast: 0.5,
      }),
      await compare({
        what: 'read the newest version by address',
        subject: async () => store.get(at(nextKey(), '*^')),
        reference: { what: 'bare prepared query', run: () => latest.get(nextKey()) },
        atLeast: 0.8,
      }),
      await compare({
        what: 'read a version by number',
        subject: async () => store.get(at(nextKey(), '*~1')),
        reference: { what: 'bare prepared query', run: () => exact.get(nextKey()) },
        atLeast: 0.8,
      }),
      await compare({
        what: 'read as of a moment',
        subject: async () => store.get(at(nextKey(), instant)),
        reference: { what: 'bare prepared query', run: () => asOf.get(nextKey(), now) },
        atLeast: 0.8,
      }),
      await compare({
        what: 'read as of a moment, of 100,000 versions',
        subject: async () => store.get(deepInstant()),
        reference: { what: 'of 100 versions', run: async () => store.get(shallowInstant()) },
        atLeast: 0.8,
      }),
    ]
    bare.db.close()
    read.close()
    await store.close()
    rmSync(folder, { recursive: true })
    return figures
  },
}
export default bench
