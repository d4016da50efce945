import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { importRecords } from '../src/index.ts'
import {
  adr,
  createRecords,
  createRepository,
  createStore,
  git,
  paths,
  stubEnv,
  temporaryFolder,
  timeline,
} from './repository.ts'

test('reads a bare repository, named without its .git', async () => {
  const { path } = createRecords()
  const bare = join(temporaryFolder(), 'Old Shop.git')
  git(['clone', '--quiet', '--bare', path, bare])
  const summary = await importRecords({ path: bare }, { store: createStore() })
  expect(summary).toMatchObject({ kind: 'repository', collection: 'importer@old-shop', records: 1 })
})

test('a bundle made with SHA-256 ids is read as well', async () => {
  const path = join(temporaryFolder(), 'shop')
  git(['init', '--quiet', '--object-format=sha256', '--initial-branch=main', path])
  writeFileSync(join(path, 'a.md'), adr('A'))
  git(['-C', path, 'add', '.'])
  git(['-C', path, 'commit', '--quiet', '-m', 'A'], {
    GIT_COMMITTER_DATE: '2020-01-01T00:00:00Z',
  })
  const bundle = join(temporaryFolder(), 'shop.bundle')
  git(['-C', path, 'bundle', 'create', '--quiet', bundle, 'main'])
  const summary = await importRecords({ path: bundle }, { store: createStore() })
  expect(summary).toMatchObject({ kind: 'bundle', records: 1, versions: 1 })
})

test('of a folder in a repository only what is under it is imported, with its whole history', async () => {
  const { path, commit } = createRepository()
  commit({ at: '2020-01-01T00:00:00Z', write: { 'old/a.md': adr('A'), 'other/b.md': adr('B') } })
  commit({ at: '2020-01-02T00:00:00Z', rename: { 'old/a.md': 'docs/adr/a.md' } })
  commit({ at: '2020-01-03T00:00:00Z', write: { 'docs/adrift.md': adr('Not in the folder') } })
  for (const source of [
    { path: join(path, 'docs/adr') },
    { path: join(path, 'docs'), folder: 'adr' },
    { path, folder: './docs/adr/' },
  ]) {
    const store = createStore()
    const summary = await importRecords(source, { store })
    expect(summary).toMatchObject({ collection: 'importer@shop', records: 1, versions: 2 })
    expect(await paths(store)).toEqual(['a.md'])
  }
})

test('a shallow clone is imported from where it was cut, and says so', async () => {
  const { path, commit } = createRecords()
  commit({ at: '2020-01-02T00:00:00Z', write: { 'adr/0002-b.md': adr('B') } })
  commit({ at: '2020-01-03T00:00:00Z', write: { 'adr/0002-b.md': adr('B', 'rejected') } })
  const clone = join(temporaryFolder(), 'shop')
  git(['clone', '--quiet', '--depth=2', `file://${path}`, clone])
  const store = createStore()
  const { versions, notes } = await importRecords({ path: clone }, { store })
  expect(versions).toBe(3)
  expect(notes).toEqual([
    'The repository is a shallow clone: its history begins where the clone was cut.',
  ])
  const [first] = await timeline(store, 'adr/0001-a.md')
  expect(first?.version.time).toBe('2020-01-02T00:00:00Z')
})

test('a plain folder is imported as it stands, with the times of its files', async () => {
  const path = join(temporaryFolder(), 'records')
  mkdirSync(join(path, 'deep/node_modules'), { recursive: true })
  writeFileSync(join(path, 'deep/a.md'), adr('A', 'proposed'))
  writeFileSync(join(path, 'deep/node_modules/c.md'), adr('C'))
  writeFileSync(join(path, 'b.txt'), 'Title: B\nStatus: Final\n\nText.\n')
  writeFileSync(join(path, 'notes.txt'), 'Notes.\n')
  utimesSync(join(path, 'deep/a.md'), 1_577_836_800, 1_577_836_800)
  utimesSync(join(path, 'b.txt'), 1_577_923_200, 1_577_923_200)
  const store = createStore()

  const summary = await importRecords({ path }, { store })

  expect(summary).toEqual({
    kind: 'folder',
    collection: 'importer@records',
    collections: ['importer@records'],
    records: 2,
    versions: 2,
    unchanged: 0,
    bytes: 539,
    first: '2020-01-01T00:00:00Z',
    last: '2020-01-02T00:00:00Z',
    skipped: [{ path: 'notes.txt', reason: 'no header field "Status" at its top' }],
    notes: [
      'The folder is in no git repository: each record was imported as it stands, with the time of its file.',
    ],
  })
  const collection = 'importer:archivist@records:decisions'
  const [first] = await timeline(store, 'deep/a.md', collection)
  expect(first?.version).toMatchObject({
    time: '2020-01-01T00:00:00Z',
    content_type: 'text/markdown; charset=utf-8',
    provenance: { source: 'folder', path: 'deep/a.md' },
  })

  writeFileSync(join(path, 'deep/a.md'), adr('A'))
  utimesSync(join(path, 'deep/a.md'), 1_578_009_600, 1_578_009_600)
  const again = await importRecords({ path }, { store })
  expect(again).toMatchObject({ versions: 1, unchanged: 1 })
  const versions = await timeline(store, 'deep/a.md', collection)
  expect(versions.map(({ text }) => text)).toEqual([adr('A', 'proposed'), adr('A')])
})

test('without git a folder is imported as it stands, and says so', async () => {
  const { path } = createRecords()
  stubEnv('PATH', temporaryFolder())
  const summary = await importRecords({ path }, { store: createStore(1, Date.now()) })
  expect(summary).toMatchObject({
    kind: 'folder',
    records: 1,
    notes: ['git is not installed: each record was imported as it stands, without its history.'],
  })
})

test('without git a bundle cannot be read', async () => {
  const { path } = createRecords()
  const bundle = join(temporaryFolder(), 'shop.bundle')
  git(['-C', path, 'bundle', 'create', '--quiet', bundle, 'main'])
  stubEnv('PATH', temporaryFolder())
  const temporary = temporaryFolder()
  stubEnv('TMPDIR', temporary)
  const run = importRecords({ path: bundle }, { store: createStore() })
  await expect(run).rejects.toMatchObject({
    name: 'ImportError',
    code: 'ERR_IMPORT_GIT_MISSING',
    message: expect.stringContaining('https://git-scm.com/downloads') as string,
  })
  expect(readdirSync(temporary)).toEqual([])
})

test('a bundle that was cut short is refused, and nothing of it stays', async () => {
  const { path } = createRecords()
  const bundle = join(temporaryFolder(), 'shop.bundle')
  git(['-C', path, 'bundle', 'create', '--quiet', bundle, 'main'])
  const whole = readFileSync(bundle)
  const temporary = temporaryFolder()
  stubEnv('TMPDIR', temporary)
  for (const [length, code] of [
    [whole.length - 40, 'ERR_IMPORT_GIT'],
    [whole.length >> 1, 'ERR_IMPORT_GIT'],
    [30, 'ERR_IMPORT_GIT'],
    [10, 'ERR_IMPORT_NOT_A_REPOSITORY'],
    [0, 'ERR_IMPORT_NOT_A_REPOSITORY'],
  ] as const) {
    writeFileSync(bundle, whole.subarray(0, length))
    const run = importRecords({ path: bundle }, { store: createStore() })
    await expect(run, `${length} bytes`).rejects.toMatchObject({ code })
  }
  expect(readdirSync(temporary)).toEqual([])
})

test('a missing path, and a file that is no bundle, are told apart', async () => {
  const folder = temporaryFolder()
  const store = createStore()
  await expect(importRecords({ path: join(folder, 'none') }, { store })).rejects.toMatchObject({
    code: 'ERR_IMPORT_NOT_FOUND',
  })
  writeFileSync(join(folder, 'record.md'), adr('A'))
  await expect(importRecords({ path: join(folder, 'record.md') }, { store })).rejects.toMatchObject(
    { code: 'ERR_IMPORT_NOT_A_REPOSITORY' },
  )
  await expect(importRecords({ path: folder, folder: '../x' }, { store })).rejects.toMatchObject({
    code: 'ERR_IMPORT_NOT_FOUND',
  })
  await expect(importRecords({ path: '' }, { store })).rejects.toThrow(TypeError)
})

test('a source without a record says what was looked for', async () => {
  const store = createStore()
  const empty = createRepository()
  await expect(importRecords({ path: empty.path }, { store })).rejects.toMatchObject({
    code: 'ERR_IMPORT_NO_RECORDS',
    message: 'Expected a history, found a repository without a commit',
  })
  const { path, commit } = createRepository()
  commit({ at: '2020-01-01T00:00:00Z', write: { 'notes.md': '# Notes\n' } })
  await expect(importRecords({ path, folder: 'docs' }, { store })).rejects.toMatchObject({
    code: 'ERR_IMPORT_NO_RECORDS',
    message: expect.stringContaining('under docs, found none among 0 texts') as string,
  })
  await expect(importRecords({ path: temporaryFolder() }, { store })).rejects.toMatchObject({
    code: 'ERR_IMPORT_NO_RECORDS',
  })
})

test('a branch can be chosen; one that is not there is an error that lists those that are', async () => {
  const { path, git: run, commit } = createRecords()
  run('checkout', '--quiet', '-b', 'next')
  commit({ at: '2020-01-02T00:00:00Z', write: { 'adr/0002-b.md': adr('B') } })
  run('checkout', '--quiet', 'main')
  const store = createStore()
  expect(await importRecords({ path }, { store })).toMatchObject({ records: 1 })
  expect(await importRecords({ path, branch: 'next' }, { store })).toMatchObject({ records: 2 })
  await expect(importRecords({ path, branch: '--all' }, { store })).rejects.toMatchObject({
    code: 'ERR_IMPORT_BRANCH',
    message: 'Expected a branch "--all", found main, next: choose one',
  })
})

test('a folder with a broken repository is an error, and not taken as it stands', async () => {
  const { path } = createRecords()
  writeFileSync(join(path, '.git/HEAD'), 'broken')
  await expect(importRecords({ path }, { store: createStore() })).rejects.toMatchObject({
    code: 'ERR_IMPORT_GIT',
  })
})

test('names of the caller are the names of the addresses', async () => {
  const { path } = createRecords()
  const store = createStore()
  const init = { store, agent: 'Scribe', role: 'clerk', project: 'x', task: 'adr' }
  expect(await importRecords({ path }, init)).toMatchObject({ collection: 'scribe@x' })
  expect(await timeline(store, 'adr/0001-a.md', 'scribe:clerk@x:adr')).toHaveLength(1)
  await expect(importRecords({ path }, { store, agent: 'not a name' })).rejects.toMatchObject({
    code: 'ERR_ADDRESS_NAME',
  })
  await expect(importRecords({ path }, { store, agent: 'any' })).rejects.toMatchObject({
    code: 'ERR_ADDRESS_PATTERN',
  })
})
