import assert from 'node:assert/strict'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { StoreInit } from './engine.ts'
import type { ContextWrite } from './store.ts'
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
    'of writes at once each goes on with the one before it, in the order of the calls': on(
      async ({ store }) => {
        const made = await Promise.all(
          Array.from({ length: 60 }, async (_, turn) =>
            store.put({ address: note(turn % 3), content: bytes(String(turn)) }),
          ),
        )
        assert.deepEqual(
          made.map(({ record }) => record.version),
          Array.from({ length: 60 }, (_, turn) => Math.floor(turn / 3) + 1),
        )
        const again = await Promise.all(
          [0, 1, 2].map(async (turn) => store.put({ address: note(turn), content: bytes('last') })),
        )
        assert.deepEqual(
          again.map(({ record }) => record.previous),
          made.slice(-3).map(({ id }) => id),
        )
        assert.deepEqual((await store.check()).problems, [])
      },
    ),
    'of writes at once only those fail that are wrong': on(async ({ store }) => {
      const controller = new AbortController()
      const reason = new Error('not wanted any more')
      const writes = [
        store.put(written(0)),
        store.put(written(1, { ifVersion: 7 })),
        store.put(written(2, { contentType: '' })),
        store.put(written(3, { time: -1e15 })),
        store.put(written(4), { signal: controller.signal }),
        store.put(written(5)),
      ]
      controller.abort(reason)
      const settled = await Promise.allSettled(writes)
      assert.deepEqual(
        settled.map((each) =>
          each.status === 'fulfilled'
            ? each.value.record.version
            : each.reason === reason
              ? 'aborted'
              : (each.reason as { code?: string }).code,
        ),
        [1, 'ERR_STORE_CONFLICT', 'ERR_RECORD_INVALID', 'ERR_TEMPORAL_INVALID', 'aborted', 1],
      )
      assert.equal((await store.stats()).versions, 2)
    }),
    'of a clock with fractions the whole milliseconds count': on(
      async ({ store }) => {
        const { record } = await store.put({ address: ADDRESS, content: large() })
        assert.equal(record.time, '2025-08-01T00:00:00Z')
        const next = await store.put({ address: ADDRESS, content: bytes('x') })
        assert.equal(next.record.time, '2025-08-01T00:00:00.001Z')
        const { time } = await store.redact(ADDRESS, 'it was a mistake')
        assert.equal(time, '2025-08-01T00:00:00Z')
      },
      { now: () => START + 0.75 },
    ),
    'what was asked for before it is closed is done': on(async ({ store }) => {
      const writes = Array.from({ length: 20 }, async (_, turn) =>
        store.put({ address: note(turn), content: bytes('x') }),
      )
      // The bytes are read, and the writes are being signed.
      await nextTurn()
      await nextTurn()
      await store.close()
      for (const { record } of await Promise.all(writes)) assert.equal(record.version, 1)
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

function note(number: number): string {
  return `ucxl://agent:role@shop:task/*^/notes/${number}.md`
}

function written(number: number, more: Partial<ContextWrite> = {}): ContextWrite {
  return { address: note(number), content: bytes('x'), ...more }
}

/** More than is kept in memory while it comes. */
async function* large(): AsyncGenerator<Uint8Array> {
  for (let piece = 0; piece < 4; piece++) yield new Uint8Array(256 * 1024).fill(piece)
}
