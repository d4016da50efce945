import assert from 'node:assert/strict'
import { identityFromSeed } from '@bzzz/identity'
import {
  ADDRESS,
  KEY,
  START,
  all,
  at,
  bytes,
  rejects,
  type Cases,
  type On,
} from './conformance-subject.ts'
import { placeOf } from './heads-tree.ts'
import type { HeadsSummary } from './heads-summary.ts'
import { createMemoryStore } from './memory.ts'
import type { ContextStore } from './store.ts'

const MANY = 300
const DIGITS = Array.from('0123456789abcdef')

/** Cases of the newest versions as a set that two stores compare. */
export function summaryCases(on: On): Cases {
  return {
    'a store without a timeline has an empty summary': on(async ({ store, other }) => {
      const summary = await store.summary()
      assert.equal(summary.count, 0)
      assert.deepEqual(summary.items(''), [])
      assert.deepEqual(summary.range(''), (await other.summary()).range(''))
      assert.equal(summary.range('').fingerprint.length, 16)
    }),
    'stores with the same newest versions have equal fingerprints, whatever came first': on(
      async ({ store, other }) => {
        await write(store, MANY)
        await other.summary()
        const heads = await all(store.list('ucxl://any:any@any:any/**'))
        await other.append(heads.toReversed().map(({ record }) => record))
        const [own, theirs] = [await store.summary(), await other.summary()]
        assert.equal(own.count, MANY)
        for (const prefix of ['', ...DIGITS, '7f', 'abc'])
          assert.deepEqual(own.range(prefix), theirs.range(prefix), prefix)
        assert.deepEqual(own.items(''), theirs.items(''))
      },
    ),
    'a new version changes the ranges it is in, and no others': on(async ({ store }) => {
      await write(store, MANY)
      const before = ranges(await store.summary())
      const { record } = await store.put({ address: ADDRESS, content: bytes('one more') })
      const place = placeOf(record.key)
      const after = ranges(await store.summary())
      for (const digit of DIGITS) {
        const same = before.get(digit) === after.get(digit)
        assert.equal(same, !place.startsWith(digit), digit)
      }
      assert.equal((await store.summary()).count, MANY + 1)
      await store.put({ address: ADDRESS, content: null })
      assert.equal((await store.summary()).count, MANY + 1, 'a tombstone is a version')
      assert.notEqual(ranges(await store.summary()).get(place[0] ?? ''), after.get(place[0] ?? ''))
    }),
    'a range lists what is in it, in the order of its places': on(async ({ store }) => {
      await write(store, MANY)
      const summary = await store.summary()
      const items = summary.items('')
      assert.equal(items.length, MANY)
      assert.ok(items.every(({ key, place }) => place === placeOf(key)))
      const places = items.map(({ place }) => place)
      assert.deepEqual(places, places.toSorted())
      const some = summary.items('a')
      assert.deepEqual(
        some,
        items.filter(({ place }) => place.startsWith('a')),
      )
      assert.equal(summary.range('a').count, some.length)
      assert.deepEqual(summary.items('a', 3), some.slice(0, 3))
      const [first] = items
      assert.equal(first && (await store.head(first.key))?.id, first?.id)
      assert.deepEqual(first && summary.items(first.place), first && [first])
      assert.equal(summary.range(first?.place ?? '').count, 1)
    }),
    'a pattern, and what one party may read, choose what is in it': on(async ({ store, other }) => {
      await write(store, 20)
      await store.put({ address: 'ucxl://gpt:critic@other:task/x', content: bytes('x') })
      await other.put({ address: 'ucxl://gpt:critic@other:task/y', content: bytes('y') })
      const pattern = 'ucxl://gpt:any@other:any/**'
      assert.equal((await store.summary({ pattern })).count, 1)
      const [item] = (await store.summary({ pattern })).items('')
      assert.equal(item?.key, 'gpt:critic@other:task/x')
      const view = store.restrictedTo({ may: (_, key) => key.startsWith('claude:') })
      assert.equal((await view.summary()).count, 20)
      assert.equal((await view.summary({ pattern })).count, 0)
      await assert.rejects(store.summary({ pattern: 'no address' }))
      await store.put({ address: 'ucxl://gpt:critic@other:task/z', content: bytes('z') })
      await store.put({ address: 'ucxl://gpt:critic@other:task/x', content: bytes('newer') })
      assert.equal((await store.summary({ pattern })).count, 2)
      const { place } = item ?? { place: '' }
      assert.equal((await store.summary({ pattern })).items(place)[0]?.version, 2)
      // As many patterns as anybody likes: those that are not kept are made anew.
      for (const digit of DIGITS) {
        const some = `ucxl://claude:any@shop:any/${digit}`
        const expected = (await all(store.list(some))).length
        assert.equal((await store.summary({ pattern: some })).count, expected)
      }
      assert.equal((await store.summary({ pattern })).count, 2)
    }),
    'a record that loses its place leaves the summary': on(async ({ store, clock }) => {
      await store.put({ address: ADDRESS, content: bytes('shared') })
      const shared = await all(store.history(KEY))
      // The same key, used in another place, where the second version came earlier.
      const apart = createMemoryStore({
        writer: identityFromSeed(new Uint8Array(32).fill(1)),
        now: () => clock.now,
      })
      await apart.append(shared.map(({ record }) => record))
      clock.now = START + 500
      const early = await apart.put({ address: ADDRESS, content: bytes('early') })
      clock.now = START + 2000
      await store.put({ address: ADDRESS, content: bytes('late') })
      await store.put({ address: ADDRESS, content: bytes('later') })
      assert.equal((await store.summary()).items('')[0]?.version, 3)
      await store.append([early.record])
      assert.deepEqual((await store.summary()).items(''), (await apart.summary()).items(''))
      assert.equal((await store.summary()).items('')[0]?.version, 2)
      await apart.close()
    }),
    'many who ask at once, and writes meanwhile, are all told what is here': on(
      async ({ store }) => {
        await write(store, MANY)
        const asked = Array.from({ length: 5 }, async () => store.summary())
        await store.put({ address: at('*^'), content: bytes('meanwhile') })
        for (const summary of await Promise.all(asked)) assert.ok(summary.count >= MANY)
        assert.equal((await store.summary()).count, MANY + 1)
        await store.close()
        await rejects(store.summary(), 'ERR_STORE_CLOSED')
      },
    ),
  }
}

async function write(store: ContextStore, count: number): Promise<void> {
  await store.putAll(
    Array.from({ length: count }, (_, number) => ({
      address: `ucxl://claude:coder@shop:notes/${number}`,
      content: bytes(String(number)),
    })),
  )
}

function ranges(summary: HeadsSummary): Map<string, string> {
  return new Map(
    DIGITS.map((digit) => [digit, Buffer.from(summary.range(digit).fingerprint).toString('hex')]),
  )
}
