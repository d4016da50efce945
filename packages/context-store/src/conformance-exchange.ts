import assert from 'node:assert/strict'
import type { VersionRecord } from './record.ts'
import {
  ADDRESS,
  KEY,
  all,
  bytes,
  rejects,
  text,
  type Cases,
  type On,
} from './conformance-subject.ts'

/** Cases of records and contents that go from store to store. */
export function exchangeCases(on: On): Cases {
  return {
    'records go from store to store, and their contents after them': on(
      async ({ store, other, clock }) => {
        for (const word of ['one', 'two', 'three']) {
          await store.put({ address: ADDRESS, content: bytes(word) })
          clock.now += 1000
        }
        const records = (await all(store.history(KEY))).map(({ record }) => record)
        assert.equal(await other.append(records.slice(0, 2)), 2)
        assert.equal(await other.append(records), 1, 'what is there already is no harm')
        await rejects(other.get(ADDRESS), 'ERR_STORE_CONTENT_MISSING')
        const id = records[2]?.content ?? ''
        await rejects(other.addContent(id, bytes('forged')), 'ERR_STORE_CONTENT_MISMATCH')
        assert.equal(await other.content(id), undefined)
        await other.addContent(id, bytes('three'))
        await other.addContent(id, bytes('three'))
        assert.equal(text((await other.get(ADDRESS)).content), 'three')
        assert.deepEqual(await all(other.history(KEY)), await all(store.history(KEY)))
        await rejects(other.put({ address: ADDRESS, content: bytes('mine') }), 'ERR_STORE_WRITER')
      },
    ),
    'a record that was changed, misplaced or forged is refused, and none of its batch is kept': on(
      async ({ store, other, clock }) => {
        for (const word of ['one', 'two', 'three']) {
          await store.put({ address: ADDRESS, content: bytes(word) })
          clock.now += 1000
        }
        const [one, two, three] = (await all(store.history(KEY))).map(({ record }) => record) as [
          VersionRecord,
          VersionRecord,
          VersionRecord,
        ]
        await rejects(other.append([one, { ...two, size: 4 }]), 'ERR_RECORD_SIGNATURE')
        await rejects(
          other.append([one, { ...two, signature: one.signature }]),
          'ERR_RECORD_SIGNATURE',
        )
        await rejects(other.append([one, three]), 'ERR_RECORD_CHAIN')
        await rejects(other.append([two]), 'ERR_RECORD_CHAIN')
        await rejects(other.append([{ ...one, extra: 1 } as VersionRecord]), 'ERR_RECORD_INVALID')
        await rejects(other.append([{ ...one, key: 'A:b@c:d/x' }]), 'ERR_RECORD_INVALID')
        await rejects(
          other.append([{ ...one, time: '2025-08-01T00:00:00.000Z' }]),
          'ERR_RECORD_INVALID',
        )
        await rejects(other.append([null as unknown as VersionRecord]), 'ERR_RECORD_INVALID')
        assert.equal((await other.stats()).versions, 0)
        const forged = await other.put({ address: ADDRESS, content: bytes('mine') })
        await rejects(store.append([forged.record]), 'ERR_RECORD_CHAIN')
        clock.now -= 600_000
        await rejects(other.append([three]), 'ERR_TEMPORAL_AHEAD')
      },
    ),
  }
}
