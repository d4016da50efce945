import { expect, test } from 'vitest'
import { addressedNames, placeOf, projectName } from '../src/address-book.ts'
import { importRecords } from '../src/index.ts'
import { adr, createRepository, createStore, git, paths, timeline } from './repository.ts'

const names = { agent: 'importer', role: 'archivist', project: 'shop', task: 'decisions' }

test('odd file names are addressed with what an address cannot hold escaped', async () => {
  const { path, commit } = createRepository()
  const files = {
    'a name with spaces.md': 'a%20name%20with%20spaces.md',
    'größe/日本.md': 'gr%C3%B6%C3%9Fe/%E6%97%A5%E6%9C%AC.md',
    '100%.md': '100%25.md',
    '-rf.md': '-rf.md',
    'new\nline.md': 'new%EF%BF%BDline.md',
    'star*.md': 'star%2A.md',
    'what?#now.md': 'what%3F%23now.md',
    'back\\slash "quoted".md': 'back%5Cslash%20%22quoted%22.md',
    '2020-01-01/dated.md': '2020-01-01/dated.md',
    ':(glob)x.md': ':(glob)x.md',
  }
  commit({
    at: '2020-01-01T00:00:00Z',
    write: Object.fromEntries(Object.keys(files).map((name) => [name, adr(name)])),
  })
  const store = createStore()
  const summary = await importRecords({ path }, { store })
  expect(summary).toMatchObject({ records: 10, versions: 10, skipped: [] })
  expect(await paths(store)).toEqual(Object.values(files).toSorted())
  for (const [name, addressed] of Object.entries(files)) {
    const [version] = await timeline(store, addressed)
    expect(version?.version.provenance?.['path']).toBe(name)
    expect(version?.text).toBe(adr(name))
  }
})

test('names that are not UTF-8 stay apart', async () => {
  const { path, git: run } = createRepository()
  const data = `blob\nmark :1\ndata 22\n# A\n\n## Status\n\nfinal\n`
  const who = 'committer Ada <a@example.org> 1577836800 +0000'
  git(
    ['-C', path, 'fast-import', '--quiet'],
    {},
    `${data}\ncommit refs/heads/main\n${who}\ndata 1\nx\nM 644 :1 "\\377.md"\nM 644 :1 "\\376.md"\n`,
  )
  run('reset', '--quiet')
  const first = run('rev-parse', 'HEAD').slice(0, 12)
  const store = createStore()
  const { records } = await importRecords({ path }, { store })
  expect(records).toBe(2)
  expect(await paths(store)).toEqual(['%EF%BF%BD.md', `%EF%BF%BD.md@${first}`])
})

test('a name that is too long for an address is left out, with the reason', async () => {
  const { path, commit } = createRepository()
  const long = `${'日'.repeat(80)}/`.repeat(3)
  commit({
    at: '2020-01-01T00:00:00Z',
    write: { [`${long}a.md`]: adr('A'), 'b.md': adr('B') },
  })
  const { records, skipped } = await importRecords({ path }, { store: createStore() })
  expect(records).toBe(1)
  expect(skipped).toMatchObject([
    { reason: expect.stringContaining('no address can hold its name') as string },
  ])
})

test.each([
  ['peps', 'peps'],
  ['My Records (2024)', 'my-records-2024'],
  ['.hidden', 'hidden'],
  ['日本', 'records'],
  ['any', 'records'],
  ['x'.repeat(80), 'x'.repeat(63)],
])('the project of a source called %s is %s', (source, project) => {
  expect(projectName(source)).toBe(project)
  expect(placeOf({ ...names, project }, 'a.md').key).toBe(
    `importer:archivist@${project}:decisions/a.md`,
  )
})

test('several dead records that began together and ended with one name stay apart', () => {
  const commit = {
    id: '0123456789abcdef',
    place: 0,
    time: 0,
    authored: 0,
    author: '',
    subject: '',
  }
  const dead = (ownsName: boolean): Parameters<typeof addressedNames>[0][number] => ({
    steps: [{ commit, path: 'a.md', blob: undefined }],
    path: 'a.md',
    newestBlob: undefined,
    alive: false,
    ownsName,
  })
  const lineages = [dead(false), dead(false), dead(true)]
  const given = addressedNames(lineages, '')
  expect(lineages.map((lineage) => given.get(lineage))).toEqual([
    'a.md@0123456789ab',
    'a.md@0123456789ab.2',
    'a.md',
  ])
})
