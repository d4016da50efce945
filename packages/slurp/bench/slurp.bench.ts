import { createPublicKey, hash, verify } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { DatabaseSync } from 'node:sqlite'
import type { Bench, Figure } from '../../../scripts/bench-harness.ts'
import { median } from '../../../scripts/bench-harness.ts'
import { createSlurp, type Delivery } from '../src/index.ts'
import { openSqliteStorage } from '../src/sqlite.ts'
import { addressOf, createRandom, identity, makeDeliveries, makeRows, START, word } from './fill.ts'

const DECISIONS = 100_000
const ROUNDS = 5
const ONE_BY_ONE = 300
const IN_LOTS = 1000
const LOT = 200
const CHAINS = 40
const SEARCHES = 100
const now = (): number => START + DECISIONS

const bench: Bench = {
  package: 'slurp',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'bzzz-slurp-bench-'))
    try {
      return [...(await ingesting(folder)), ...(await asking(folder))]
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}
export default bench

/** Both sides in turns; milliseconds for each call, as medians of the rounds. */
async function inTurns(
  subject: () => unknown,
  reference: () => unknown,
): Promise<{ subject: number; reference: number }> {
  const times = { subject: [] as number[], reference: [] as number[] }
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of [
      ['subject', subject],
      ['reference', reference],
    ] as const) {
      const before = performance.now()
      await run()
      times[name].push(performance.now() - before)
    }
  }
  return { subject: median(times.subject), reference: median(times.reference) }
}

function rate(
  what: string,
  { subject, reference }: { subject: number; reference: number },
  of: { operations: number; reference: string; atLeast: number },
): Figure {
  const ratio = reference / subject
  return {
    what,
    value: (of.operations / subject) * 1000,
    unit: 'ops/s',
    reference: { what: of.reference, value: (of.operations / reference) * 1000 },
    ratio,
    goal: `>= ${of.atLeast} x`,
    met: ratio >= of.atLeast,
  }
}

async function ingesting(folder: string): Promise<Figure[]> {
  const storage = openSqliteStorage({ file: join(folder, 'ingest.db') })
  const slurp = createSlurp({ storage, now })
  const bare = createBare(join(folder, 'bare.db'))
  const many = ROUNDS * (ONE_BY_ONE + IN_LOTS)
  const deliveries = await makeDeliveries(many, 0)
  let taken = 0
  const take = (count: number): Delivery[] => deliveries.slice(taken, (taken += count))
  const old = deliveries.slice(0, IN_LOTS)
  const one = await inTurns(
    async () => {
      for (const delivery of take(ONE_BY_ONE)) await slurp.ingest(delivery)
    },
    () => {
      for (const delivery of old.slice(0, ONE_BY_ONE)) bare([delivery])
    },
  )
  const lots = await inTurns(
    async () => {
      for (let lot = 0; lot < IN_LOTS / LOT; lot++) await slurp.ingestAll(take(LOT))
    },
    () => {
      for (let lot = 0; lot < IN_LOTS / LOT; lot++) bare(old.slice(lot * LOT, (lot + 1) * LOT))
    },
  )
  await slurp.close()
  await storage.close()
  return [
    rate('take in a delivery of 1.5 KB, one after the other', one, {
      operations: ONE_BY_ONE,
      reference: 'two crypto.verify and a bare insert',
      atLeast: 0.25,
    }),
    rate(`import deliveries in lots of ${LOT}, full text included`, lots, {
      operations: IN_LOTS,
      reference: 'the same verifies and inserts in batches',
      atLeast: 0.3,
    }),
  ]
}

/** What would be done by hand: both signatures checked, the bytes hashed, one row. */
function createBare(file: string): (deliveries: readonly Delivery[]) => void {
  const db = new DatabaseSync(file)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = normal')
  db.exec('CREATE TABLE rows (id INTEGER PRIMARY KEY, hash TEXT, node TEXT)')
  const insert = db.prepare('INSERT INTO rows (hash, node) VALUES (?, ?)')
  const head = Buffer.from('302a300506032b6570032100', 'hex')
  const spki = Buffer.concat([head, identity.publicKey])
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
  const message = Buffer.alloc(500, 'x')
  const signature = identity.sign(message)
  return (deliveries) => {
    db.exec('BEGIN')
    for (const { node } of deliveries) {
      verify(null, message, key, signature)
      verify(null, message, key, signature)
      const text = JSON.stringify(node)
      insert.run(hash('sha256', text), text)
    }
    db.exec('COMMIT')
  }
}

async function asking(folder: string): Promise<Figure[]> {
  const file = join(folder, 'ask.db')
  const storage = openSqliteStorage({ file })
  let lot = []
  for (const row of makeRows(DECISIONS)) {
    lot.push(row)
    if (lot.length < 1000) continue
    await storage.add(lot)
    lot = []
  }
  const slurp = createSlurp({ storage, now })
  const db = new DatabaseSync(file, { readOnly: true })
  db.exec('PRAGMA mmap_size = 1073741824; PRAGMA cache_size = -65536')
  try {
    return [...(await chains(slurp, db)), ...(await searches(slurp, db))]
  } finally {
    db.close()
    await slurp.close()
    await storage.close()
  }
}

type Slurp = ReturnType<typeof createSlurp>

async function chains(slurp: Slurp, db: DatabaseSync): Promise<Figure[]> {
  const random = createRandom(11)
  const starts = Array.from({ length: CHAINS }, () =>
    addressOf(DECISIONS / 2 + random(DECISIONS / 2)),
  )
  const walk = bareWalk(db)
  const first = performance.now()
  let nodes = 0
  for (const start of starts) nodes += (await slurp.why(start, { depth: 8 })).nodes.length
  const cold = (performance.now() - first) / CHAINS
  const times = await inTurns(
    async () => {
      for (const start of starts) await slurp.why(start, { depth: 8 })
    },
    () => {
      for (const start of starts) walk(start, 8, 1000)
    },
  )
  return [
    {
      what: 'a chain of depth 8 over 100,000 decisions, every link checked; decisions a second',
      value: (nodes / times.subject) * 1000,
      unit: 'ops/s',
      reference: {
        what: 'the same rows read, hashed and parsed, nothing checked',
        value: (nodes / times.reference) * 1000,
      },
      ratio: times.reference / times.subject,
    },
    { what: 'such a chain, mean', value: times.subject / CHAINS, unit: 'ms' },
    { what: 'such a chain, signatures never seen before', value: cold, unit: 'ms' },
    { what: 'decisions in such a chain, mean', value: nodes / CHAINS, unit: 'nodes' },
  ]
}

/** What a user would write by hand, on the same file. */
function bareWalk(db: DatabaseSync): (start: string, depth: number, most: number) => number {
  const read = db.prepare(`SELECT v.node FROM contexts c JOIN versions v ON v.context = c.id
    WHERE c.key = ? AND v.version = 1`)
  return (start, depth, most) => {
    const seen = new Set([start])
    let level = [start]
    for (let at = 0; at <= depth && level.length > 0; at++) {
      const next: string[] = []
      for (const address of level) {
        const { node } = read.get(address.slice('ucxl://'.length).replace('/*^/', '/')) as {
          node: string
        }
        hash('sha256', node)
        const { citations } = JSON.parse(node) as { citations: { ucxl_address: string }[] }
        for (const { ucxl_address: cited } of citations) {
          if (at === depth || seen.has(cited) || seen.size >= most) continue
          seen.add(cited)
          next.push(cited)
        }
      }
      level = next
    }
    return seen.size
  }
}

async function searches(slurp: Slurp, db: DatabaseSync): Promise<Figure[]> {
  const queries = Array.from({ length: SEARCHES }, () => [word(), word()])
  const statement = db.prepare(`SELECT rowid, bm25(words, 8.0, 3.0, 1.0) AS rank FROM words
    WHERE words MATCH ? ORDER BY rank LIMIT 20`)
  const row = db.prepare(`SELECT v.node, v.record FROM contexts c JOIN versions v
    ON v.sequence = c.head WHERE c.id = ?`)
  const ours: number[] = []
  const bare: number[] = []
  const timed = async (times: number[], run: () => unknown): Promise<void> => {
    const before = performance.now()
    await run()
    times.push(performance.now() - before)
  }
  for (let round = 0; round < 3; round++) {
    for (const [a = '', b = ''] of queries) {
      await timed(ours, async () => slurp.search({ text: `${a} ${b}` }))
      await timed(bare, () => {
        const found = statement.all(`"${a}" AND "${b}"`) as { rowid: number }[]
        for (const { rowid } of found) row.get(rowid)
      })
    }
  }
  const at = (times: number[], part: number): number =>
    times.toSorted((x, y) => x - y)[Math.floor(times.length * part)] ?? Number.NaN
  const total = (times: number[]): number => times.reduce((sum, time) => sum + time, 0)
  const narrowed: number[] = []
  for (const [a = '', b = ''] of queries) {
    await timed(narrowed, async () =>
      slurp.search({ text: `${a} ${b} type:policy project:p7`, facets: true }),
    )
  }
  return [
    rate(
      'search, two words, 100,000 decisions, with snippets',
      { subject: total(ours), reference: total(bare) },
      { operations: ours.length, reference: 'the bare FTS5 statement, and its rows', atLeast: 0.8 },
    ),
    {
      what: 'the same, p95',
      value: at(ours, 0.95),
      unit: 'ms',
      reference: { what: 'bare, p95', value: at(bare, 0.95) },
      ratio: at(bare, 0.95) / at(ours, 0.95),
      goal: '>= 0.8 x',
      met: at(bare, 0.95) / at(ours, 0.95) >= 0.8,
    },
    { what: 'with two filters and facets, p95', value: at(narrowed, 0.95), unit: 'ms' },
  ]
}
