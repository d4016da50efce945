import { execFileSync } from 'node:child_process'
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import {
  DECISION_MEDIA_TYPE,
  createDecision,
  decisionBytes,
  parseDecision,
} from '@bzzz/decision-schema'
import { identityFromSeed } from '@bzzz/identity'
import { expect, test } from 'vitest'
import { saysOf } from '../src/decisions/to-decision.ts'
import { exportFolder, exportRecords, importDecisions } from '../src/index.ts'
import { createRepository, temporaryFolder, type TestRepository } from './repository.ts'

const NOW = Date.parse('2030-01-01T00:00:00Z')
const identity = identityFromSeed(new Uint8Array(32).fill(1))
const decoder = new TextDecoder()

function createStore(): ContextStore {
  return createMemoryStore({ writer: identity, now: () => NOW })
}

async function importedFrom(path: string): Promise<ContextStore> {
  const store = createStore()
  await importDecisions({ path }, { store, identity, now: () => NOW, project: 'shop' })
  return store
}

/** What a folder has, by name. */
function filesIn(folder: string): Record<string, string> {
  const names = globSync('**/*', { cwd: folder }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  )
  return Object.fromEntries(
    names.toSorted().map((name) => [name, readFileSync(join(folder, name), 'latin1')]),
  )
}

const RECORD = '# A\r\n\r\n* Status: accepted\r\n\r\n## Decision\r\n\r\nCaf\u00e9.  \r\n'

function someRecords(): TestRepository {
  const repository = createRepository()
  repository.commit({
    at: '2020-01-01T00:00:00Z',
    write: {
      'adr/0001-a.md': RECORD,
      'adr/0002 b & c.md': Buffer.from(
        `# B\n\n## Status\n\naccepted\n\nLatin: caf\u00e9`,
        'latin1',
      ),
      'peps/pep-0001.rst': 'PEP: 1\nTitle: One\nStatus: Active\n\nText.\n',
    },
  })
  return repository
}

test('what was imported and not changed is the file that came in, byte for byte', async () => {
  const repository = someRecords()
  const store = await importedFrom(repository.path)
  const folder = temporaryFolder()
  expect(await exportFolder(folder, { store })).toEqual({
    records: 3,
    written: 3,
    unchanged: 3,
    skipped: [],
  })
  const committed = filesIn(repository.path)
  expect(filesIn(folder)).toEqual(
    Object.fromEntries(Object.entries(committed).filter(([name]) => !name.startsWith('.git'))),
  )
  // A second time nothing is written, and other files are not touched.
  writeFileSync(join(folder, 'notes.txt'), 'mine')
  expect(await exportFolder(folder, { store })).toMatchObject({ records: 3, written: 0 })
  expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('mine')
})

test('into the repository itself, git sees no change', async () => {
  const repository = someRecords()
  await exportFolder(repository.path, { store: await importedFrom(repository.path) })
  expect(repository.git('status', '--porcelain')).toBe('')
})

test('as they stood at a moment, and only what matches', async () => {
  const repository = someRecords()
  repository.commit({
    at: '2021-01-01T00:00:00Z',
    write: { 'adr/0001-a.md': RECORD.replace('accepted', 'rejected') },
  })
  const store = await importedFrom(repository.path)
  const pattern = 'ucxl://any:any@shop:any/*^/adr/0001*'
  const then: string[] = []
  for await (const { path, bytes } of exportRecords({
    store,
    pattern,
    at: Date.parse('2020-06-01'),
  })) {
    then.push(path, Buffer.from(bytes).toString())
  }
  expect(then).toEqual(['adr/0001-a.md', RECORD])
})

/** A decision that was written here, and one that was imported and changed here. */
async function withOwn(): Promise<ContextStore> {
  const store = await importedFrom(someRecords().path)
  const own = createDecision(
    {
      ucxl_address: 'ucxl://claude:architect@shop:checkout/*^/decisions/payment.json',
      agent_id: 'claude',
      decision_type: 'policy',
      status: 'accepted',
      title: 'Pay with Stripe',
      summary: 'Somebody has to hold the cards.\n\nNot us.',
      options: [{ name: 'Stripe', pros: ['no cards here'] }, { name: 'Adyen' }],
      chosen: 'Stripe',
      citations: [
        {
          type: 'justified_by',
          ucxl_address: 'ucxl://claude:architect@shop:checkout/*^/plan.md',
          excerpt: 'never store',
          version: 3,
        },
      ],
    },
    { now: () => NOW },
  )
  await store.put({
    address: own.ucxl_address,
    content: decisionBytes(own),
    contentType: DECISION_MEDIA_TYPE,
  })
  const address = 'ucxl://importer:archivist@shop:decisions/*^/adr/0001-a.md.json'
  const changed = parseDecision({
    ...JSON.parse(decoder.decode((await store.get(address)).content)),
    title: 'A, changed',
    proof: undefined,
  })
  await store.put({ address, content: decisionBytes(changed), contentType: DECISION_MEDIA_TYPE })
  return store
}

test('what was written or changed here is a record in Markdown', async () => {
  const folder = temporaryFolder()
  expect(await exportFolder(folder, { store: await withOwn() })).toMatchObject({
    records: 4,
    unchanged: 2,
  })
  const files = filesIn(folder)
  expect(Object.keys(files)).toEqual([
    'adr/0001-a.md',
    'adr/0002 b & c.md',
    'decisions/payment.md',
    'peps/pep-0001.rst',
  ])
  expect(files['adr/0001-a.md']).toContain('# A, changed\n')
  expect(files['decisions/payment.md']).toMatch(
    /^---\nstatus: "accepted"\n[\s\S]*\n# Pay with Stripe\n/,
  )
})

test('export, import, export gives the same files, with what they say', async () => {
  const [first, second] = [temporaryFolder(), temporaryFolder()]
  await exportFolder(first, { store: await withOwn() })
  const store = await importedFrom(first)
  await exportFolder(second, { store })
  expect(filesIn(second)).toEqual(filesIn(first))
  const again = await store.get(
    'ucxl://importer:archivist@shop:decisions/*^/decisions/payment.md.json',
  )
  expect(JSON.parse(decoder.decode(again.content))).toMatchObject({
    title: 'Pay with Stripe',
    status: 'accepted',
    decision_type: 'policy',
    deciders: ['claude'],
    options: [{ name: 'Stripe', pros: ['no cards here'] }, { name: 'Adyen' }],
    chosen: 'Stripe',
    citations: [
      {
        type: 'justified_by',
        ucxl_address: 'ucxl://claude:architect@shop:checkout/*^/plan.md',
        excerpt: 'never store',
        version: 3,
      },
    ],
  })
})

test('nobody makes a file outside of the folder, or one of git', async () => {
  const store = createStore()
  const text = await store.put({
    address: 'ucxl://eve:x@shop:y/.git/config',
    content: Buffer.from('[core]'),
  })
  const say = async (path: string, record?: object): Promise<void> => {
    const ucxl_address = `ucxl://eve:x@shop:y/*^/${path}`
    const made = createDecision(
      { ucxl_address, agent_id: 'eve', decision_type: 'x' },
      { now: () => NOW },
    )
    const imported = record && { hash: saysOf(made), record }
    const bytes = decisionBytes(imported ? { ...made, imported } : made)
    await store.put({ address: ucxl_address, content: bytes, contentType: DECISION_MEDIA_TYPE })
  }
  const { content } = text.record
  await say('.git/config.json', {
    ucxl_address: 'ucxl://eve:x@shop:y/.git/config',
    content_id: content,
  })
  await say('other.json', { ucxl_address: 'ucxl://eve:x@shop:y/README.md', content_id: content })
  await say('%2E%2E%2Fup.json')
  await say('linked/out.json')
  await say('fine.json')
  const [outside, folder] = [temporaryFolder(), temporaryFolder()]
  symlinkSync(outside, join(folder, 'linked'))
  mkdirSync(join(folder, '.git'))
  const summary = await exportFolder(folder, { store })
  expect(summary.skipped).toMatchObject([{ path: 'linked/out.md', code: 'ERR_IMPORT_NOT_FOUND' }])
  expect(globSync('**/*', { cwd: outside })).toEqual([])
  expect(globSync('**/config', { cwd: folder })).toEqual([])
  expect(globSync('.git/*', { cwd: folder })).toEqual([])
  expect(existsSync(join(folder, 'README.md'))).toBe(false)
  expect(existsSync(join(folder, 'fine.md'))).toBe(true)
  expect(existsSync(join(folder, '..', 'up.md'))).toBe(false)
})

test('two that would be one file stand apart, and what is unreadable is said', async () => {
  const store = createStore()
  for (const agent of ['ada', 'bob']) {
    const ucxl_address = `ucxl://${agent}:x@shop:y/*^/a.json`
    const made = createDecision(
      { ucxl_address, agent_id: agent, decision_type: 'x' },
      { now: () => NOW },
    )
    await store.put({
      address: ucxl_address,
      content: decisionBytes(made),
      contentType: DECISION_MEDIA_TYPE,
    })
  }
  await store.put({
    address: 'ucxl://eve:x@shop:y/b.json',
    content: Buffer.from('{'),
    contentType: DECISION_MEDIA_TYPE,
  })
  const folder = temporaryFolder()
  const { records, skipped } = await exportFolder(folder, { store })
  expect(records).toBe(2)
  expect(skipped).toMatchObject([{ code: 'ERR_DECISION_JSON' }])
  expect(Object.keys(filesIn(folder))).toEqual(['a.md', 'bob@shop/a.md'])
})

const top = fileURLToPath(new URL('../../../', import.meta.url))
const isClone = existsSync(join(top, '.git'))

test.skipIf(!isClone)('the records of this project go out as they are committed', async () => {
  const store = await importedFrom(join(top, 'docs/decisions'))
  const folder = temporaryFolder()
  const { records, unchanged } = await exportFolder(folder, { store })
  expect([records > 5, unchanged]).toEqual([true, records])
  for (const [name, text] of Object.entries(filesIn(folder))) {
    const committed = execFileSync('git', ['show', `HEAD:docs/decisions/${name}`], {
      cwd: top,
      encoding: 'latin1',
    })
    expect(text).toBe(committed)
  }
})
