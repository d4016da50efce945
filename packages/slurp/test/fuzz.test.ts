import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSlurp } from '../src/create-slurp.ts'
import { createMemoryStorage } from '../src/memory.ts'
import { parseQuery } from '../src/query-text.ts'
import type { Slurp } from '../src/slurp.ts'
import { openSqliteStorage } from '../src/sqlite.ts'
import { STATUS } from '../src/status.ts'
import type { DecisionStorage } from '../src/storage.ts'
import { createAuthor, sent } from './author.ts'
import { postgresStorages } from './postgres-server.ts'

/** Texts of strangers, and such as come near to what is meant. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.stringMatching(/^(?:-?(?:after|before|type|agent|status)?:?["*\w.() -]{0,12} ){1,5}$/),
  fc.stringMatching(/^ucxl:\/\/[a-z]{1,3}:[a-z*]@b:c\/(?:\*[~^]\d?\/)?[a-z%*]{0,5}$/),
)

async function assertCoded(call: Promise<unknown>): Promise<void> {
  try {
    await call
  } catch (error) {
    expect(STATUS).toHaveProperty((error as { code: string }).code)
    expect((error as { code: string }).code).not.toMatch(/INTERNAL|FILE/)
  }
}

const postgres = postgresStorages()
const storages: [string, () => DecisionStorage | Promise<DecisionStorage>][] = [
  ['in memory', createMemoryStorage],
  ['in SQLite', () => openSqliteStorage({ file: ':memory:' })],
]
if (postgres.problem === undefined) storages.push(['in PostgreSQL', postgres.open])

describe.each(storages)('%s', (_name, create) => {
  let storage: DecisionStorage
  let slurp: Slurp
  beforeEach(async () => {
    storage = await create()
    slurp = createSlurp({ storage })
    await slurp.ingest(sent(await createAuthor().publish('pay', { title: 'Pay (by) "card"*' })))
  })
  afterEach(async () => {
    await slurp.close()
    await storage.close()
  })

  test('no text that is asked for raises an error without a code', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (asked) => {
        await assertCoded(slurp.search({ text: asked, facets: true }))
        await assertCoded(slurp.search({ after: asked }))
        await assertCoded(slurp.get(asked))
        await assertCoded(slurp.consequences(asked))
        await assertCoded(slurp.state({ after: asked, filters: { type: [asked] } }))
        await assertCoded(slurp.addWebhook({ url: asked, pattern: asked }))
        await assertCoded(slurp.accept(asked))
      }),
      { numRuns: 200 },
    )
  })

  test('nothing that is delivered raises an error without a code', async () => {
    const genuine = sent(await createAuthor().publish('pay'))
    const fields = fc.constantFrom(...Object.keys(genuine.record), ...Object.keys(genuine.node))
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fields, async (value, field) => {
        await assertCoded(slurp.ingest(value))
        await assertCoded(slurp.ingest({ record: value, node: value }))
        const record = { ...genuine.record, [field]: value }
        await assertCoded(slurp.ingest({ record, node: genuine.node }))
        const node = { ...genuine.node, [field]: value }
        await assertCoded(slurp.ingest({ record: genuine.record, node }))
      }),
      { numRuns: 100 },
    )
    expect((await slurp.counts()).versions).toBeLessThanOrEqual(2)
  })
})

test('a query is read the same whatever stands around its parts', () => {
  const word = fc.stringMatching(/^[a-z]{1,8}$/)
  fc.assert(
    fc.property(word, word, fc.stringMatching(/^[ \t\n]{1,4}$/), (one, type, space) => {
      const { terms, filters } = parseQuery(`${space}${one}${space}type:${type}${space}`)
      expect(terms).toEqual([{ words: [one], prefix: false, not: false }])
      expect(filters).toEqual({ type: [type] })
    }),
  )
})
