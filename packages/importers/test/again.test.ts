import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { importRecords } from '../src/index.ts'
import {
  adr,
  createRepository,
  createStore,
  paths,
  temporaryFolder,
  timeline,
} from './repository.ts'

test('a second run imports only the commits that are new', async () => {
  const { path, commit } = createRepository()
  commit({ at: '2020-01-01T00:00:00Z', write: { 'a.md': adr('A', 'proposed'), 'b.md': adr('B') } })
  const store = createStore()
  await importRecords({ path }, { store })
  commit({ at: '2020-01-02T00:00:00Z', write: { 'a.md': adr('A'), 'c.md': adr('C') } })
  const again = await importRecords({ path }, { store })
  expect(again).toMatchObject({ records: 3, versions: 2, unchanged: 2, skipped: [] })
  expect((await timeline(store, 'a.md')).map(({ text }) => text)).toEqual([
    adr('A', 'proposed'),
    adr('A'),
  ])
  expect(await importRecords({ path }, { store })).toMatchObject({ versions: 0, unchanged: 4 })
})

test('a record whose history was rewritten is left alone and named; the others go on', async () => {
  const { path, git, commit } = createRepository()
  commit({ at: '2020-01-01T00:00:00Z', write: { 'b.md': adr('B') } })
  const base = commit({ at: '2020-01-02T00:00:00Z', write: { 'c.c': 'int x;\n' } })
  commit({ at: '2020-01-03T00:00:00Z', write: { 'a.md': adr('A') } })
  const store = createStore()
  await importRecords({ path }, { store })
  git('reset', '--quiet', '--hard', base)
  commit({ at: '2020-01-04T00:00:00Z', write: { 'a.md': adr('A, once more') } })
  commit({ at: '2020-01-05T00:00:00Z', write: { 'b.md': adr('B', 'rejected') } })

  const again = await importRecords({ path }, { store })

  expect(again).toMatchObject({ records: 2, versions: 1, unchanged: 1 })
  expect(again.skipped).toMatchObject([{ path: 'a.md', code: 'ERR_IMPORT_DIVERGED' }])
  expect(await timeline(store, 'a.md')).toHaveLength(1)
  expect(await timeline(store, 'b.md')).toHaveLength(2)
})

test('a record renamed between two runs is whole at its new address, and its old one points there', async () => {
  const { path, commit } = createRepository()
  commit({ at: '2020-01-01T00:00:00Z', write: { 'a.md': adr('A') } })
  const store = createStore()
  await importRecords({ path }, { store })
  const renamed = commit({ at: '2020-01-02T00:00:00Z', rename: { 'a.md': 'b.md' } })

  expect(await importRecords({ path }, { store })).toMatchObject({ versions: 3, unchanged: 0 })

  expect((await timeline(store, 'b.md')).map(({ text }) => text)).toEqual([adr('A'), adr('A')])
  const old = await timeline(store, 'a.md')
  expect(old.map(({ text }) => text)).toEqual([adr('A'), null])
  expect(old[1]?.version).toMatchObject({
    time: '2020-01-02T00:00:00Z',
    provenance: { commit: renamed, path: 'b.md' },
    relationships: [
      { name: 'moved_to', address: 'ucxl://importer:archivist@shop:decisions/*^/b.md' },
    ],
  })
  expect(await importRecords({ path }, { store })).toMatchObject({ versions: 0, unchanged: 2 })
})

test('a record that took the name of a renamed one goes on at that address', async () => {
  const { path, commit } = createRepository()
  commit({ at: '2020-01-01T00:00:00Z', write: { 'a.md': adr('Old') } })
  const store = createStore()
  await importRecords({ path }, { store })
  commit({ at: '2020-01-02T00:00:00Z', rename: { 'a.md': 'b.md' } })
  commit({ at: '2020-01-03T00:00:00Z', write: { 'a.md': adr('New') } })
  expect(await importRecords({ path }, { store })).toMatchObject({ versions: 4, skipped: [] })
  expect((await timeline(store, 'a.md')).map(({ text }) => text)).toEqual([
    adr('Old'),
    null,
    adr('New'),
  ])
  commit({ at: '2020-01-04T00:00:00Z', write: { 'a.md': adr('New', 'rejected') } })
  expect(await importRecords({ path }, { store })).toMatchObject({ versions: 1, skipped: [] })
})

test('a record that took the name of a dead one between two runs goes on after its tombstone', async () => {
  const { path, commit } = createRepository()
  const first = commit({ at: '2020-01-01T00:00:00Z', write: { 'a.md': adr('Dead') } })
  commit({ at: '2020-01-02T00:00:00Z', remove: ['a.md'], write: { 'b.md': adr('Alive') } })
  const store = createStore()
  await importRecords({ path }, { store })
  commit({ at: '2020-01-03T00:00:00Z', rename: { 'b.md': 'a.md' } })
  expect(await importRecords({ path }, { store })).toMatchObject({ skipped: [] })
  expect((await timeline(store, 'a.md')).map(({ text }) => text)).toEqual([
    adr('Dead'),
    null,
    adr('Alive'),
    adr('Alive'),
  ])
  expect(await paths(store)).toEqual(['a.md', `a.md@${first.slice(0, 12)}`, 'b.md'])
  expect(await importRecords({ path }, { store })).toMatchObject({ versions: 0, skipped: [] })
})

test('a record that is none any more is left as it is, though its name was once of another', async () => {
  const { path, commit } = createRepository()
  commit({ at: '2020-01-01T00:00:00Z', write: { 'a.md': adr('Moved') } })
  commit({ at: '2020-01-02T00:00:00Z', rename: { 'a.md': 'b.md' } })
  commit({ at: '2020-01-03T00:00:00Z', write: { 'a.md': adr('New') } })
  const store = createStore()
  await importRecords({ path }, { store })
  commit({ at: '2020-01-04T00:00:00Z', write: { 'a.md': 'Just a note now.\n' } })
  expect(await importRecords({ path }, { store })).toMatchObject({ records: 1, versions: 0 })
  expect((await timeline(store, 'a.md')).map(({ text }) => text)).toEqual([adr('New')])
})

test('what another wrote at an address is not written over', async () => {
  const { path, commit } = createRepository()
  commit({ at: '2020-01-01T00:00:00Z', write: { 'a.md': adr('A'), 'b.md': adr('B') } })
  const store = createStore()
  const address = 'ucxl://importer:archivist@shop:decisions/a.md'
  await store.put({ address, content: Buffer.from('mine') })
  const { versions, skipped } = await importRecords({ path }, { store })
  expect(versions).toBe(1)
  expect(skipped).toMatchObject([{ path: 'a.md', code: 'ERR_IMPORT_DIVERGED' }])
  expect((await timeline(store, 'a.md')).map(({ text }) => text)).toEqual(['mine'])
})

test('an abort in the middle leaves no temporary folder, and the next run goes on', async () => {
  const { git, commit } = createRepository()
  const names = Array.from({ length: 100 }, (_, place) => `${place + 1}.md`)
  commit({
    at: '2020-01-01T00:00:00Z',
    write: Object.fromEntries(names.map((name) => [name, adr(name)])),
  })
  const bundle = join(temporaryFolder(), 'shop.bundle')
  git('bundle', 'create', '--quiet', bundle, 'main')
  const temporary = temporaryFolder()
  vi.stubEnv('TMPDIR', temporary)
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
  const store = createStore()
  const controller = new AbortController()
  const run = importRecords(
    { path: bundle },
    {
      store,
      signal: controller.signal,
      onProgress: ({ versions }) => {
        if (versions > 0) controller.abort(new Error('enough'))
      },
    },
  )
  await expect(run).rejects.toThrow('enough')
  expect(readdirSync(temporary)).toEqual([])
  expect((await store.stats()).versions).toBe(64)
  expect(await importRecords({ path: bundle }, { store })).toMatchObject({
    versions: 36,
    unchanged: 64,
  })
})

test.each(['source', 'init'])(
  'an import that is aborted before it begins does nothing (%s)',
  async (where) => {
    const { path, commit } = createRepository()
    commit({ at: '2020-01-01T00:00:00Z', write: { 'a.md': adr('A') } })
    const signal = AbortSignal.abort(new Error('too late'))
    const store = createStore()
    const run = importRecords(
      { path, ...(where === 'source' ? { signal } : {}) },
      { store, ...(where === 'init' ? { signal } : {}) },
    )
    await expect(run).rejects.toThrow('too late')
    expect((await store.stats()).versions).toBe(0)
  },
)

test('progress tells how much of how much is written', async () => {
  const { path, commit } = createRepository()
  const names = Array.from({ length: 150 }, (_, place) => `${place + 1}.md`)
  commit({
    at: '2020-01-01T00:00:00Z',
    write: Object.fromEntries(names.map((name) => [name, adr('Same')])),
  })
  const told: unknown[] = []
  const onProgress = (progress: unknown): void => void told.push(progress)
  await importRecords({ path }, { store: createStore(), onProgress })
  expect(told).toEqual([
    { versions: 0, ofVersions: 150, records: 150, bytes: 0 },
    { versions: 64, ofVersions: 150, records: 150, bytes: 36_608 },
    { versions: 128, ofVersions: 150, records: 150, bytes: 73_216 },
    { versions: 150, ofVersions: 150, records: 150, bytes: 85_800 },
  ])
})
