import { DatabaseSync } from 'node:sqlite'
import { identityFromSeed } from '@bzzz/identity'
import { contentIdOf } from '../src/index.ts'
import { INSERT_CONTENT } from '../src/sqlite-contents.ts'
import { openSqliteStore } from '../src/sqlite.ts'

export const START = Date.UTC(2020, 0, 1)
export const writer = identityFromSeed(new Uint8Array(32).fill(1))
/** An id of the right length, for rows that are only read. */
export const idOf = (number: number): string => `bafkrei${String(number).padEnd(52, 'a')}`

/** A store's file with so many versions over so many contexts, filled without signing any. */
export async function fill(file: string, versions: number, contexts: number): Promise<string[]> {
  const store = openSqliteStore({ file, writer })
  const sample = await store.put({ address: 'ucxl://a:b@c:d/sample', content: Buffer.alloc(1024) })
  await store.close()
  const keys = Array.from(
    { length: contexts },
    (_, place) => `agent${place % 40}:coder@shop:task${place % 300}/notes/${place}.md`,
  )
  const db = new DatabaseSync(file)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; BEGIN')
  const insertContext = db.prepare(
    'INSERT INTO contexts (id, key, agent, role, project, task, head, searched) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const perContext = versions / contexts
  keys.forEach((key, place) => {
    const [agent = '', role = '', project = '', task = ''] = key.split(/[:@/]/)
    insertContext.run(place + 10, key, agent, role, project, task, perContext, perContext)
  })
  const content = db.prepare(
    'INSERT INTO contents (number, id, state, size, bytes) VALUES (?, ?, 1, 1024, ?)',
  )
  const version = db.prepare(
    'INSERT INTO versions (context, version, time, content, id, record) VALUES (?, ?, ?, ?, ?, ?)',
  )
  for (let number = 0; number < versions; number++) {
    const place = number % contexts
    const turn = Math.floor(number / contexts) + 1
    const time = START + 1000 * number
    const record = JSON.stringify({
      ...sample.record,
      key: keys[place],
      version: turn,
      time: new Date(time).toISOString().replace('.000', ''),
      content: idOf(number),
    })
    content.run(number + 10, idOf(number), Buffer.alloc(1024, `${number} `))
    version.run(place + 10, turn, time, number + 10, idOf(number), record)
  }
  db.exec('COMMIT')
  db.close()
  return keys
}

/** The inserts of one write of 1 KB, each content kept once, on the same schema, and nothing around them. */
export function bareInserts(
  file: string,
  keys: readonly string[],
): { db: DatabaseSync; one: () => void } {
  const db = new DatabaseSync(file)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA mmap_size = 268435456')
  const head = db.prepare('SELECT id, head FROM contexts WHERE key = ?')
  const context = db.prepare('UPDATE contexts SET head = ? WHERE id = ?')
  const content = db.prepare(INSERT_CONTENT)
  const version = db.prepare(
    'INSERT INTO versions (context, version, time, content, id, record) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const record = 'x'.repeat(620)
  // Content ids are hashes: each goes to another page of their index.
  const ids = Array.from({ length: 50_000 }, (_, turn) => contentIdOf(Buffer.from(String(turn))))
  let place = 1_000_000_000
  return {
    db,
    one: () => {
      place++
      const { id, head: newest } = head.get(keys[place % keys.length] ?? '') as {
        id: number
        head: number
      }
      const bytes = Buffer.alloc(1024, `${place} `)
      const hashed = `${(ids[place % ids.length] ?? '').slice(0, 50)}${place}`
      const { lastInsertRowid } = content.run(hashed, 1, 1024, bytes)
      version.run(id, newest + 1, START + place * 1000, lastInsertRowid, hashed, record)
      context.run(newest + 1, id)
    },
  }
}
