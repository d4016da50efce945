import assert from 'node:assert/strict'
import { contentIdOf } from './content-id.ts'
import { ADDRESS, KEY, START, all, bytes, type Cases, type On } from './conformance-subject.ts'

/** Cases of listings, and the index for navigators. */
export function listingsCases(on: On): Cases {
  return {
    'a listing gives each matching context once, by key, as it was then': on(
      async ({ store, clock }) => {
        const keys = [
          'a:r@p:t/x',
          'a:r@p:t/x/y',
          'a:r@p:t2/x',
          'a:r@q:t/x',
          'ab:r@p:t/x',
          'b:r@p:t/',
        ]
        for (const key of keys.toReversed()) {
          await store.put({ address: `ucxl://${key.replace('/', '/*^/')}`, content: bytes(key) })
          clock.now += 1000
        }
        const list = async (pattern: string, options = {}): Promise<string[]> =>
          (await all(store.list(pattern, options))).map(({ record }) => record.key)
        assert.deepEqual(await list('ucxl://any:any@any:any/**'), keys)
        assert.deepEqual(await list('ucxl://a:any@p:any/**'), keys.slice(0, 3))
        assert.deepEqual(await list('ucxl://a:r@p:t*/x'), ['a:r@p:t/x', 'a:r@p:t2/x'])
        assert.deepEqual(await list('ucxl://a*:r@p:t/x'), ['a:r@p:t/x', 'ab:r@p:t/x'])
        assert.deepEqual(await list('ucxl://any:r@q:any/**'), ['a:r@q:t/x'])
        assert.deepEqual(await list('ucxl://a:r@p:t/*^/x/**'), ['a:r@p:t/x', 'a:r@p:t/x/y'])
        assert.deepEqual(await list('ucxl://a:r@p:t/x'), ['a:r@p:t/x'])
        assert.deepEqual(
          await list('ucxl://any:any@any:any/**', { after: 'a:r@p:t2/x' }),
          keys.slice(3),
        )
        assert.deepEqual(
          await list('ucxl://any:any@any:any/**', { at: START + 1000 }),
          keys.slice(4),
        )
        await store.put({ address: 'ucxl://a:r@q:t/x', content: null })
        const gone = (await all(store.list('ucxl://any:any@q:any/**')))[0]
        assert.deepEqual([gone?.record.version, gone?.record.content], [2, null])
        const then = await all(store.list('ucxl://any:any@q:any/**', { at: clock.now - 1 }))
        assert.equal(then[0]?.record.version, 1)
      },
    ),
    'listings and histories longer than a page are whole': on(async ({ store }) => {
      const writes = Array.from({ length: 600 }, (_, number) => ({
        address: `ucxl://a:b@c:d/*^/${String(number).padStart(4, '0')}`,
        content: bytes(String(number)),
      }))
      await store.putAll(writes)
      await store.putAll(writes.map(({ content }) => ({ address: ADDRESS, content })))
      const listed = await all(store.list('ucxl://a:b@c:d/**'))
      assert.deepEqual(
        listed.map(({ record }) => record.key.slice(-4)),
        writes.map(({ address }) => address.slice(-4)),
      )
      const numbers = Array.from({ length: 600 }, (_, place) => place + 1)
      assert.deepEqual(
        (await all(store.history(KEY))).map(({ record }) => record.version),
        numbers,
      )
      const back = await all(store.history(KEY, { reverse: true }))
      assert.deepEqual(
        back.map(({ record }) => record.version),
        numbers.toReversed(),
      )
    }),
    'the index knows versions, times and content ids': on(async ({ store, clock }) => {
      await store.put({ address: ADDRESS, content: bytes('one'), validTo: START + 5000 })
      clock.now += 1000
      await store.put({ address: ADDRESS, content: null })
      const one = {
        version: 1,
        time: START,
        content: contentIdOf(bytes('one')),
        validTo: START + 5000,
      }
      const two = { version: 2, time: START + 1000, content: null }
      assert.deepEqual(await store.index.first(KEY), one)
      assert.deepEqual(await store.index.latest(KEY), two)
      assert.deepEqual(await store.index.at(KEY, 1), one)
      assert.deepEqual(await store.index.asOf(KEY, START + 999), one)
      assert.equal(await store.index.asOf(KEY, START - 1), undefined)
      assert.deepEqual(await all(store.index.range(KEY, { from: 1, to: 2 })), [one, two])
    }),
    'a listing can be aborted on its way': on(async ({ store }) => {
      await store.put({ address: ADDRESS, content: bytes('one') })
      await store.put({ address: 'ucxl://d:b@c:d/x', content: bytes('two') })
      const stop = new AbortController()
      const seen: string[] = []
      await assert.rejects(
        async () => {
          for await (const { record } of store.list('ucxl://any:any@any:any/**', {
            signal: stop.signal,
          })) {
            seen.push(record.key)
            stop.abort()
          }
        },
        { name: 'AbortError' },
      )
      assert.deepEqual(seen, [KEY])
    }),
  }
}
