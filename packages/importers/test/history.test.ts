import { symlinkSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { importRecords } from '../src/index.ts'
import { adr, createRepository, createStore, git, paths, timeline } from './repository.ts'

test('each commit that changed a record is a version with its time, bytes and origin', async () => {
  const { path, commit } = createRepository()
  const first = commit({
    at: '2020-01-01T10:00:00Z',
    authored: '2019-12-24T20:00:00+01:00',
    author: 'Žofie <zofie>',
    message: 'Propose SQLite\n\nBecause.',
    write: { 'adr/0001-sqlite.md': adr('SQLite', 'proposed') },
  })
  commit({ at: '2020-01-02T10:00:00Z', write: { 'main.c': 'int main;\n' } })
  commit({ at: '2020-01-03T10:00:00Z', write: { 'adr/0001-sqlite.md': adr('SQLite') } })
  const store = createStore()

  const summary = await importRecords({ path }, { store })

  expect(summary).toEqual({
    kind: 'repository',
    collection: 'importer@shop',
    collections: ['importer@shop'],
    records: 1,
    versions: 2,
    unchanged: 0,
    bytes: 1228,
    first: '2020-01-01T10:00:00Z',
    last: '2020-01-03T10:00:00Z',
    skipped: [],
    notes: [],
  })
  const versions = await timeline(store, 'adr/0001-sqlite.md')
  expect(versions.map(({ text }) => text)).toEqual([adr('SQLite', 'proposed'), adr('SQLite')])
  expect(versions[0]?.version).toMatchObject({
    time: '2020-01-01T10:00:00Z',
    content_type: 'text/markdown; charset=utf-8',
    provenance: {
      source: 'git',
      commit: first,
      path: 'adr/0001-sqlite.md',
      author: 'Žofie zofie',
      authored: '2019-12-24T19:00:00Z',
      subject: 'Propose SQLite',
    },
  })
})

test('a record keeps the address of its newest name through a chain of renames', async () => {
  const { path, commit } = createRepository()
  commit({ at: '2020-01-01T00:00:00Z', write: { 'a.txt': adr('Queue') } })
  commit({ at: '2020-01-02T00:00:00Z', rename: { 'a.txt': 'b.md' } })
  commit({
    at: '2020-01-03T00:00:00Z',
    rename: { 'b.md': 'docs/c.md' },
    write: { 'docs/c.md': `${adr('Queue')}One more line.\n` },
  })
  const store = createStore()
  await importRecords({ path }, { store })
  expect(await paths(store)).toEqual(['docs/c.md'])
  const versions = await timeline(store, 'docs/c.md')
  expect(versions.map(({ version }) => version.provenance?.['path'])).toEqual([
    'a.txt',
    'b.md',
    'docs/c.md',
  ])
  expect(versions.map(({ version }) => version.content_type)).toEqual([
    'text/plain; charset=utf-8',
    'text/markdown; charset=utf-8',
    'text/markdown; charset=utf-8',
  ])
  // A rename alone changes no byte, and is a version all the same.
  expect(versions[1]?.version.content).toBe(versions[0]?.version.content)
  expect(versions[2]?.text).toBe(`${adr('Queue')}One more line.\n`)
})

test('a record that is deleted and comes back goes on, with a tombstone in between', async () => {
  const { path, commit } = createRepository()
  commit({ at: '2020-01-01T00:00:00Z', write: { 'a.md': adr('Queue'), 'other.md': adr('Other') } })
  commit({ at: '2020-01-02T00:00:00Z', remove: ['a.md'] })
  commit({ at: '2020-01-03T00:00:00Z', write: { 'a.md': adr('Something else altogether') } })
  const store = createStore()
  await importRecords({ path }, { store })
  const versions = await timeline(store, 'a.md')
  expect(versions.map(({ text }) => text)).toEqual([
    adr('Queue'),
    null,
    adr('Something else altogether'),
  ])
  await expect(
    store.get('ucxl://importer:archivist@shop:decisions/2020-01-02T12:00:00Z/a.md'),
  ).rejects.toMatchObject({ code: 'ERR_TEMPORAL_GONE' })
})

test('a record that takes the name of a dead one has the name; the dead one gets its first commit', async () => {
  const { path, commit } = createRepository()
  const first = commit({ at: '2020-01-01T00:00:00Z', write: { 'a.md': adr('Dead') } })
  commit({ at: '2020-01-02T00:00:00Z', write: { 'b.md': adr('Alive') } })
  commit({ at: '2020-01-03T00:00:00Z', remove: ['a.md'] })
  commit({ at: '2020-01-04T00:00:00Z', rename: { 'b.md': 'a.md' } })
  const store = createStore()
  await importRecords({ path }, { store })
  expect(await paths(store)).toEqual(['a.md', `a.md@${first.slice(0, 12)}`])
  expect((await timeline(store, 'a.md')).map(({ text }) => text)).toEqual([
    adr('Alive'),
    adr('Alive'),
  ])
  expect((await timeline(store, `a.md@${first.slice(0, 12)}`)).map(({ text }) => text)).toEqual([
    adr('Dead'),
    null,
  ])
})

test('a dead record keeps its name where the one that took it has another by now', async () => {
  const { path, commit } = createRepository()
  commit({ at: '2020-01-01T00:00:00Z', write: { 'a.md': adr('Dead'), 'b.md': adr('Alive') } })
  commit({ at: '2020-01-02T00:00:00Z', remove: ['a.md'] })
  commit({ at: '2020-01-03T00:00:00Z', rename: { 'b.md': 'a.md' } })
  commit({ at: '2020-01-04T00:00:00Z', rename: { 'a.md': 'c.md' } })
  const store = createStore()
  await importRecords({ path }, { store })
  expect(await paths(store)).toEqual(['a.md', 'c.md'])
  expect((await timeline(store, 'a.md')).map(({ text }) => text)).toEqual([adr('Dead'), null])
})

test('a name that is free after a rename belongs to the record that takes it', async () => {
  const { path, commit } = createRepository()
  commit({ at: '2020-01-01T00:00:00Z', write: { 'pep-0013.txt': adr('Moved') } })
  commit({ at: '2020-01-02T00:00:00Z', rename: { 'pep-0013.txt': 'pep-0103.md' } })
  commit({ at: '2020-01-03T00:00:00Z', write: { 'pep-0013.md': adr('New here') } })
  commit({ at: '2020-01-04T00:00:00Z', write: { 'pep-0013.txt': adr('New here too') } })
  const store = createStore()
  // By its name a text, by its form Markdown: no record, though the one that moved away is.
  const { records, skipped } = await importRecords({ path }, { store })
  expect(records).toBe(2)
  expect(skipped).toEqual([{ path: 'pep-0013.txt', reason: 'no header field "Status" at its top' }])
  expect(await timeline(store, 'pep-0103.md')).toHaveLength(2)
  expect(await timeline(store, 'pep-0013.md')).toHaveLength(1)
})

test('what a merge brought is one version, with the time of the merge', async () => {
  const { path, git: run, commit } = createRepository()
  commit({ at: '2020-01-01T00:00:00Z', write: { 'a.md': adr('Queue', 'proposed') } })
  run('checkout', '--quiet', '-b', 'topic')
  commit({ at: '2020-01-02T00:00:00Z', write: { 'a.md': adr('Queue', 'discussed') } })
  commit({ at: '2020-01-03T00:00:00Z', write: { 'a.md': adr('Queue', 'accepted') } })
  run('checkout', '--quiet', 'main')
  commit({ at: '2020-01-04T00:00:00Z', write: { 'unrelated.c': 'int x;\n' } })
  git(['-C', path, 'merge', '--quiet', '--no-ff', '-m', 'Merge topic', 'topic'], {
    GIT_AUTHOR_DATE: '2020-01-05T00:00:00Z',
    GIT_COMMITTER_DATE: '2020-01-05T00:00:00Z',
  })
  const store = createStore()
  await importRecords({ path }, { store })
  const versions = await timeline(store, 'a.md')
  expect(versions.map(({ version, text }) => [version.time, text])).toEqual([
    ['2020-01-01T00:00:00Z', adr('Queue', 'proposed')],
    ['2020-01-05T00:00:00Z', adr('Queue', 'accepted')],
  ])
  expect(versions[1]?.version.provenance?.['subject']).toBe('Merge topic')
})

test('times increase along a timeline though the clocks of committers do not', async () => {
  const { path, commit } = createRepository()
  commit({ at: '2020-01-02T00:00:00Z', write: { 'a.md': adr('A', 'one') } })
  commit({ at: '2002-01-01T00:00:00Z', write: { 'a.md': adr('A', 'two') } })
  commit({ at: '2020-01-02T00:00:00Z', write: { 'a.md': adr('A', 'three') } })
  const store = createStore()
  await importRecords({ path }, { store })
  const versions = await timeline(store, 'a.md')
  expect(versions.map(({ version }) => version.time)).toEqual([
    '2020-01-02T00:00:00Z',
    '2020-01-02T00:00:00.001Z',
    '2020-01-02T00:00:00.002Z',
  ])
})

test('a record that became a link is gone, and one that was a link begins as a file', async () => {
  const { path, commit } = createRepository()
  commit({ at: '2020-01-01T00:00:00Z', write: { 'a.md': adr('A') } })
  symlinkSync('a.md', join(path, 'link.md'))
  commit({ at: '2020-01-02T00:00:00Z' })
  rmSync(join(path, 'a.md'))
  symlinkSync('elsewhere.md', join(path, 'a.md'))
  rmSync(join(path, 'link.md'))
  commit({ at: '2020-01-03T00:00:00Z', write: { 'link.md': adr('No link any more') } })
  const store = createStore()
  await importRecords({ path }, { store })
  expect((await timeline(store, 'a.md')).map(({ text }) => text)).toEqual([adr('A'), null])
  expect((await timeline(store, 'link.md')).map(({ text }) => text)).toEqual([
    adr('No link any more'),
  ])
})

test('texts that are no records are listed with a reason, other files are not looked at', async () => {
  const { path, commit } = createRepository()
  commit({
    at: '2020-01-01T00:00:00Z',
    write: {
      'README.md': adr('Our decisions'),
      'adr/0000-template.md': adr('Title'),
      'adr/0001-a.md': adr('A'),
      'notes.md': '# Notes\n\nNothing decided.\n',
      'binary.txt': Uint8Array.from([1, 0, 2]),
      'logo.png': Uint8Array.from([1, 0, 2]),
    },
  })
  const { records, skipped } = await importRecords({ path }, { store: createStore() })
  expect(records).toBe(1)
  expect(skipped).toEqual([
    { path: 'README.md', reason: 'a page about records, by its name' },
    { path: 'adr/0000-template.md', reason: 'a template, by its name' },
    { path: 'binary.txt', reason: 'not a text: it has a NUL byte' },
    {
      path: 'notes.md',
      reason: 'neither a status nor a heading of a decision record (MADR, adr-tools)',
    },
  ])
})

test('a version of over 16 MiB is left out and named, and its record goes on', async () => {
  const { path, commit } = createRepository()
  commit({ at: '2020-01-01T00:00:00Z', write: { 'a.md': adr('A', 'one') } })
  const large = commit({
    at: '2020-01-02T00:00:00Z',
    write: { 'a.md': `${adr('A')}${' '.repeat(16 * 1024 * 1024)}` },
  })
  commit({ at: '2020-01-03T00:00:00Z', write: { 'a.md': adr('A', 'three') } })
  const store = createStore()
  const { skipped } = await importRecords({ path }, { store })
  expect((await timeline(store, 'a.md')).map(({ text }) => text)).toEqual([
    adr('A', 'one'),
    adr('A', 'three'),
  ])
  expect(skipped).toEqual([
    { path: 'a.md', reason: `in commit ${large}: it has 16777725 bytes, more than 16777216` },
  ])
})

test('a commit from the future is refused for its record alone', async () => {
  const { path, commit } = createRepository()
  commit({ at: '2020-01-01T00:00:00Z', write: { 'a.md': adr('A'), 'b.md': adr('B') } })
  commit({ at: '2031-01-01T00:00:00Z', write: { 'a.md': adr('A', 'rejected') } })
  commit({ at: '2020-01-03T00:00:00Z', write: { 'b.md': adr('B', 'rejected') } })
  const store = createStore()
  const summary = await importRecords({ path }, { store })
  expect(summary.versions).toBe(3)
  expect(summary.skipped).toMatchObject([{ path: 'a.md', code: 'ERR_TEMPORAL_AHEAD' }])
  expect(await timeline(store, 'a.md')).toHaveLength(1)
  expect(await timeline(store, 'b.md')).toHaveLength(2)
})
