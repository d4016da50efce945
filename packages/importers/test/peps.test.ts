import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ContextStore } from '@bzzz/context-store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importRecords, type ImportSummary } from '../src/index.ts'
import { createStore, git } from './repository.ts'

const bundle = fileURLToPath(new URL('../../../../shared/data/peps.bundle', import.meta.url))
const missing = !existsSync(bundle)
if (missing) console.warn(`Skipped: the history of PEPs, since there is no ${bundle}`)

const PEP_484 = 'ucxl://importer:archivist@peps:decisions/2015-05-31T00:00:00Z/peps/pep-0484.rst'
const SEED = 484
const SAMPLES = 32
const YEAR = 365 * 86_400_000

describe.skipIf(missing)('the history of PEPs, from a bundle', () => {
  let reference: string
  let store: ContextStore
  let summary: ImportSummary
  let line: { id: string; time: number }[]

  beforeAll(async () => {
    store = createStoreOfToday()
    summary = await importRecords({ path: bundle }, { store })
    reference = mkdtempSync(join(tmpdir(), 'importers-test-'))
    git(['init', '--quiet', '--bare', reference])
    git(['-C', reference, 'fetch', '--quiet', bundle, 'main:main'])
    line = firstParentLine(reference)
  })
  afterAll(() => rmSync(reference, { recursive: true, force: true }))

  test('has a version for each change of each record', () => {
    expect(summary).toEqual({
      kind: 'bundle',
      collection: 'importer@peps',
      collections: ['importer@peps'],
      records: 98,
      versions: 3282,
      unchanged: 0,
      bytes: 112_820_565,
      first: '2000-07-13T06:33:08Z',
      last: '2026-08-07T12:28:08Z',
      skipped: [],
      notes: [],
    })
  })

  test('a second import writes nothing', async () => {
    const again = await importRecords({ path: bundle }, { store })
    expect(again).toMatchObject({ versions: 0, unchanged: 3282, bytes: 0, records: 98 })
  })

  test('PEP 484 as of 31 May 2015 is what was committed on the 26th, under its name then', async () => {
    const { record, content } = await store.get(PEP_484)
    expect(record).toMatchObject({
      version: 12,
      time: '2015-05-26T14:05:50Z',
      size: 59_800,
      content: 'bafkreigksxcvubgppouh2wawlmyjbzq6py6hybnlczauhz64nm4wyfcmm4',
      provenance: {
        commit: '9a6a8d6458fab9f2f6a95937d7136df9918b986e',
        path: 'pep-0484.txt',
        author: 'Guido van Rossum',
      },
    })
    expect(content).toEqual(show(reference, `${record.provenance?.['commit']}:pep-0484.txt`))
  })

  test('PEP 484 has nothing before it began, on 8 January 2015', async () => {
    const early = PEP_484.replace('2015-05-31T00:00:00Z', '2014-12-31')
    await expect(store.get(early)).rejects.toMatchObject({ code: 'ERR_TEMPORAL_OUT_OF_RANGE' })
    const first = await store.get(PEP_484.replace('2015-05-31T00:00:00Z', '*~1'))
    expect(first.record.time).toBe('2015-01-08T19:10:25Z')
  })

  test('PEP 13 was deleted once, and came back', async () => {
    const address = 'ucxl://importer:archivist@peps:decisions/2016-01-01/peps/pep-0013.rst'
    await expect(store.get(address)).rejects.toMatchObject({ code: 'ERR_TEMPORAL_GONE' })
    const newest = await store.get(address.replace('2016-01-01', '*^'))
    expect(newest.content).toEqual(show(reference, 'main:peps/pep-0013.rst'))
  })

  test('any record at any instant is, byte for byte, what git has of it', async () => {
    const random = mulberry32(SEED)
    const numbers = [...namesAt(reference, 'main').keys()]
    const end = Date.parse('2026-08-08T00:00:00Z')
    const seen = { alive: 0, none: 0 }
    for (let sample = 0; sample < SAMPLES; sample++) {
      const number = numbers[Math.floor(random() * numbers.length)] ?? ''
      const first = await store.resolve(addressAt(number, '*~1'))
      const begin = Date.parse(first.record.time) - YEAR
      // Half a second past a full one: between two commits, whose times may be a millisecond late.
      const seconds = Math.floor((begin + random() * (end - begin)) / 1000)
      const instant = new Date(seconds * 1000 + 500).toISOString()
      const address = addressAt(number, instant)
      const commit = line.findLast(({ time }) => time <= Date.parse(instant))
      const name = commit && namesAt(reference, commit.id).get(number)
      const read = await store.get(address).catch((error: unknown) => error)
      if (name === undefined) {
        seen.none += 1
        const expected = /^ERR_TEMPORAL_(?:OUT_OF_RANGE|GONE)$/
        expect(read, address).toMatchObject({ code: expect.stringMatching(expected) as string })
      } else {
        seen.alive += 1
        expect(read, address).toMatchObject({ content: show(reference, `${commit?.id}:${name}`) })
      }
    }
    expect(seen).toEqual({ alive: 26, none: 6 })
  })
})

function addressAt(number: string, temporal: string): string {
  return `ucxl://importer:archivist@peps:decisions/${temporal}/peps/pep-${number}.rst`
}

/** A store whose clock stands after the data's last commit. */
function createStoreOfToday(): ContextStore {
  return createStore(1, Date.parse('2026-09-01T00:00:00Z'))
}

/**
 * The commits of main, oldest first. Twice a commit has an earlier time than the one before it; on a
 * timeline it follows that one, so here each has at least the time of all before it.
 */
function firstParentLine(repository: string): { id: string; time: number }[] {
  let latest = 0
  return git(['-C', repository, 'log', '--first-parent', '--reverse', '--format=%H %ct', 'main'])
    .trim()
    .split('\n')
    .map((text) => {
      const [id = '', seconds = ''] = text.split(' ')
      latest = Math.max(latest, Number(seconds) * 1000)
      return { id, time: latest }
    })
}

/** The file names of a commit by the numbers of the PEPs. */
function namesAt(repository: string, commit: string): Map<string, string> {
  const names = git(['-C', repository, 'ls-tree', '-r', '--name-only', commit]).trim().split('\n')
  return new Map(names.map((name) => [/pep-(\d{4})\./.exec(name)?.[1] ?? '', name]))
}

function show(repository: string, object: string): Uint8Array {
  return Uint8Array.from(execFileSync('git', ['-C', repository, 'show', object]))
}

/** A small seeded generator: the same samples in each run. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
