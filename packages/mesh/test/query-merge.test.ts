import { createMemoryStore, type StoredVersion } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { compilePattern, parse } from '@bzzz/ucxl-address'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { QueryHit } from '../src/index.ts'
import { mergeListings, type Listing } from '../src/query-merge.ts'
import { verifyPage } from '../src/query-page.ts'
import { collect } from './collect.ts'

/** A version as far as merging looks at it. */
function version(
  key: string,
  number: number,
  {
    writer = 'w',
    time = number,
    content = 'c',
  }: { writer?: string; time?: number; content?: string | null } = {},
): StoredVersion {
  const record = { key, version: number, time: new Date(time).toISOString(), writer, content }
  return { id: `${key}-${number}-${writer}-${time}`, record } as unknown as StoredVersion
}

function listing(source: string, versions: readonly StoredVersion[], size: number): Listing {
  return {
    source,
    page: async (after) => {
      const rest = versions.filter(({ record }) => record.key > after)
      const page = rest.slice(0, size)
      return { versions: page, next: rest.length > size ? page.at(-1)?.record.key : undefined }
    },
  }
}

async function all(
  listings: readonly Listing[],
  onFailed: (source: string, error: unknown) => void = () => {},
): Promise<QueryHit[]> {
  return collect(mergeListings(listings, onFailed))
}

describe('listings of several nodes', () => {
  test('are one: duplicates merged, with who has them, the higher version kept, newest first', async () => {
    const one = listing('one', [version('a', 1), version('b', 2), version('c', 7)], 10)
    const other = listing('other', [version('b', 2), version('c', 6), version('d', 3)], 10)
    const hits = await all([one, other])
    expect(hits.map(({ record, sources }) => [record.key, record.version, sources])).toEqual([
      ['c', 7, ['one']],
      ['d', 3, ['other']],
      ['b', 2, ['one', 'other']],
      ['a', 1, ['one']],
    ])
  })

  test('what one knows to be deleted is not brought back by an older version of another', async () => {
    const one = listing('one', [version('a', 2, { content: null })], 10)
    expect(await all([one, listing('other', [version('a', 1)], 10)])).toEqual([])
  })

  test("a forger's higher version does not hide the writer's", async () => {
    const forged = version('a', 99, { writer: 'forger' })
    const hits = await all([listing('one', [version('a', 1)], 10), listing('f', [forged], 10)])
    expect(hits.map(({ record }) => record.writer)).toEqual(['forger', 'w'])
  })

  test('of a fork the one that stands is given', async () => {
    const early = version('a', 2, { time: 5 })
    const late = version('a', 2, { time: 6 })
    const hits = await all([listing('one', [late], 10), listing('other', [early], 10)])
    expect(hits).toEqual([{ ...early, sources: ['other'] }])
  })

  test('one that fails is named, and the others go on', async () => {
    const failed: string[] = []
    const broken: Listing = {
      source: 'broken',
      page: async () => Promise.reject(new Error('gone')),
    }
    const hits = await all([broken, listing('one', [version('a', 1)], 1)], (source) =>
      failed.push(source),
    )
    expect(hits).toHaveLength(1)
    expect(failed).toEqual(['broken'])
  })

  test('pages with nothing on them are gone past', async () => {
    const pages = [
      { versions: [], next: 'b' },
      { versions: [], next: 'd' },
      { versions: [version('e', 1)], next: undefined },
    ]
    const sparse: Listing = { source: 'sparse', page: async () => pages.shift()! }
    expect(await all([sparse, listing('one', [version('c', 1)], 1)])).toHaveLength(2)
  })

  test('however they are cut into pages, each context comes once', async () => {
    const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 20 })
    const node = fc.tuple(names, fc.integer({ min: 1, max: 7 }))
    await fc.assert(
      fc.asyncProperty(fc.array(node, { maxLength: 4 }), async (nodes) => {
        const listings = nodes.map(([keys, size], place) => {
          const sorted = keys.toSorted((a, b) => (a < b ? -1 : 1))
          return listing(
            `${place}`,
            sorted.map((key) => version(key, 1)),
            size,
          )
        })
        const hits = await all(listings)
        const expected = [...new Set(nodes.flatMap(([keys]) => keys))].toSorted()
        expect(hits.map(({ record }) => record.key).toSorted()).toEqual(expected)
        for (const { record, sources } of hits) {
          const having = nodes.flatMap(([keys], place) =>
            keys.includes(record.key) ? [`${place}`] : [],
          )
          expect(sources.toSorted()).toEqual(having)
        }
      }),
    )
  })
})

describe('a page of another node', () => {
  const writer = identityFromSeed(new Uint8Array(32).fill(1))
  const at = async (path: string): Promise<StoredVersion> =>
    createMemoryStore({ writer }).put({
      address: `ucxl://claude:architect@shop:checkout/${path}`,
      content: new Uint8Array(1),
    })
  const pattern = compilePattern(parse('ucxl://claude:any@shop:any/docs/**'))
  const asked = { pattern, after: '', peer: 'peer' }

  test('is believed record by record, with the id that it has', async () => {
    const { id, record } = await at('docs/a')
    expect(verifyPage({ records: [record] }, asked)).toEqual({ versions: [{ id, record }] })
  })

  test.each([
    ['of a changed record', 'ERR_RECORD_SIGNATURE', 1, {}],
    ['of no record at all', 'ERR_RECORD_INVALID', 2, {}],
    ['of what does not match', 'ERR_MESH_UNTRUSTED', 3, {}],
    ['out of order', 'ERR_MESH_UNTRUSTED', 4, {}],
    ['that starts again', 'ERR_MESH_UNTRUSTED', 0, { after: 'z' }],
  ])('%s is %s', async (_, code, which, change) => {
    const [a, b, c] = [await at('docs/a'), await at('docs/b'), await at('other')]
    const records = [
      [a.record],
      [{ ...a.record, size: 5 }],
      ['no record'],
      [a.record, c.record],
      [b.record, a.record],
    ][which]!
    expect(() => verifyPage({ records }, { ...asked, ...change })).toThrow(
      expect.objectContaining({ code }),
    )
  })

  test('that leads nowhere is refused, so that no listing is endless', () => {
    for (const next of ['', 'a']) {
      expect(() => verifyPage({ records: [], next }, { ...asked, after: 'a' })).toThrow(
        expect.objectContaining({ code: 'ERR_MESH_UNTRUSTED' }),
      )
    }
  })
})
