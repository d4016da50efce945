import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ContextStore } from '@bzzz/context-store'
import { parseDecision, type Decision } from '@bzzz/decision-schema'
import { identityFromSeed } from '@bzzz/identity'
import { verifyProofs } from '@bzzz/identity/proofs'
import { createMemoryStore } from '@bzzz/context-store'
import { expect, test } from 'vitest'
import {
  importDecisions,
  type DecisionImportInit,
  type DecisionImportSummary,
} from '../src/index.ts'
import { createRepository, temporaryFolder, type TestRepository } from './repository.ts'

const NOW = Date.parse('2026-01-01T00:00:00Z')
const identity = identityFromSeed(new Uint8Array(32).fill(1))

function createStore(): ContextStore {
  return createMemoryStore({ writer: identity, now: () => NOW })
}

async function importInto(
  store: ContextStore,
  { path }: Pick<TestRepository, 'path'>,
  init: Partial<DecisionImportInit> = {},
): Promise<DecisionImportSummary> {
  return importDecisions({ path }, { store, identity, now: () => NOW, ...init })
}

function record(status: string, more = '', title = 'A'): string {
  return `# ${title}\n\n* Status: ${status}\n\n## Decision\n\nSo it is.\n\n${more}\n`
}

const addressOf = (path: string, temporal = '*^', task = 'decisions'): string =>
  `ucxl://importer:archivist@shop:${task}/${temporal}/${path}.json`

async function decisionAt(
  store: ContextStore,
  path: string,
  temporal?: string,
  task?: string,
): Promise<Decision> {
  const { content } = await store.get(addressOf(path, temporal, task))
  return parseDecision(new TextDecoder().decode(content))
}

const DAY = (day: number): string => `2020-01-0${day}T00:00:00Z`

/** Two records, of which the second comes to require the first, which is changed before and after. */
function twoRecords(): TestRepository {
  const repository = createRepository()
  repository.commit({ at: DAY(1), write: { 'adr/0001-a.md': record('proposed') } })
  repository.commit({ at: DAY(2), write: { 'adr/0001-a.md': record('accepted') } })
  repository.commit({
    at: DAY(3),
    author: 'Grace',
    write: { 'adr/0002-b.md': record('accepted', 'Depends on [A](0001-a.md).', 'B') },
  })
  repository.commit({
    at: DAY(4),
    write: {
      'adr/0001-a.md': record('superseded by [C](0003-c.md)'),
      'adr/0003-c.md': record('accepted', 'Supersedes [A](0001-a.md). See [X](0009-x.md).', 'C'),
    },
  })
  return repository
}

test('each version of a record is a version of a decision, pinned to what was there then', async () => {
  const store = createStore()
  const summary = await importInto(store, twoRecords())
  expect(summary).toMatchObject({ records: 3, versions: 5, skipped: [], notes: [] })
  expect(summary.decisions).toEqual({
    records: 3,
    versions: 5,
    unchanged: 0,
    citations: 1,
    impacts: 2,
    unresolved: ['See X'],
  })
  const b = await decisionAt(store, 'adr/0002-b.md')
  expect(b).toMatchObject({
    ucxl_address: addressOf('adr/0002-b.md'),
    timestamp: DAY(3),
    agent_id: 'importer',
    decision_type: 'architecture_choice',
    status: 'accepted',
    title: 'B',
    context: { project: 'shop', task: 'decisions' },
    justification: { reasoning: 'So it is.\n\nDepends on [A](0001-a.md).' },
    imported: { format: 'madr', path: 'adr/0002-b.md', author: 'Grace', status: 'accepted' },
  })
  const second = await store.resolve(addressOf('adr/0001-a.md', '*~2'))
  expect(b.citations).toEqual([
    expect.objectContaining({
      type: 'requires',
      relevance: 'high',
      ucxl_address: addressOf('adr/0001-a.md'),
      version: 2,
      content_id: second.record.content,
    }),
  ])
  expect(verifyProofs(b)).toMatchObject({ verified: true, signers: [identity.did] })
  expect(second.record).toMatchObject({
    time: DAY(2),
    provenance: { source: 'git', author: 'Ada', record_version: '2' },
    relationships: [
      {
        name: 'recorded_in',
        address: 'ucxl://importer:archivist@shop:decisions/*~2/adr/0001-a.md',
      },
    ],
  })
  expect(await decisionAt(store, 'adr/0003-c.md')).toMatchObject({
    supersedes: [addressOf('adr/0001-a.md')],
    impacts: [{ type: 'replaces', ucxl_address: addressOf('adr/0001-a.md') }],
  })
  // Forward: it is known who took its place, and nothing rests on that.
  const a = await decisionAt(store, 'adr/0001-a.md')
  expect(a).toMatchObject({
    status: 'superseded',
    impacts: [{ type: 'superseded_by', ucxl_address: addressOf('adr/0003-c.md') }],
  })
  expect(a.citations).toBeUndefined()
  expect(await decisionAt(store, 'adr/0001-a.md', DAY(1))).toMatchObject({
    status: 'proposed',
    decision_id: a.decision_id,
  })
})

test('again, only what is new is added, and pinned to what was there', async () => {
  const repository = twoRecords()
  const store = createStore()
  await importInto(store, repository)
  const again = await importInto(store, repository)
  expect(again.decisions).toMatchObject({ versions: 0, unchanged: 5, records: 0 })
  repository.commit({
    at: DAY(5),
    write: { 'adr/0004-d.md': record('accepted', 'Implements [C](0003-c.md).', 'D') },
  })
  const more = await importInto(store, repository)
  expect(more.decisions).toMatchObject({ versions: 1, unchanged: 5, records: 1, citations: 1 })
  const [citation] = (await decisionAt(store, 'adr/0004-d.md')).citations ?? []
  expect(citation).toMatchObject({ type: 'implements', version: 1 })
  expect(citation?.content_id).toBe(
    (await store.resolve(addressOf('adr/0003-c.md'))).record.content,
  )
})

test('what is cited in a later run is pinned to its number in the store', async () => {
  const repository = createRepository()
  repository.commit({ at: DAY(1), write: { 'adr/0001-a.md': record('proposed') } })
  const store = createStore()
  await importInto(store, repository)
  repository.commit({ at: DAY(2), write: { 'adr/0001-a.md': record('accepted') } })
  const link = 'Depends on [A](0001-a.md).'
  repository.commit({ at: DAY(3), write: { 'adr/0002-b.md': record('accepted', link) } })
  await importInto(store, repository)
  const { citations } = await decisionAt(store, 'adr/0002-b.md')
  expect(citations).toMatchObject([{ version: 2 }])
})

test('a link leads to what had that name when it was written', async () => {
  const repository = createRepository()
  const link = 'Depends on [it](0001-a.md).'
  // Two that no rename can be mistaken for.
  const first = record('accepted', 'One '.repeat(200))
  repository.commit({ at: DAY(1), write: { 'adr/0001-a.md': first } })
  repository.commit({ at: DAY(2), write: { 'adr/0002-b.md': record('accepted', link) } })
  repository.commit({ at: DAY(3), rename: { 'adr/0001-a.md': 'adr/0003-c.md' } })
  repository.commit({
    at: DAY(4),
    write: { 'adr/0001-a.md': record('rejected', 'Two '.repeat(200)) },
  })
  repository.commit({
    at: DAY(5),
    write: { 'adr/0002-b.md': record('accepted', `${link} Still.`) },
  })
  const store = createStore()
  await importInto(store, repository)
  const cited = async (temporal: string): Promise<unknown> =>
    (await decisionAt(store, 'adr/0002-b.md', temporal)).citations?.map((one) => one.ucxl_address)
  expect(await cited('*~1')).toEqual([addressOf('adr/0003-c.md')])
  expect(await cited('*~2')).toEqual([addressOf('adr/0001-a.md')])
})

test('each thing is said once, and no record is a ground of itself or of what it gave way to', async () => {
  const repository = createRepository()
  const text = `Depends on [A](0001-a.md).

See [A](0001-a.md), [this](0002-b.md) and [C](0003-c.md).

Justified_by: <ucxl://claude:architect@shop:checkout/*^/plan.md>, version 7

Based on: <${addressOf('adr/0001-a.md')}>, version 1
`
  repository.commit({ at: DAY(1), write: { 'adr/0001-a.md': record('proposed') } })
  repository.commit({ at: DAY(2), write: { 'adr/0001-a.md': record('accepted') } })
  repository.commit({
    at: DAY(3),
    write: {
      'adr/0002-b.md': record('superseded by [C](0003-c.md)', text),
      'adr/0003-c.md': record('accepted'),
    },
  })
  const store = createStore()
  await importInto(store, repository)
  const { citations } = await decisionAt(store, 'adr/0002-b.md')
  expect(citations?.map(({ type, ucxl_address: to, version }) => [type, to, version])).toEqual([
    ['requires', addressOf('adr/0001-a.md'), 2],
    ['justified_by', 'ucxl://claude:architect@shop:checkout/*^/plan.md', 7],
    ['justified_by', addressOf('adr/0001-a.md'), 1],
  ])
})

test('in one go or in two, what is made is the same but for who signs when', async () => {
  const repository = twoRecords()
  const [once, twice] = [createStore(), createStore()]
  repository.git('branch', 'early', 'HEAD~1')
  await importDecisions(
    { path: repository.path, branch: 'early' },
    { store: twice, identity, now: () => NOW },
  )
  await importInto(twice, repository)
  await importInto(once, repository)
  for (const path of ['adr/0001-a.md', 'adr/0002-b.md', 'adr/0003-c.md']) {
    expect(await decisionAt(twice, path)).toEqual(await decisionAt(once, path))
  }
})

test('a deletion is a tombstone, and what comes back goes on', async () => {
  const repository = createRepository()
  repository.commit({
    at: DAY(1),
    write: {
      'adr/0001-a.md': record('accepted'),
      'adr/0002-b.md': record('accepted', '[A](0001-a.md)'),
    },
  })
  repository.commit({ at: DAY(2), remove: ['adr/0001-a.md'] })
  repository.commit({
    at: DAY(3),
    write: { 'adr/0002-b.md': record('accepted', 'Again: [A](0001-a.md)') },
  })
  repository.commit({ at: DAY(4), write: { 'adr/0001-a.md': record('rejected') } })
  const store = createStore()
  await importInto(store, repository)
  await expect(decisionAt(store, 'adr/0001-a.md', DAY(2))).rejects.toMatchObject({
    code: 'ERR_TEMPORAL_GONE',
  })
  expect(await decisionAt(store, 'adr/0001-a.md')).toMatchObject({ status: 'rejected' })
  // There was nothing to pin it to when it was written.
  const [citation] = (await decisionAt(store, 'adr/0002-b.md')).citations ?? []
  expect(citation).toMatchObject({ ucxl_address: addressOf('adr/0001-a.md') })
  expect(citation?.version).toBeUndefined()
  expect((await importInto(store, repository)).decisions.versions).toBe(0)
})

test('a record that was renamed since has one decision, at its new address', async () => {
  const repository = twoRecords()
  const store = createStore()
  await importInto(store, repository)
  const { decision_id: id } = await decisionAt(store, 'adr/0002-b.md')
  repository.commit({ at: DAY(5), rename: { 'adr/0002-b.md': 'adr/0002-bee.md' } })
  const { decisions } = await importInto(store, repository)
  expect(decisions.versions).toBe(3)
  expect(await decisionAt(store, 'adr/0002-bee.md')).toMatchObject({ decision_id: id })
  const head = await store.head('importer:archivist@shop:decisions/adr/0002-b.md.json')
  expect(head?.record).toMatchObject({
    content: null,
    relationships: expect.arrayContaining([
      { name: 'moved_to', address: addressOf('adr/0002-bee.md') },
    ]) as unknown,
  })
  expect((await importInto(store, repository)).decisions.versions).toBe(0)
})

test('a version that is no record is left out with its line, and the others are there', async () => {
  const repository = createRepository()
  const yaml = (body: string): string => `---\n${body}\n---\n\n# A\n\n## Decision\n\nSo.\n`
  repository.commit({ at: DAY(1), write: { 'a.md': yaml('status: accepted') } })
  const bad = repository.commit({
    at: DAY(2),
    write: { 'a.md': yaml('date: x\nstatus: [rejected') },
  })
  repository.commit({ at: DAY(3), write: { 'a.md': yaml('status: rejected') } })
  const store = createStore()
  const summary = await importInto(store, repository)
  expect(summary.skipped).toEqual([
    {
      path: 'a.md',
      code: 'ERR_IMPORT_SYNTAX',
      line: 4,
      reason: expect.stringMatching(new RegExp(`^in commit ${bad}: Line 4: `)) as string,
    },
  ])
  expect(summary.decisions.versions).toBe(2)
  expect(await decisionAt(store, 'a.md', '*~2')).toMatchObject({ status: 'rejected' })
  expect((await importInto(store, repository)).decisions).toMatchObject({ versions: 0 })
})

test('a decision that was changed here is left alone, and that is said', async () => {
  const repository = twoRecords()
  const store = createStore()
  await importInto(store, repository)
  const edited = new TextEncoder().encode('{}')
  await store.put({ address: addressOf('adr/0001-a.md'), content: edited })
  repository.commit({ at: DAY(5), write: { 'adr/0001-a.md': record('accepted') } })
  const { decisions, skipped } = await importInto(store, repository)
  expect(decisions.versions).toBe(0)
  expect(skipped).toMatchObject([{ path: 'adr/0001-a.md', code: 'ERR_IMPORT_DIVERGED' }])
})

test('a map says what names, folders, words and statuses mean', async () => {
  const repository = createRepository()
  repository.commit({
    at: DAY(1),
    write: {
      'backend/0001-a.md': record('Baking', 'Owner: Ada'),
      'backend/db/0002-b.md': `---\nstatus: baked\nowner: [Ada, Bob]\ntype: Law\n---\n# B\n\nBorn of [A](../0001-a.md), related to [C](/web/0003-c.md).\n`,
      'web/0003-c.md': record('unheard of'),
    },
  })
  const store = createStore()
  const summary = await importInto(store, repository, {
    map: {
      authors: { Ada: 'ada' },
      folders: { 'backend/db': { task: 'db' }, backend: { task: 'backend' } },
      statuses: { baking: 'proposed', Baked: 'accepted' },
      types: { law: 'policy' },
      links: { 'born of': { citation: 'justified_by', impact: 'modifies' }, 'related to': null },
      people: { owner: 'deciders' },
    },
  })
  expect(summary.notes).toEqual([expect.stringContaining('"unheard of"')])
  expect(summary.collections).toEqual(['importer@shop'])
  expect(await decisionAt(store, 'backend/0001-a.md', '*^', 'backend')).toMatchObject({
    status: 'proposed',
  })
  const b = await decisionAt(store, 'backend/db/0002-b.md', '*^', 'db')
  expect(b).toMatchObject({
    status: 'accepted',
    decision_type: 'policy',
    deciders: ['ada', 'Bob'],
    citations: [{ type: 'justified_by' }],
    impacts: [{ type: 'modifies' }],
  })
  expect(b.citations).toHaveLength(1)
  const c = await decisionAt(store, 'web/0003-c.md')
  expect(c.status).toBeUndefined()
  await expect(
    importInto(store, repository, { map: { statuses: { x: 'maybe' as 'proposed' } } }),
  ).rejects.toMatchObject({
    code: 'ERR_IMPORT_MAP',
    message: expect.stringContaining('statuses.x') as string,
  })
})

test('a folder without a history is imported as it stands', async () => {
  const path = join(temporaryFolder(), 'shop')
  mkdirSync(path)
  const write = (text: string, time: string): void => {
    writeFileSync(join(path, '0001-a.md'), text)
    utimesSync(join(path, '0001-a.md'), new Date(time), new Date(time))
  }
  write(record('accepted'), DAY(1))
  const store = createStore()
  expect((await importInto(store, { path })).decisions).toMatchObject({ versions: 1 })
  write(record('rejected'), DAY(2))
  expect((await importInto(store, { path })).decisions).toMatchObject({ versions: 1, unchanged: 1 })
  expect(await decisionAt(store, '0001-a.md')).toMatchObject({ status: 'rejected' })
})

test('it says how far it is, ends between two batches when told to, and goes on later', async () => {
  const repository = createRepository()
  for (let at = 0; at < 3; at++) {
    const write = Object.fromEntries(
      Array.from({ length: 50 }, (_, n) => [
        `adr/${1000 + n}-a.md`,
        record('accepted', String(at)),
      ]),
    )
    repository.commit({ at: DAY(at + 1), write })
  }
  const store = createStore()
  const stop = new AbortController()
  const said: string[] = []
  const onProgress: DecisionImportInit['onProgress'] = ({ phase, versions, ofVersions }) => {
    said.push(`${phase} ${versions}/${ofVersions}`)
    if (phase === 'decisions' && versions >= 64) stop.abort(new Error('enough'))
  }
  await expect(importInto(store, repository, { onProgress, signal: stop.signal })).rejects.toThrow(
    'enough',
  )
  expect(said).toEqual([
    'records 0/150',
    'records 64/150',
    'records 128/150',
    'records 150/150',
    'decisions 0/150',
    'decisions 64/150',
  ])
  const { decisions } = await importInto(store, repository)
  expect(decisions).toMatchObject({ versions: 86, unchanged: 64 })
})
