import { generateKeyPairSync, sign } from 'node:crypto'
import {
  closeSync,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createNavigator } from '@bzzz/temporal-nav'
import { compare, median, type Bench, type Figure } from '../../../scripts/bench-harness.ts'
import type { ContextWrite } from '../src/index.ts'
import { openSqliteStore } from '../src/sqlite.ts'
import { bareInserts, fill, START, writer } from './fill.ts'

const VERSIONS = 1_000_000
const CONTEXTS = 10_000
const DEEP_VERSIONS = 100_000
const DOCUMENTS = 100_000
const BATCH = 100
const AT_ONCE = 32
const WARM = 1500

let number = 0
/** A write of 1 KB that no other write shares its bytes with. */
function nextWrite(): ContextWrite {
  const content = Buffer.alloc(1024, `${number++} `)
  return { address: `ucxl://a:b@c:d/*^/${number % 1000}`, content, contentType: 'text/plain' }
}

const bench: Bench = {
  package: 'context-store',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'bzzz-bench-'))
    try {
      return [
        ...(await writes(folder)),
        ...(await reads(folder)),
        ...(await depth(folder)),
        ...(await searches(folder)),
      ]
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}
export default bench

async function writes(folder: string): Promise<Figure[]> {
  const seed = Array.from({ length: 1000 }, nextWrite)
  const keys = Array.from({ length: 1000 }, (_, place) => `a:b@c:d/${place}`)
  const open = async (name: string, durability: 'normal' | 'full') => {
    const store = openSqliteStore({ file: join(folder, name), writer, durability })
    await store.putAll(seed)
    return store
  }
  const normal = await open('normal.db', 'normal')
  const full = await open('full.db', 'full')
  await (await open('bare.db', 'normal')).close()
  await (await open('bare-full.db', 'normal')).close()
  const bare = bareInserts(join(folder, 'bare.db'), keys)
  const bareFull = bareInserts(join(folder, 'bare-full.db'), keys)
  bareFull.db.exec('PRAGMA synchronous = FULL')
  const { privateKey } = generateKeyPairSync('ed25519')
  const message = Buffer.alloc(540, 'x')
  const inserts =
    (of: typeof bare, count: number, signing = false) =>
    (): void => {
      of.db.exec('BEGIN IMMEDIATE')
      for (let insert = 0; insert < count; insert++) {
        if (signing) sign(null, message, privateKey)
        of.one()
      }
      of.db.exec('COMMIT')
    }
  const one = 'write 1 KB, normal, one after the other'
  const batches = `write 1 KB, normal, in batches of ${BATCH}`
  const batch = async (): Promise<unknown> =>
    normal.putAll(Array.from({ length: BATCH }, nextWrite))
  const writeMany = async (): Promise<unknown> =>
    Promise.all(Array.from({ length: AT_ONCE }, async () => full.put(nextWrite())))
  // Code that has just been compiled is several times as slow, and a node has long been warm.
  for (let turn = 0; turn < WARM; turn++) await writeMany()
  const figures = [
    // First: a disk of limited bandwidth is slower after the batches, but for what only waits for it.
    await groupCommit(folder, writeMany),
    await compare({
      what: batches,
      operations: BATCH,
      subject: batch,
      reference: { what: 'the same inserts, and signatures', run: inserts(bare, BATCH, true) },
      atLeast: 0.5,
    }),
    await compare({
      what: `${batches}, beside none signed`,
      operations: BATCH,
      subject: batch,
      reference: { what: 'the same inserts alone', run: inserts(bare, BATCH) },
      atLeast: 0.2,
    }),
    await compare({
      what: one,
      subject: async () => normal.put(nextWrite()),
      reference: { what: 'the same inserts, and a signature', run: inserts(bare, 1, true) },
      atLeast: 0.7,
    }),
    await compare({
      what: 'write 1 KB, full, one after the other',
      subject: async () => full.put(nextWrite()),
      reference: { what: 'the same inserts, and a signature', run: inserts(bareFull, 1, true) },
      atLeast: 0.7,
    }),
    await compare({
      what: `write 1 KB, full, ${AT_ONCE} at once`,
      operations: AT_ONCE,
      subject: writeMany,
      reference: { what: 'the same in one commit, signed', run: inserts(bareFull, AT_ONCE, true) },
      atLeast: 0.7,
    }),
  ]
  bare.db.close()
  bareFull.db.close()
  await normal.close()
  await full.close()
  return figures
}

async function groupCommit(folder: string, writeMany: () => Promise<unknown>): Promise<Figure> {
  const file = openSync(join(folder, 'synced'), 'w')
  const figure = await compare({
    what: `write 1 KB, full, ${AT_ONCE} at once`,
    operations: AT_ONCE,
    subject: writeMany,
    reference: {
      what: 'fdatasync of the disk',
      run: () => {
        for (let turn = 0; turn < AT_ONCE; turn++) {
          writeSync(file, 'x'.repeat(4096))
          fdatasyncSync(file)
        }
      },
    },
    atLeast: 4,
  })
  closeSync(file)
  return figure
}

async function reads(folder: string): Promise<Figure[]> {
  const file = join(folder, 'million.db')
  const keys = await fill(file, VERSIONS, CONTEXTS)
  const opened: number[] = []
  for (let round = 0; round < 5; round++) {
    const begun = performance.now()
    const store = openSqliteStore({ file })
    opened.push(performance.now() - begun)
    await store.close()
  }
  const store = openSqliteStore({ file })
  const read = new DatabaseSync(file, { readOnly: true })
  read.exec('PRAGMA mmap_size = 268435456')
  const joined =
    'SELECT v.id, v.record, b.bytes FROM contexts c JOIN versions v ON v.context = c.id JOIN contents b ON b.number = v.content WHERE c.key = ? AND'
  const latest = read.prepare(`${joined} v.version = c.head`)
  const exact = read.prepare(`${joined} v.version = ?`)
  const asOf = read.prepare(`${joined} v.time <= ? ORDER BY v.time DESC LIMIT 1`)
  let turn = 0
  // Both sides go through the same contexts, far apart from one another: none is at hand.
  const nextKey = (): string => keys[(turn++ * 7919) % CONTEXTS] ?? ''
  const at = (key: string, temporal: string): string =>
    `ucxl://${key.replace('/', `/${temporal}/`)}`
  const nextVersion = (): number => 1 + ((turn * 31) % 100)
  const nextTime = (): number => START + 1000 * (CONTEXTS + ((turn * 7919) % (VERSIONS - CONTEXTS)))
  // Callers have their addresses as they are; what it costs to put one together is not the store's.
  const prepared = (temporal: () => string): (() => string) => {
    const addresses = Array.from({ length: 2 * CONTEXTS }, () => flat(at(nextKey(), temporal())))
    return () => addresses[turn++ % addresses.length] ?? ''
  }
  // Both sides are awaited: what the harness does for a call that is counts for both.
  const newest = prepared(() => '*^')
  const numbered = prepared(() => `*~${nextVersion()}`)
  const dated = prepared(() => new Date(nextTime()).toISOString().replace('.000', ''))
  const hot = keys.slice(0, 1000).map((key) => flat(at(key, '*^')))
  const kept = new Map(
    hot.map((address, place) => [address, { id: keys[place], bytes: Buffer.alloc(1024) }]),
  )
  const figures = [
    await compare({
      what: `read the newest of ${CONTEXTS.toLocaleString('en')} contexts, ${VERSIONS.toLocaleString('en')} versions`,
      subject: async () => store.get(newest()),
      reference: { what: 'bare prepared query', run: async () => latest.get(nextKey()) },
      atLeast: 0.8,
    }),
    await compare({
      what: 'read a version by number',
      subject: async () => store.get(numbered()),
      reference: {
        what: 'bare prepared query',
        run: async () => exact.get(nextKey(), nextVersion()),
      },
      atLeast: 0.8,
    }),
    await compare({
      what: 'read as of a moment',
      subject: async () => store.get(dated()),
      reference: { what: 'bare prepared query', run: async () => asOf.get(nextKey(), nextTime()) },
      atLeast: 0.8,
    }),
    await compare({
      what: 'read the newest of 1,000 contexts, again and again',
      subject: async () => store.get(hot[turn++ % 1000] ?? ''),
      reference: {
        what: 'Map.get and an object',
        run: async () => {
          const found = kept.get(hot[turn++ % 1000] ?? '')
          return { ...found, bytes: Uint8Array.from(found?.bytes ?? []) }
        },
      },
      atLeast: 0.3,
    }),
    value('open a file of a million versions', median(opened), 'ms'),
    value(
      'on the disk for a version of 1 KB, its record of 0.6 KB included',
      statSync(file).size / VERSIONS,
      'bytes',
    ),
  ]
  read.close()
  await store.close()
  return figures
}

async function depth(folder: string): Promise<Figure[]> {
  const deepFile = join(folder, 'deep.db')
  const [deep = ''] = await fill(deepFile, DEEP_VERSIONS, 1)
  // As much data in all, so that what is told apart is the depth, not what fits into a cache.
  const shallow = await fill(join(folder, 'shallow.db'), DEEP_VERSIONS, DEEP_VERSIONS / 100)
  const deepStore = openSqliteStore({ file: deepFile })
  const shallowStore = openSqliteStore({ file: join(folder, 'shallow.db') })
  const instants = Array.from({ length: 1000 }, (_, place) =>
    new Date(START + 1000 * (1000 + ((place * 7919) % (DEEP_VERSIONS - 1000))))
      .toISOString()
      .replace('.000', ''),
  )
  const at = (key: string, temporal: string): string =>
    `ucxl://${key.replace('/', `/${temporal}/`)}`
  const deepAddresses = instants.map((instant) => at(deep, instant))
  const shallowAddresses = instants.map((instant, place) => at(shallow[place] ?? '', instant))
  const navigator = await createNavigator(deepStore.index, deep)
  const db = new DatabaseSync(deepFile, { readOnly: true })
  const step = db.prepare(
    'SELECT v.version, v.time, b.id, v.record FROM contexts c JOIN versions v ON v.context = c.id JOIN contents b ON b.number = v.content WHERE c.key = ? AND v.version = ?',
  )
  let turn = 0
  const figures = [
    await compare({
      what: `read as of a moment, of ${DEEP_VERSIONS.toLocaleString('en')} versions`,
      subject: async () => deepStore.get(deepAddresses[turn++ % 1000] ?? ''),
      reference: {
        what: 'of 100 versions each',
        run: async () => shallowStore.get(shallowAddresses[turn++ % 1000] ?? ''),
      },
      atLeast: 0.8,
    }),
    await compare({
      what: 'move back and forward there',
      subject: async () => {
        await navigator.back(1000)
        await navigator.forward(1000)
      },
      reference: {
        what: 'two bare prepared queries',
        run: () => [step.get(deep, 50_000), step.get(deep, 49_000)],
      },
      atLeast: 0.5,
    }),
  ]
  db.close()
  await deepStore.close()
  await shallowStore.close()
  return figures
}

async function searches(folder: string): Promise<Figure[]> {
  const file = join(folder, 'search.db')
  const keys = await fill(file, DOCUMENTS, DOCUMENTS)
  const db = new DatabaseSync(file)
  db.exec('BEGIN')
  const insert = db.prepare("INSERT INTO words (rowid, text, tags) VALUES (?, ?, '')")
  const bytes = db.prepare('UPDATE contents SET bytes = ? WHERE number = ?')
  const type = db.prepare(
    `UPDATE versions SET record = replace(record, 'application/octet-stream', 'text/plain')`,
  )
  type.run()
  keys.forEach((_, place) => {
    // 150 words by Zipf's law, of 20,000.
    const words = Array.from({ length: 150 }, (_unused, at) => {
      const rank = Math.floor(20_000 ** (((place * 151 + at * 7919) % 99_991) / 99_991))
      return `w${rank.toString(36)}`
    })
    insert.run(-place - 10, words.join(' '))
    bytes.run(Buffer.from(words.join(' ')), place + 10)
  })
  db.exec('COMMIT')
  const store = openSqliteStore({ file })
  const bare = db.prepare(
    `SELECT v.id, v.record, b.bytes, bm25(words) AS score FROM words
     JOIN contexts c ON c.id = -words.rowid JOIN versions v ON v.context = c.id AND v.version = c.head
     JOIN contents b ON b.number = v.content WHERE words MATCH ? ORDER BY rank LIMIT 20`,
  )
  let turn = 0
  const pair = (): [string, string] => [
    `w${(100 + (turn++ % 200)).toString(36)}`,
    `w${(400 + (turn % 300)).toString(36)}`,
  ]
  const figures = [
    await compare({
      what: `search two words in ${DOCUMENTS.toLocaleString('en')} texts, 20 hits with passages`,
      subject: async () => store.search(pair().join(' ')),
      reference: {
        what: 'bare FTS5 statement, its rows read',
        run: () => bare.all(pair().join(' AND ')),
      },
      atLeast: 0.8,
    }),
    await compare({
      what: 'search a word that is in nearly all of them',
      subject: async () => store.search('w1'),
      reference: { what: 'bare FTS5 statement', run: () => bare.all('w1') },
      atLeast: 1,
    }),
  ]
  db.close()
  await store.close()
  return figures
}

/** The same text in one piece, as it comes from outside. */
function flat(text: string): string {
  return Buffer.from(text).toString()
}

function value(what: string, amount: number, unit: string): Figure {
  return { what, value: amount, unit }
}
