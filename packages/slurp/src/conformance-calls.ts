import assert from 'node:assert/strict'
import {
  key,
  looking,
  outcomes,
  rejects,
  row,
  type Cases,
  type On,
  type StorageSetup,
} from './conformance-subject.ts'

/** Cases of signals, closing, and calls at once. */
export function callsCases(on: On, setup: StorageSetup): Cases {
  return {
    'calls at once lose nothing, and count each version once': on(async (storage) => {
      const rows = Array.from({ length: 50 }, (_, n) => row(`n${n % 25}`))
      const added = await Promise.all(rows.map(async (one) => storage.add([one])))
      const all = outcomes(added.flat())
      assert.equal(all.filter((one) => one === 'added').length, 25)
      assert.equal((await storage.counts()).decisions, 25)
    }),
    'two storages know nothing of each other': on(async (storage) => {
      const other = await setup()
      try {
        await storage.add([row('a')])
        assert.equal(await other.version(key('a')), undefined)
      } finally {
        await other.close()
      }
    }),
    'a signal that fired ends a call before it begins': on(async (storage) => {
      const signal = AbortSignal.abort(new Error('enough'))
      const calls = [
        storage.add([row('a')], { signal }),
        storage.version(key('a'), 1, { signal }),
        storage.state({ limit: 1, signal }),
        storage.search({ ...looking('a'), signal }),
        storage.incoming(key('a'), { kind: 'cites', signal }),
        storage.counts({ signal }),
      ]
      for (const call of calls) await assert.rejects(call, /enough/)
      assert.equal((await storage.counts()).versions, 0)
    }),
    'closed twice it is closed, and says so': on(async (storage) => {
      await storage.add([row('a')])
      await storage.close()
      await storage.close()
      await rejects(storage.version(key('a')), 'ERR_SLURP_CLOSED')
      await rejects(storage.add([row('b')]), 'ERR_SLURP_CLOSED')
      await rejects(storage.search(looking('a')), 'ERR_SLURP_CLOSED')
      await rejects(storage.webhooks(), 'ERR_SLURP_CLOSED')
    }),
  }
}
