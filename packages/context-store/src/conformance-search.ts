import assert from 'node:assert/strict'
import {
  ADDRESS,
  KEY,
  START,
  all,
  bytes,
  rejects,
  type Cases,
  type On,
} from './conformance-subject.ts'
import type { SearchOptions } from './queries.ts'
import type { ContextStore } from './store.ts'

async function keysOf(
  store: ContextStore,
  text: string,
  options?: SearchOptions,
): Promise<string[]> {
  return (await store.search(text, options)).hits.map(({ record }) => record.key)
}

/** Cases of finding contexts: by words, by pages, by what holds when. */
export function searchCases(on: On): Cases {
  return {
    'words are found in texts and in the strings of JSON, best first': on(async ({ store }) => {
      const texts = {
        'a:r@p:t/short': 'Refund the payment.',
        'a:r@p:t/long': `Nothing of it. ${'Other words stand here. '.repeat(40)} A payment at last.`,
        'a:r@p:t/often': 'Payment after payment: the payment of payments is a payment.',
        'a:r@q:t/none': 'Ship the order.',
      }
      for (const [key, text] of Object.entries(texts)) {
        const address = `ucxl://${key.replace('/', '/*^/')}`
        await store.put({ address, content: bytes(text), contentType: 'text/plain' })
      }
      const json = JSON.stringify({ payment: 1, nested: [{ why: 'Größe zählt, ÉTAGE drei' }] })
      const address = 'ucxl://a:r@p:t/*^/node'
      await store.put({ address, content: bytes(json), contentType: 'application/json' })
      assert.deepEqual(await keysOf(store, 'payment'), [
        'a:r@p:t/often',
        'a:r@p:t/short',
        'a:r@p:t/long',
      ])
      assert.deepEqual(await keysOf(store, 'PAYMENT refund'), ['a:r@p:t/short'])
      assert.deepEqual(await keysOf(store, '"the payment" -refund'), ['a:r@p:t/often'])
      assert.deepEqual(await keysOf(store, 'grosse'), [])
      assert.deepEqual(await keysOf(store, 'grö* etage'), ['a:r@p:t/node'])
      assert.deepEqual(await keysOf(store, 'order', { pattern: 'ucxl://any:any@p:any/**' }), [])
      assert.deepEqual(await keysOf(store, 'order', { pattern: 'ucxl://any:any@q:any/**' }), [
        'a:r@q:t/none',
      ])
    }),
    'a hit shows the passage, and where the words stand in it': on(async ({ store }) => {
      const text = `${'Before it much else. '.repeat(20)}We refund each late payment. And on.`
      await store.put({ address: ADDRESS, content: bytes(text), contentType: 'text/markdown' })
      const { hits, more, capped } = await store.search('payment refund')
      assert.deepEqual([hits.length, more, capped], [1, false, false])
      const [hit] = hits
      const marked = hit?.marks.map(([from, to]) => hit.snippet.slice(from, to))
      assert.deepEqual(marked, ['refund', 'payment'])
      assert.ok((hit?.snippet.length ?? 1000) < 300)
      assert.ok((hit?.score ?? 0) > 0)
    }),
    'the newest version is what is searched, as soon as it is written': on(async ({ store }) => {
      const write = async (text: string | null, tags: string[] = []): Promise<unknown> =>
        store.put({
          address: ADDRESS,
          content: text === null ? null : bytes(text),
          contentType: 'text/plain',
          tags,
        })
      await write('alpha', ['urgent'])
      assert.deepEqual(await keysOf(store, 'alpha'), [KEY])
      assert.deepEqual(await keysOf(store, 'urgent'), [KEY])
      await write('beta')
      assert.deepEqual(await keysOf(store, 'alpha'), [])
      assert.deepEqual(await keysOf(store, 'beta'), [KEY])
      await write(null)
      assert.deepEqual(await keysOf(store, 'beta'), [])
      await store.restore(`ucxl://${KEY.replace('/', '/*~2/')}`)
      assert.deepEqual(await keysOf(store, 'beta'), [KEY])
    }),
    'what is no text is not searched, nor what is encrypted; its tags are': on(
      async ({ store }) => {
        const content = bytes('hidden')
        await store.put({ address: ADDRESS, content, tags: ['sealed'] })
        await store.put({
          address: 'ucxl://a:b@c:d/x',
          content,
          contentType: 'text/plain',
          encryption: { method: 'A256GCM', key: 'k1' },
        })
        assert.deepEqual(await keysOf(store, 'hidden'), [])
        assert.deepEqual(await keysOf(store, 'sealed'), [KEY])
      },
    ),
    'a search is narrowed by tags and time, and goes on where its page ended': on(
      async ({ store, clock }) => {
        for (let number = 0; number < 5; number++) {
          await store.put({
            address: `ucxl://a:b@c:d/*^/${number}`,
            content: bytes(`word ${'x '.repeat(number)}`),
            contentType: 'text/plain',
            tags: number % 2 ? ['odd'] : ['even', 'round'],
          })
          clock.now += 1000
        }
        const since = { since: START + 1000, before: START + 4000 }
        assert.deepEqual(await keysOf(store, 'word', since), [
          'a:b@c:d/1',
          'a:b@c:d/2',
          'a:b@c:d/3',
        ])
        assert.deepEqual(await keysOf(store, 'word', { ...since, tags: ['even', 'round'] }), [
          'a:b@c:d/2',
        ])
        const first = await store.search('word', { limit: 2 })
        const second = await store.search('word', { limit: 2, offset: 2 })
        const third = await store.search('word', { limit: 2, offset: 4 })
        assert.deepEqual([first.more, second.more, third.more], [true, true, false])
        const seen = [first, second, third].flatMap(({ hits }) => hits.map(({ id }) => id))
        assert.equal(new Set(seen).size, 5)
      },
    ),
    'operators of the search engine are words like any other': on(async ({ store }) => {
      await store.put({
        address: ADDRESS,
        content: bytes('AND "NEAR" ('),
        contentType: 'text/plain',
      })
      for (const text of ['and', 'NEAR', 'and near*', '(and)', 'tags:x', 'a"b', "'; DROP TABLE"])
        await store.search(text)
      assert.deepEqual(await keysOf(store, 'and near'), [KEY])
      await rejects(store.search(''), 'ERR_STORE_QUERY')
      await rejects(store.search('-only ---'), 'ERR_STORE_QUERY')
      await rejects(store.search('many '.repeat(40)), 'ERR_STORE_QUERY')
    }),
    'contents that come later are searched once they are here': on(async ({ store, other }) => {
      const content = bytes('late words')
      const { record } = await store.put({ address: ADDRESS, content, contentType: 'text/plain' })
      await other.append([record])
      assert.deepEqual(await keysOf(other, 'late'), [])
      await other.addContent(record.content ?? '', content)
      assert.deepEqual(await keysOf(other, 'late'), [KEY])
    }),
    'pages of a listing go on where they ended, and are narrowed': on(async ({ store, clock }) => {
      for (let number = 0; number < 7; number++) {
        await store.put({
          address: `ucxl://a:b@c:d/*^/${number}`,
          content: number === 3 ? null : bytes(String(number)),
          tags: number % 2 ? ['odd'] : [],
        })
        clock.now += 1000
      }
      const seen: string[] = []
      let after: string | undefined
      do {
        const page = await store.page('ucxl://a:b@c:d/**', { limit: 3, ...(after && { after }) })
        assert.ok(page.versions.length <= 3)
        seen.push(...page.versions.map(({ record }) => record.key.slice(-1)))
        after = page.next
      } while (after !== undefined)
      assert.deepEqual(seen, ['0', '1', '2', '3', '4', '5', '6'])
      const narrowed = await store.page('ucxl://any:any@any:d/**', {
        tags: ['odd'],
        alive: true,
        since: START + 1000,
        before: START + 6000,
      })
      assert.deepEqual(
        narrowed.versions.map(({ record }) => record.key.slice(-1)),
        ['1', '5'],
      )
    }),
    'both axes of time can be asked: what was believed when, about what holds when': on(
      async ({ store, clock }) => {
        const day = 86_400_000
        const put = async (word: string, from: number, to: number): Promise<void> => {
          const validFrom = START + from * day
          await store.put({
            address: ADDRESS,
            content: bytes(word),
            validFrom,
            validTo: START + to * day,
          })
          clock.now += day
        }
        await put('summer', 0, 30)
        await put('autumn', 30, 60)
        await put('late summer', 20, 30)
        const holds = async (temporal: string, days: number): Promise<number> => {
          const address = `ucxl://${KEY.replace('/', `/${temporal}/`)}`
          return (await store.get(address, { validAt: START + days * day })).record.version
        }
        assert.equal(await holds('*^', 10), 1)
        assert.equal(await holds('*^', 25), 3)
        assert.equal(await holds('2025-08-02T12:00:00Z', 25), 1)
        assert.equal(await holds('*~2', 25), 1)
        assert.equal(await holds('*^', 40), 2)
        await rejects(holds('*^', 90), 'ERR_TEMPORAL_NOT_VALID')
        await rejects(holds('*~1', 40), 'ERR_TEMPORAL_NOT_VALID')
        const list = async (options: object): Promise<number[]> =>
          (await all(store.list('ucxl://any:any@any:any/**', options))).map(
            ({ record }) => record.version,
          )
        assert.deepEqual(await list({ validAt: START + 25 * day }), [3])
        assert.deepEqual(await list({ validAt: START + 25 * day, at: START + day }), [1])
        assert.deepEqual(await list({ validAt: START + 90 * day }), [])
      },
    ),
  }
}
