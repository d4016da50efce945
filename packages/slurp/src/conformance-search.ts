import assert from 'node:assert/strict'
import { DAY, START, looking, names, row, type Cases, type On } from './conformance-subject.ts'
import type { DecisionStorage } from './storage.ts'
import type { SearchRequest } from './storage-queries.ts'

async function found(
  storage: DecisionStorage,
  words: string,
  said?: Partial<SearchRequest>,
): Promise<string[]> {
  const { hits } = await storage.search(looking(words, said))
  return names(hits.map(({ decision }) => decision)).map((one) => one.split(' ')[0] ?? '')
}

/** Cases of finding decisions by words and by what they are. */
export function searchCases(on: On): Cases {
  return {
    'words are found, in titles before texts': on(async (storage) => {
      await storage.add([
        row('text', 1, { body: 'About payment, at length. '.repeat(3) }),
        row('title', 1, { title: 'Payment by card' }),
        row('other', 1, { title: 'Ship the order' }),
      ])
      assert.deepEqual(await found(storage, 'payment'), ['title', 'text'])
      assert.deepEqual(await found(storage, 'payment card'), ['title'])
      assert.deepEqual(await found(storage, 'pay*'), ['title', 'text'])
      assert.deepEqual(await found(storage, 'payment -card'), ['text'])
      assert.deepEqual(await found(storage, 'nowhere'), [])
    }),
    'a title that is what was looked for comes first, however long or full of it the texts are': on(
      async (storage) => {
        const full = 'About type hints, and hints of a type. '.repeat(100)
        await storage.add([
          row('text', 1, { title: 'Postponed evaluation', body: full }),
          row('longer', 1, {
            title: 'Dictionaries: type hints for those with a fixed set of keys',
          }),
          row('exact', 1, { title: 'Type Hints', body: `${'Other words. '.repeat(2000)}${full}` }),
          ...Array.from({ length: 20 }, (_, n) => row(`n${n}`, 1, { body: 'type hints' })),
        ])
        const first = await found(storage, 'type hints')
        assert.deepEqual(first.slice(0, 3), ['exact', 'longer', 'text'])
      },
    ),
    'words in a row, without case and diacritics; operators are words': on(async (storage) => {
      await storage.add([
        row('a', 1, { title: 'Größe des Étage: AND near (' }),
        row('b', 1, { title: 'Etage, Grosse' }),
      ])
      assert.deepEqual(await found(storage, 'grosse'), ['b'])
      assert.deepEqual(await found(storage, 'etage and near'), ['a'])
      const inARow = { words: ['des', 'etage'], prefix: false, not: false }
      assert.deepEqual(await found(storage, '', { terms: [inARow] }), ['a'])
    }),
    'accents that are characters of their own count as little as others': on(async (storage) => {
      const [composed, decomposed] = ['Cafés', 'Cafés'.normalize('NFD')]
      assert.notEqual(composed, decomposed)
      await storage.add([row('a', 1, { title: composed }), row('b', 1, { title: decomposed })])
      for (const words of ['cafes', 'caf*'])
        assert.deepEqual(await found(storage, words), ['a', 'b'])
      assert.deepEqual(await found(storage, 'caf'), [])
    }),
    'the newest version is what is searched, at once': on(async (storage) => {
      await storage.add([row('a', 1, { title: 'alpha' })])
      assert.deepEqual(await found(storage, 'alpha'), ['a'])
      await storage.add([row('a', 2, { title: 'beta' })])
      assert.deepEqual(await found(storage, 'alpha'), [])
      assert.deepEqual(await found(storage, 'beta'), ['a'])
      await storage.add([row('a', 4, { title: 'delta' }), row('a', 3, { title: 'gamma' })])
      assert.deepEqual(await found(storage, 'gamma'), [])
      assert.deepEqual(await found(storage, 'delta'), ['a'])
    }),
    'many texts at once are all found': on(async (storage) => {
      const rows = Array.from({ length: 700 }, (_, n) => row(`n${n}`, 1, { title: `number ${n}` }))
      await storage.add(rows)
      assert.deepEqual(await found(storage, '699'), ['n699'])
      // What came one by one gives way to what comes with many, and the other way round.
      await storage.add([row('a', 1, { title: 'alpha' })])
      await storage.add([
        row('a', 2, { title: 'beta' }),
        ...Array.from({ length: 300 }, (_, n) => row(`m${n}`)),
      ])
      await storage.add([row('m1', 2, { title: 'gamma' })])
      assert.deepEqual(await found(storage, 'alpha'), [])
      assert.deepEqual(await found(storage, 'beta'), ['a'])
      assert.deepEqual(await found(storage, 'gamma'), ['m1'])
      const { hits, more, capped } = await storage.search(looking('number', { cap: 500 }))
      assert.deepEqual([hits.length, more, capped], [10, true, true])
      const none = { cap: 500, filters: { type: ['nothing'] } }
      assert.equal((await storage.search(looking('number', none))).capped, true)
      assert.equal((await storage.search(looking('699'))).capped, false)
    }),
    'without words, what was decided last comes first': on(async (storage) => {
      await storage.add([row('a', 1), row('c', 3), row('b', 2), row('b2', 2)])
      assert.deepEqual(await found(storage, ''), ['c', 'b', 'b2', 'a'])
    }),
    'results are narrowed by what decisions are, and when they were made': on(async (storage) => {
      await storage.add([
        row('a', 1, { title: 'pay', type: 'policy' }),
        row('b', 2, { title: 'pay', type: 'review', status: 'proposed' }),
        row('c', 3, { title: 'pay', type: 'plan', key: 'eve:tester@bank:login/c' }),
      ])
      for (const words of ['', 'pay']) {
        const narrowed = async (filters: SearchRequest['filters']): Promise<string> =>
          (await found(storage, words, { filters })).toSorted().join(' ')
        assert.equal(await narrowed({ type: ['policy'] }), 'a')
        assert.equal(await narrowed({ type: ['policy', 'plan'] }), 'a c')
        assert.equal(await narrowed({ type: [] }), '')
        assert.equal(await narrowed({ status: ['proposed'] }), 'b')
        assert.equal(await narrowed({ agent: ['eve'] }), 'c')
        assert.equal(await narrowed({ role: ['architect'] }), 'a b')
        assert.equal(await narrowed({ project: ['bank'], task: ['login'] }), 'c')
        assert.equal(await narrowed({ since: START + 2 * DAY }), 'b c')
        assert.equal(await narrowed({ since: START + DAY, before: START + 2 * DAY }), 'a')
      }
    }),
    'pages go on where they ended, until the last': on(async (storage) => {
      for (let n = 0; n < 5; n++) {
        await storage.add([row(`n${n}`, 1, { title: 'pay', at: START + (n > 2 ? n : 0) * DAY })])
      }
      for (const words of ['', 'pay']) {
        const seen: string[] = []
        let last: Partial<SearchRequest> = {}
        for (;;) {
          const page = await storage.search(looking(words, { limit: 2, ...last }))
          seen.push(...names(page.hits.map(({ decision }) => decision)))
          const mark = page.hits.at(-1)?.mark
          if (!page.more || !mark) break
          // As it comes back from a client.
          last = { after: JSON.parse(JSON.stringify(mark)) as typeof mark }
        }
        assert.equal(new Set(seen).size, 5)
        assert.equal(seen.length, 5)
      }
    }),
    'facets count all results, whatever the page': on(async (storage) => {
      await storage.add([
        row('a', 1, { title: 'pay' }),
        row('b', 1, { title: 'pay', type: 'review', status: '' }),
        row('c', 1, { title: 'pay' }),
        row('d', 1, { title: 'ship' }),
      ])
      const { facets } = await storage.search(looking('pay', { limit: 1, facets: true }))
      assert.deepEqual(facets?.type, [
        { value: 'policy', count: 2 },
        { value: 'review', count: 1 },
      ])
      assert.deepEqual(facets?.status, [{ value: 'accepted', count: 2 }])
      assert.deepEqual(facets?.agent, [{ value: 'claude', count: 3 }])
      const none = await storage.search(looking('', { limit: 1 }))
      assert.equal(none.facets, undefined)
    }),
  }
}
