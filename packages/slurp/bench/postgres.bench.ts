import postgres from 'postgres'
import { compare, type Bench, type Figure } from '../../../scripts/bench-harness.ts'
import { createSlurp, type DecisionStorage, type NewDecision } from '../src/index.ts'
import { openPostgresStorage } from '../src/postgres/index.ts'
import { findPostgres, startPostgres, type PostgresServer } from '../test/postgres-server.ts'
import { makeRows, START, word } from './fill.ts'

const DECISIONS = 20_000
const LOT = 200
const FIND = `SELECT v.node, v.record FROM (SELECT head FROM bench.contexts
    WHERE words @@ $1::text::tsquery ORDER BY ts_rank(words, $1::text::tsquery) DESC LIMIT 20) f
  JOIN bench.versions v ON v.sequence = f.head`

const bench: Bench = {
  package: 'slurp',
  async run() {
    const programs = findPostgres()
    if (programs === undefined) {
      process.stderr.write('slurp in PostgreSQL: there is no initdb: install postgresql\n')
      return []
    }
    const server = await startPostgres(programs)
    try {
      return await figures(server)
    } finally {
      await server.remove()
    }
  },
}
export default bench

async function figures({ url }: PostgresServer): Promise<Figure[]> {
  const storage = await openPostgresStorage({ url, schema: 'bench' })
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await sql.unsafe('CREATE TABLE bare (id bigint PRIMARY KEY, key text, node text, record text)')
    // What is timed comes after what is searched.
    const rows = makeRows(20 * DECISIONS)
    const take = (count: number): NewDecision[] =>
      Array.from({ length: count }, () => rows.next().value as NewDecision)
    for (let done = 0; done < DECISIONS; done += 1000) await storage.add(take(1000))
    await sql.unsafe('ANALYZE')
    return [
      ...(await adding(storage, sql, take)),
      await reading(storage, sql),
      await searching(storage, sql),
    ]
  } finally {
    await sql.end()
    await storage.close()
  }
}

async function adding(
  storage: DecisionStorage,
  sql: postgres.Sql,
  take: (count: number) => NewDecision[],
): Promise<Figure[]> {
  let id = 0
  const bare = async (rows: readonly NewDecision[]): Promise<unknown> => {
    const set = rows.map(({ key, node, record }) => ({ id: ++id, key, node, record }))
    return sql.unsafe(
      `INSERT INTO bare SELECT * FROM json_to_recordset($1::text::json)
        AS x (id bigint, key text, node text, record text)`,
      [JSON.stringify(set)],
      { prepare: true },
    )
  }
  const sample = take(LOT)
  return [
    await compare({
      what: `PostgreSQL: take versions in, in lots of ${LOT}, full text included`,
      operations: LOT,
      subject: async () => storage.add(take(LOT)),
      // A table without an index, and without edges and words: the way there and back.
      reference: { what: 'the same texts in a bare table', run: async () => bare(sample) },
      atLeast: 0.08,
    }),
    await compare({
      what: 'PostgreSQL: one after the other',
      subject: async () => storage.add(take(1)),
      reference: { what: 'the same, bare', run: async () => bare(sample.slice(0, 1)) },
      atLeast: 0.05,
    }),
  ]
}

async function reading(storage: DecisionStorage, sql: postgres.Sql): Promise<Figure> {
  const keys = [...makeRows(1000)].map(({ key }) => key)
  let turn = 0
  const next = (): string => keys[turn++ % keys.length] ?? ''
  return compare({
    what: 'PostgreSQL: the newest version of a decision',
    subject: async () => storage.version(next()),
    reference: {
      what: 'the bare prepared query',
      run: async () =>
        sql.unsafe(
          `SELECT v.node, v.record FROM bench.contexts c JOIN bench.versions v ON v.sequence = c.head
            WHERE c.key = $1`,
          [next()],
          { prepare: true },
        ),
    },
    atLeast: 0.7,
  })
}

async function searching(storage: DecisionStorage, sql: postgres.Sql): Promise<Figure> {
  const slurp = createSlurp({ storage, now: () => START + DECISIONS })
  const queries = Array.from({ length: 50 }, () => [word(), word()])
  let turn = 0
  const next = (): string[] => queries[turn++ % queries.length] ?? []
  const figure = await compare({
    what: `PostgreSQL: search, two words, ${DECISIONS.toLocaleString('en')} decisions, with snippets`,
    subject: async () => slurp.search({ text: next().join(' ') }),
    reference: {
      what: 'the bare full-text query, and its rows',
      run: async () => sql.unsafe(FIND, [next().join(' & ')], { prepare: true }),
    },
    atLeast: 0.25,
  })
  await slurp.close()
  return figure
}
