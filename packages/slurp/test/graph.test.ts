import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSlurp } from '../src/create-slurp.ts'
import { createMemoryStorage } from '../src/memory.ts'
import { openSqliteStorage } from '../src/sqlite.ts'
import type { DecisionStorage } from '../src/storage.ts'
import type { Slurp } from '../src/slurp.ts'
import {
  address,
  citing,
  clock,
  codeOf,
  createAuthor,
  DAY,
  sent,
  START,
  type Author,
  type Published,
} from './author.ts'
import { postgresStorages } from './postgres-server.ts'

beforeEach(() => {
  clock.now = START
})

const CONTENT = 'bafkreidwslb22nkaxoadyaqlhlxgntmiq4jdenhkbrxhcq6avxlt75br5u'
const PLAN = 'ucxl://claude:architect@shop:checkout/*^/plan.md'
const postgres = postgresStorages()
const storages: [string, () => DecisionStorage | Promise<DecisionStorage>][] = [
  ['in memory', createMemoryStorage],
  ['in SQLite', () => openSqliteStorage({ file: ':memory:' })],
]
if (postgres.problem === undefined) storages.push(['in PostgreSQL', postgres.open])

describe.each(storages)('%s', (_name, create) => {
  let storage: DecisionStorage
  let slurp: Slurp
  let author: Author

  beforeEach(async () => {
    storage = await create()
    slurp = createSlurp({ storage, now: () => clock.now })
    author = createAuthor()
  })
  afterEach(async () => {
    await slurp.close()
    await storage.close()
  })

  async function add(name: string, fields: Record<string, unknown> = {}): Promise<Published> {
    const published = await author.publish(name, fields)
    await slurp.ingest(sent(published))
    clock.now += 1000
    return published
  }

  const exact = (name: string): string => address(name, 'claude', '*~')

  test('why goes up link by link, each with its verdict', async () => {
    const law = await add('law')
    const rule = await add('rule', { citations: [citing(law)] })
    const plan = { type: 'informed_by', ucxl_address: PLAN, version: 1, content_id: CONTENT }
    const { node } = await add('pay', { citations: [citing(rule), plan] })
    const chain = await slurp.why(node.decision_id)
    expect(chain.nodes.map(({ address: one }) => one)).toEqual([
      exact('pay'),
      exact('rule'),
      PLAN.replace('*^', '*~'),
      exact('law'),
    ])
    expect(chain.links.map(({ verdict }) => verdict.status)).toEqual([
      'verified',
      'unverified',
      'verified',
    ])
    expect(chain.links[1]?.verdict).toMatchObject({ reason: 'unavailable' })
    expect(chain.nodes[0]?.signature).toMatchObject({ status: 'valid' })
  })

  test('what would fall goes down, through versions that are no longer the newest', async () => {
    const law = await add('law')
    const rule = await add('rule', { citations: [citing(law)] })
    await add('pay', { citations: [citing(rule)] })
    await add('rule', { title: 'rewritten' })
    const chain = await slurp.consequences(address('law'))
    expect(chain.nodes.map(({ address: one }) => one)).toEqual([
      exact('law'),
      exact('rule'),
      exact('pay'),
    ])
    const cut = await slurp.consequences(address('law'), { depth: 1 })
    expect(cut.cuts).toEqual([{ address: exact('rule'), reason: 'depth' }])
  })

  test('what would fall with a document that is no decision', async () => {
    const citation = { type: 'justified_by', ucxl_address: PLAN, version: 2, content_id: CONTENT }
    await add('pay', { citations: [citation] })
    const chain = await slurp.consequences(PLAN)
    expect(chain.nodes.map(({ address: one }) => one)).toEqual([
      PLAN.replace('*^', '*~2'),
      exact('pay'),
    ])
    expect(chain.links[0]?.verdict).toMatchObject({ reason: 'content-unavailable' })
    // Where those who cite it disagree on what it says, none of them is called wrong.
    await add('other', { citations: [{ ...citation, content_id: CONTENT.replace('5u', '5m') }] })
    const disputed = await slurp.consequences(PLAN)
    expect(disputed.links.map(({ verdict }) => verdict)).toMatchObject([
      { status: 'unverified', reason: 'unavailable' },
      { status: 'unverified', reason: 'unavailable' },
    ])
    const nobody = PLAN.replace('plan', 'other')
    expect(await codeOf(slurp.consequences(nobody))).toBe('ERR_CHAIN_START')
  })

  test('the way from one to another', async () => {
    const law = await add('law')
    const rule = await add('rule', { citations: [citing(law)] })
    await add('pay', { citations: [citing(rule)] })
    const { links } = await slurp.path({ from: address('pay'), to: address('law') })
    expect(links?.map(({ to }) => to)).toEqual([exact('rule'), exact('law')])
    const back = await slurp.path({ from: address('law'), to: address('pay') })
    expect(back.links).toBeUndefined()
  })

  test('a decision is got by every kind of address', async () => {
    const [one, two] = [await add('pay', { title: 'one' }), await add('pay', { title: 'two' })]
    const version = async (temporal: string): Promise<unknown> => {
      const call = slurp.get(address('pay', 'claude', temporal))
      const got = await codeOf(call)
      return typeof got === 'string' ? got : (await call).version
    }
    expect(await version('*^')).toBe(2)
    expect(await version('*~')).toBe(1)
    expect(await version('*~2')).toBe(2)
    expect(await version('~~1')).toBe(1)
    expect(await version('^^1')).toBe(2)
    expect(await version('2025-08-01T00:00:00Z')).toBe(1)
    expect(await version('2025-08-01T00:00:01Z')).toBe(2)
    for (const nowhere of ['*~3', '~~2', '^^2', '2025-07-31']) {
      expect(await version(nowhere)).toBe('ERR_SLURP_UNKNOWN')
    }
    expect((await slurp.get(one.node.decision_id)).version).toBe(1)
    expect((await slurp.get(two.node.decision_id.toUpperCase())).version).toBe(2)
    expect(await codeOf(slurp.get('ucxl://any:any@shop:any/**'))).toBe('ERR_SLURP_QUERY')
    expect(await codeOf(slurp.get('hello'))).toBe('ERR_ADDRESS_SCHEME')
  })

  test('the state at a moment says what had taken the place of what', async () => {
    await add('old')
    clock.now += DAY
    const then = clock.now
    await add('new', { supersedes: [address('old')] })
    await add('wish', { supersedes: [address('old')], status: 'proposed' })
    const state = async (at?: number): Promise<unknown> => {
      const { items } = await slurp.state(at === undefined ? {} : { at })
      return items.map(({ decision, supersededBy }) => [
        /(\w+)\.json/.exec(decision.key)?.[1],
        supersededBy,
      ])
    }
    expect(await state(then - 1)).toEqual([['old', []]])
    expect(await state()).toEqual([
      ['new', []],
      ['old', [exact('new')]],
      ['wish', []],
    ])
  })

  test('what took a place counts once, by its version of that moment, however many it has', async () => {
    await add('old')
    for (let version = 1; version <= 30; version++) {
      await add('new', { supersedes: [address('old')], title: `new ${version}` })
    }
    const then = clock.now
    await add('other', { supersedes: [address('old')] })
    // It took the place once, and says so no more.
    await add('new', { title: 'new at last' })
    const supersededBy = async (at?: number): Promise<unknown> => {
      const { items } = await slurp.state(at === undefined ? {} : { at })
      return items.find(({ decision }) => decision.key.endsWith('old.json'))?.supersededBy
    }
    expect(await supersededBy(then - 1)).toEqual([address('new', 'claude', '*~30')])
    expect(await supersededBy()).toEqual([exact('other')])
  })

  test('what stands out: most cited, unjustified, contradicted, superseded but cited', async () => {
    const law = await add('law', { options: [{ name: 'a' }, { name: 'b' }], chosen: 'a' })
    await add('rule', { citations: [citing(law)] })
    await add('pay', { citations: [citing(law)] })
    await add('rebel', { citations: [citing(law, { type: 'contradicts' })] })
    await add('new-law', { supersedes: [address('law')] })
    const names = async (question: Parameters<Slurp['standing']>[0]): Promise<unknown> => {
      const { items } = await slurp.standing(question)
      return items.map(({ key, count }) => [/([\w-]+)\.json/.exec(key)?.[1], count])
    }
    expect(await names('most-cited')).toEqual([['law', 2]])
    expect(await names('contradicted')).toEqual([['law', 1]])
    expect(await names('unjustified')).toEqual([['new-law', 1]])
    expect(await names('superseded-cited')).toEqual([['law', 2]])
    const first = await slurp.standing('most-cited', { limit: 1 })
    expect(first.next).toBeUndefined()
  })

  test('a search reads filters, shows the passage, and goes on page by page', async () => {
    await add('cards', { title: 'Pay by card', summary: 'We take cards, and never store numbers.' })
    clock.now += 30 * DAY
    await add('invoices', {
      title: 'Pay by invoice',
      decision_type: 'plan',
      justification: { reasoning: 'Large customers pay by invoice.' },
    })
    const titles = async (text: string): Promise<unknown> =>
      (await slurp.search({ text })).items.map(
        ({ decision }) => /(\w+)\.json/.exec(decision.key)?.[1],
      )
    expect(await titles('pay')).toEqual(['invoices', 'cards'])
    expect(await titles('pay type:policy')).toEqual(['cards'])
    expect(await titles('after:2025-08-15')).toEqual(['invoices'])
    // Of several, the narrowest.
    expect(await titles('after:2025-08-15 after:2025-01-01')).toEqual(['invoices'])
    expect(await titles('before:2025-08-15 before:2026-01-01')).toEqual(['cards'])
    expect(await titles('before:2025-08-15 agent:CLAUDE')).toEqual(['cards'])
    expect(await titles('"never store"')).toEqual(['cards'])
    expect(await titles('pay -invoice')).toEqual(['cards'])
    const { items } = await slurp.search({ text: 'store numbers' })
    const [hit] = items
    expect(hit?.snippet).toContain('never store numbers')
    expect(hit?.marks.map(([from, to]) => hit.snippet.slice(from, to))).toEqual([
      'store',
      'numbers',
    ])
    const first = await slurp.search({ text: 'pay', limit: 1, facets: true })
    expect(first.facets?.type).toEqual([
      { value: 'plan', count: 1 },
      { value: 'policy', count: 1 },
    ])
    const second = await slurp.search({ text: 'pay', limit: 1, after: first.next ?? '' })
    expect(second.items.map(({ decision }) => decision.key)).toHaveLength(1)
    expect(second.items[0]?.decision.key).not.toBe(first.items[0]?.decision.key)
    expect(second.next).toBeUndefined()
    const narrowed = await slurp.search({ text: 'type:policy', filters: { type: ['plan'] } })
    expect(narrowed.items).toEqual([])
  })

  test('a search goes by when it was decided, by its own account, and not by when it was recorded', async () => {
    await add('old', { timestamp: '2020-02-01T00:00:00Z' })
    await add('new')
    const names = async (text: string): Promise<unknown> =>
      (await slurp.search({ text })).items.map(
        ({ decision }) => /(\w+)\.json/.exec(decision.key)?.[1],
      )
    expect(await names('before:2021')).toEqual(['old'])
    expect(await names('after:2025')).toEqual(['new'])
    expect(await names('')).toEqual(['new', 'old'])
  })

  test('accents that are characters of their own are found and marked like others', async () => {
    const name = 'cafés'
    await add('a', { title: `Open ${name} early`.normalize('NFD') })
    for (const text of [name, name.normalize('NFD'), 'cafes', `"${name} early"`]) {
      const [hit] = (await slurp.search({ text })).items
      const [from = 0, to = 0] = hit?.marks[0] ?? []
      expect(hit?.snippet.slice(from, to).normalize('NFC')).toBe(name)
    }
    expect((await slurp.search({ text: 'caf' })).items).toEqual([])
  })

  test('queries that mean nothing are refused', async () => {
    const refused = [
      'after:yesterday',
      'after:2025-02-30',
      'type:""',
      '-type:policy',
      '-draft',
      'many '.repeat(40),
      'x'.repeat(3000),
    ]
    for (const text of refused) {
      expect(await codeOf(slurp.search({ text })), text).toBe('ERR_SLURP_QUERY')
    }
    expect(await codeOf(slurp.search({ after: 'nonsense' }))).toBe('ERR_SLURP_CURSOR')
    for (const limit of [0, -1, 1.5, Number.NaN, 1001]) {
      expect(await codeOf(slurp.search({ limit }))).toBe('ERR_SLURP_QUERY')
      expect(await codeOf(slurp.state({ limit }))).toBe('ERR_SLURP_QUERY')
      expect(await codeOf(slurp.held({ limit }))).toBe('ERR_SLURP_QUERY')
    }
    expect((await slurp.search({ limit: 1000 })).items).toEqual([])
    expect(await codeOf(slurp.state({ after: 'bnVsbA' }))).toBe('ERR_SLURP_CURSOR')
  })

  test('those who follow are told in order, also of what comes while they look', async () => {
    const stop = new AbortController()
    const seen: string[] = []
    await add('a')
    const following = (async () => {
      for await (const lot of slurp.follow({ after: 0, signal: stop.signal })) {
        seen.push(...lot.map(({ key }) => /(\w+)\.json/.exec(key)?.[1] ?? ''))
        if (seen.length === 3) stop.abort()
      }
    })()
    await add('b')
    await add('c')
    await following
    expect(seen).toEqual(['a', 'b', 'c'])
  })
})
