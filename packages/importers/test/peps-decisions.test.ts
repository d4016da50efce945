import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { parseDecision, type Decision } from '@bzzz/decision-schema'
import type { Chain } from '@bzzz/decision-schema/chains'
import { generateIdentity } from '@bzzz/identity'
import { createMemoryStorage, createSlurp, type Slurp } from '@bzzz/slurp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exportRecords, importDecisions, type DecisionImportSummary } from '../src/index.ts'

const bundle = fileURLToPath(new URL('../../../../shared/data/peps.bundle', import.meta.url))
const missing = !existsSync(bundle)
if (missing) console.warn(`Skipped: the decisions of PEPs, since there is no ${bundle}`)

const LOT = 256
const pep = (number: number, temporal = '*^'): string =>
  `ucxl://importer:archivist@peps:decisions/${temporal}/peps/pep-${String(number).padStart(4, '0')}.rst.json`
const numberIn = (address: string): number => Number(/pep-0*(\d+)/.exec(address)?.[1])
const decoder = new TextDecoder()

describe.skipIf(missing)('the decisions of PEPs', () => {
  let store: ContextStore
  let slurp: Slurp
  let summary: DecisionImportSummary
  /** The newest text of each PEP. */
  const texts = new Map<number, string>()

  beforeAll(async () => {
    const identity = generateIdentity()
    store = createMemoryStore({ writer: identity })
    summary = await importDecisions({ path: bundle }, { store, identity })
    slurp = createSlurp({ storage: createMemoryStorage() })
    let lot: { record: unknown; node: unknown }[] = []
    const send = async (): Promise<void> => {
      for (const { error } of await slurp.ingestAll(lot)) expect(error).toBeUndefined()
      lot = []
    }
    for (const { record } of await versionsInOrder(store)) {
      lot.push({ record, node: JSON.parse(await textOf(store, record.content ?? '')) })
      if (lot.length === LOT) await send()
    }
    await send()
    for await (const { record } of store.list('ucxl://any:any@any:any/*^/peps/*.rst')) {
      if (record.content) texts.set(numberIn(record.key), await textOf(store, record.content))
    }
  }, 240_000)
  afterAll(() => slurp?.close())

  async function newest(number: number): Promise<Decision> {
    const { content } = await store.get(pep(number))
    return parseDecision(decoder.decode(content))
  }

  test('have a version for each commit that touched one', () => {
    expect(summary).toMatchObject({ records: 98, versions: 3282, skipped: [] })
    expect(summary.decisions).toMatchObject({ records: 98, versions: 3282, unchanged: 0 })
    expect(summary.notes).toEqual([])
  })

  test('link to each other as their newest texts say', async () => {
    expect(texts.size).toBe(98)
    let links = 0
    for (const [number, text] of texts) {
      const [header = ''] = text.split('\n\n')
      const named = (field: string): number[] => {
        const value = new RegExp(`^${field}: *([\\d, ]+)$`, 'm').exec(header)?.[1] ?? ''
        return value
          .split(',')
          .map(Number)
          .filter((one) => texts.has(one))
      }
      const decision = await newest(number)
      const impacts = (type: string): number[] =>
        (decision.impacts ?? [])
          .filter((one) => one.type === type)
          .map((one) => numberIn(one.ucxl_address))
      const cites = (type: string): number[] =>
        (decision.citations ?? [])
          .filter((one) => one.type === type)
          .map((one) => numberIn(one.ucxl_address))
      expect(impacts('replaces')).toEqual(named('Replaces'))
      expect((decision.supersedes ?? []).map(numberIn)).toEqual(named('Replaces'))
      expect(impacts('superseded_by')).toEqual(named('Superseded-By'))
      expect(cites('requires')).toEqual(named('Requires'))
      const roles = [...text.matchAll(/:pep:`(?:(\d+)(?:#[^`]*)?|[^`<]*<(\d+)[^`]*)`/g)]
      const mentioned = new Set(roles.map(([, bare, inside]) => Number(bare ?? inside)))
      for (const one of [number, ...named('Requires'), ...named('Superseded-By')])
        mentioned.delete(one)
      const here = [...mentioned].filter((one) => texts.has(one))
      expect(cites('informed_by'), `PEP ${number}`).toEqual(here)
      links += here.length
    }
    expect(links).toBeGreaterThan(200)
  })

  test('why PEP 695 is so goes through PEP 484, link by link, each verified', async () => {
    const chain: Chain = await slurp.why(pep(695), { depth: 2 })
    const direct = chain.links.filter(({ from }) => numberIn(from) === 695)
    expect(direct.map(({ to }) => numberIn(to))).toContain(484)
    const pinned = chain.links.filter(({ citation }) => citation.version !== undefined)
    expect(pinned.length).toBeGreaterThan(5)
    expect(pinned.every(({ verdict }) => verdict.status === 'verified')).toBe(true)
    expect(chain.nodes.find(({ address }) => numberIn(address) === 484)?.decision?.title).toBe(
      'Type Hints',
    )
  })

  test('what would fall with PEP 3107 lists those that rest on it, as they are now', async () => {
    const chain = await slurp.consequences(pep(3107), { contexts: true, depth: 1 })
    const dependents = chain.nodes.slice(1).map(({ address }) => numberIn(address))
    const expected = [...texts].filter(
      ([number, text]) => number !== 3107 && text.includes(':pep:`3107'),
    )
    expect(dependents.toSorted((a, b) => a - b)).toEqual(
      expected.map(([number]) => number).toSorted((a, b) => a - b),
    )
    expect(dependents).toContain(484)
    const all = await slurp.consequences(pep(3107), { contexts: true })
    expect(all.nodes.map(({ address }) => numberIn(address))).toContain(695)
    expect(new Set(all.nodes.map(({ address }) => numberIn(address))).size).toBe(all.nodes.length)
  })

  test('the state of all records on 2015-06-01 comes in one call', async () => {
    const { items, next } = await slurp.state({ at: Date.parse('2015-06-01'), limit: 1000 })
    expect(next).toBeUndefined()
    const expected: number[] = []
    for await (const { record } of store.list('ucxl://any:any@any:any/*^/peps/*.rst', {
      at: Date.parse('2015-06-01'),
    })) {
      if (record.content !== null) expected.push(numberIn(record.key))
    }
    const found = items.map(({ decision }) => numberIn(decision.key))
    expect(found.toSorted((a, b) => a - b)).toEqual(expected.toSorted((a, b) => a - b))
    const hints = items.find(({ decision }) => numberIn(decision.key) === 484)
    expect(JSON.parse(hints?.decision.node ?? '')).toMatchObject({
      title: 'Type Hints',
      status: 'accepted',
      imported: { status: 'Accepted' },
    })
  })

  test('a search for type hints after 2014 finds PEP 484 first', async () => {
    const { items } = await slurp.search({ text: 'type hints after:2014-12-31' })
    expect(numberIn(items[0]?.decision.key ?? '')).toBe(484)
    expect(items.length).toBeGreaterThan(3)
  })

  test('go out as they came in', async () => {
    let records = 0
    for await (const { path, bytes, unchanged } of exportRecords({ store })) {
      expect(unchanged, path).toBe(true)
      expect(decoder.decode(bytes)).toBe(texts.get(numberIn(path)))
      records += 1
    }
    expect(records).toBe(98)
  })
})

/** All versions of decisions, the oldest first, as a service that follows the store has them. */
async function versionsInOrder(
  store: ContextStore,
): Promise<{ record: Record<string, unknown> & { content: string | null } }[]> {
  const found: { record: Record<string, unknown> & { content: string | null } }[] = []
  for (let after = 0; ;) {
    const changes = await store.changes({ after, limit: 1000 })
    const last = changes.at(-1)
    if (!last) return found
    after = last.sequence
    for (const { record } of changes) {
      if (record.content_type?.includes('decision')) found.push({ record: { ...record } })
    }
  }
}

async function textOf(store: ContextStore, content: string): Promise<string> {
  return decoder.decode(await store.content(content))
}
