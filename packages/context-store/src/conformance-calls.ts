import assert from 'node:assert/strict'
import type { StoreInit } from './engine.ts'
import { ADDRESS, KEY, all, bytes, rejects, type Cases, type On } from './conformance-subject.ts'

/** Cases of writers, signals, closing, and calls at once. */
export function callsCases(on: On): Cases {
  return {
    'a store without a writer takes records and makes none': on(
      async ({ store }) => {
        await rejects(store.put({ address: ADDRESS, content: bytes('x') }), 'ERR_STORE_READ_ONLY')
      },
      { writer: undefined } as unknown as StoreInit,
    ),
    'many writes at once lose nothing': on(async ({ store }) => {
      await Promise.all(
        Array.from({ length: 100 }, async (_, number) =>
          store.put({ address: ADDRESS, content: bytes(String(number)) }),
        ),
      )
      const versions = await all(store.history(KEY))
      assert.equal(versions.length, 100)
      assert.equal(new Set(versions.map(({ record }) => record.content)).size, 100)
    }),
    'a signal that is aborted already rejects with its reason': on(async ({ store }) => {
      const reason = new Error('not wanted any more')
      const options = { signal: AbortSignal.abort(reason) }
      const same = (error: unknown): boolean => error === reason
      await assert.rejects(store.put({ address: ADDRESS, content: bytes('x') }, options), same)
      await assert.rejects(store.get(ADDRESS, options), same)
      await assert.rejects(all(store.list(ADDRESS, options)), same)
      await assert.rejects(all(store.history(KEY, options)), same)
      assert.equal((await store.stats()).versions, 0)
    }),
    'after it is closed every call says so, and closing again is fine': on(async ({ store }) => {
      await store.close()
      await store.close()
      await rejects(store.put({ address: ADDRESS, content: bytes('x') }), 'ERR_STORE_CLOSED')
      await rejects(store.get(ADDRESS), 'ERR_STORE_CLOSED')
      await rejects(store.head(KEY), 'ERR_STORE_CLOSED')
      await rejects(all(store.history(KEY)), 'ERR_STORE_CLOSED')
      await rejects(store.stats(), 'ERR_STORE_CLOSED')
      await rejects(store.sync(), 'ERR_STORE_CLOSED')
    }),
    'what was acknowledged can be waited for until it is on the disk': on(async ({ store }) => {
      await store.sync()
      await store.put({ address: ADDRESS, content: bytes('x') })
      await store.sync()
      await assert.rejects(store.sync({ signal: AbortSignal.abort(new Error('no')) }), /no/)
      assert.equal((await store.stats()).versions, 1)
    }),
    'two stores know nothing of one another': on(async ({ store, other }) => {
      await store.put({ address: ADDRESS, content: bytes('x') })
      assert.equal(await other.head(KEY), undefined)
    }),
  }
}
