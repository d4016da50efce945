/**
 * The conformance suite of the store interface: every implementation runs it.
 *
 * ```ts
 * for (const { name, run } of storeConformance(setup)) test(name, run)
 * ```
 *
 * @packageDocumentation
 */
import assert from 'node:assert/strict'
import { identityFromSeed } from '@bzzz/identity'
import { contentIdOf } from './content-id.ts'
import type { StoreInit } from './engine.ts'
import type { VersionRecord } from './record.ts'
import type { ContextStore } from './store.ts'

/** Makes an empty store. Each is closed at the end of its case, by the case or by the suite. */
export type StoreSetup = (init: StoreInit) => Promise<ContextStore>

/** One case, for any test runner: `run` rejects where the implementation does not conform. */
export interface ConformanceCase {
  readonly name: string
  readonly run: () => Promise<void>
}

const KEY = 'claude:architect@shop:checkout/plan.md'
const ADDRESS = `ucxl://${KEY.replace('/', '/*^/')}`
const START = Date.UTC(2025, 7, 1)
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (content: Uint8Array): string => new TextDecoder().decode(content)
const at = (temporal: string): string => `ucxl://${KEY.replace('/', `/${temporal}/`)}`

interface Bench {
  readonly store: ContextStore
  /** Another store, of another writer, with the same clock. */
  readonly other: ContextStore
  readonly clock: { now: number }
}

/** The cases. */
export function storeConformance(setup: StoreSetup): ConformanceCase[] {
  const on =
    (body: (bench: Bench) => Promise<void>, init: StoreInit = {}) =>
    async () => {
      const clock = { now: START }
      const now = (): number => clock.now
      const writer = identityFromSeed(new Uint8Array(32).fill(1))
      const store = await setup({ writer, now, ...init })
      const other = await setup({
        writer: identityFromSeed(new Uint8Array(32).fill(2)),
        now,
        ...init,
      })
      try {
        await body({ store, other, clock })
      } finally {
        await store.close()
        await other.close()
      }
    }
  const cases: Record<string, () => Promise<void>> = {
    'an empty store has nothing, and says so': on(async ({ store }) => {
      assert.equal(await store.head(KEY), undefined)
      assert.deepEqual(await all(store.history(KEY)), [])
      assert.deepEqual(await all(store.list('ucxl://any:any@any:any/**')), [])
      assert.deepEqual(await store.stats(), { contexts: 0, versions: 0, contents: 0, bytes: 0 })
      await rejects(store.get(ADDRESS), 'ERR_TEMPORAL_NOT_FOUND')
      assert.equal(await store.content(contentIdOf(bytes('x'))), undefined)
      assert.equal(await store.content('no content id'), undefined)
    }),
    'a context that was put is read with all that was said of it': on(async ({ store }) => {
      const provenance = { source: 'a test' }
      const relationships = [{ name: 'implements', address: 'ucxl://a:b@c:d/*~2/x' }]
      const { id, record } = await store.put({
        address: ADDRESS,
        content: bytes('one'),
        contentType: 'text/markdown',
        tags: ['plan'],
        relationships,
        provenance,
        validFrom: START + 1000,
      })
      const { signature, writer, ...rest } = record
      assert.deepEqual(rest, {
        key: KEY,
        version: 1,
        time: '2025-08-01T00:00:00Z',
        previous: null,
        content: 'bafkreidwslb22nkaxoadyaqlhlxgntmiq4jdenhkbrxhcq6avxlt75br5u',
        content_type: 'text/markdown',
        size: 3,
        tags: ['plan'],
        relationships,
        provenance,
        valid_from: '2025-08-01T00:00:01Z',
      })
      assert.match(signature, /^[\w-]{86}$/)
      assert.match(writer, /^did:key:z6Mk/)
      const read = await store.get(ADDRESS)
      assert.equal(text(read.content), 'one')
      assert.deepEqual({ id: read.id, record: read.record }, { id, record })
    }),
    'every version stays, and each token finds its own': on(async ({ store, clock }) => {
      for (const word of ['one', 'two', 'three']) {
        await store.put({ address: ADDRESS, content: bytes(word) })
        clock.now += 60_000
      }
      const readings = {
        '*^': 'three',
        '*~': 'one',
        '*~2': 'two',
        '~~1': 'two',
        '^^2': 'three',
        '2025-08-01T00:01:30Z': 'two',
        '2025-08-01T00:00:00Z': 'one',
        '2030-01-01T00:00:00Z': 'three',
      }
      for (const [temporal, expected] of Object.entries(readings)) {
        assert.equal(text((await store.get(at(temporal))).content), expected, temporal)
      }
      for (const outside of ['*~4', '~~3', '^^3', '2025-07-31T23:59:59Z']) {
        await rejects(store.get(at(outside)), 'ERR_TEMPORAL_OUT_OF_RANGE')
      }
      const versions = await all(store.history(KEY))
      assert.deepEqual(
        versions.map(({ record }) => record.version),
        [1, 2, 3],
      )
      assert.deepEqual(
        versions.map(({ record }) => record.previous),
        [null, versions[0]?.id, versions[1]?.id],
      )
      const part = await all(store.history(KEY, { from: 2, to: 3, reverse: true }))
      assert.deepEqual(
        part.map(({ record }) => record.version),
        [3, 2],
      )
    }),
    'a deletion is a version: gone now, there before': on(async ({ store, clock }) => {
      await store.put({ address: ADDRESS, content: bytes('one') })
      clock.now += 1000
      const { record } = await store.put({ address: ADDRESS, content: null })
      assert.deepEqual([record.content, record.content_type, record.size], [null, null, 0])
      await rejects(store.get(ADDRESS), 'ERR_TEMPORAL_GONE')
      assert.equal(text((await store.get(at('*~1'))).content), 'one')
      assert.equal((await store.head(KEY))?.record.version, 2)
      await store.put({ address: ADDRESS, content: bytes('again') })
      assert.equal(text((await store.get(ADDRESS)).content), 'again')
    }),
    'times of a timeline always increase, whatever the clock does': on(async ({ store, clock }) => {
      await store.put({ address: ADDRESS, content: bytes('one') })
      await store.put({ address: ADDRESS, content: bytes('two') })
      clock.now -= 10_000
      const third = await store.put({ address: ADDRESS, content: bytes('three') })
      assert.equal(third.record.time, '2025-08-01T00:00:00.002Z')
      const past = await store.put({
        address: 'ucxl://a:b@c:d/x',
        content: bytes('x'),
        time: START - 86_400_000,
      })
      assert.equal(past.record.time, '2025-07-31T00:00:00Z')
      const ahead = { address: ADDRESS, content: bytes('four'), time: clock.now + 301_000 }
      await rejects(store.put(ahead), 'ERR_TEMPORAL_AHEAD')
      assert.equal((await store.head(KEY))?.record.version, 3)
    }),
    'equal bytes are kept once': on(async ({ store }) => {
      await store.put({ address: ADDRESS, content: bytes('same') })
      await store.put({ address: 'ucxl://a:b@c:d/x', content: bytes('same') })
      assert.deepEqual(await store.stats(), { contexts: 2, versions: 2, contents: 1, bytes: 4 })
    }),
    'the empty content, all bytes, and the largest content are kept as they are': on(
      async ({ store }) => {
        const every = Uint8Array.from({ length: 256 }, (_, byte) => byte)
        for (const content of [new Uint8Array(0), every, new Uint8Array(1024).fill(7)]) {
          await store.put({ address: ADDRESS, content })
          assert.deepEqual(Uint8Array.from((await store.get(ADDRESS)).content), content)
        }
        const large = { address: ADDRESS, content: new Uint8Array(1025) }
        await rejects(store.put(large), 'ERR_STORE_CONTENT_TOO_LARGE')
        assert.equal((await store.head(KEY))?.record.version, 3)
      },
      { maxContentBytes: 1024 },
    ),
    'contents do not change with the bytes they were made of or given as': on(async ({ store }) => {
      const content = bytes('abc')
      await store.put({ address: ADDRESS, content })
      content.fill(0)
      const read = await store.get(ADDRESS)
      assert.equal(text(read.content), 'abc')
      read.content.fill(0)
      assert.equal(text((await store.get(ADDRESS)).content), 'abc')
    }),
    'a conditional write happens only where its condition holds': on(async ({ store }) => {
      await store.put({ address: ADDRESS, content: bytes('one'), ifVersion: 0 })
      const late = { address: ADDRESS, content: bytes('two'), ifVersion: 0 }
      await rejects(store.put(late), 'ERR_STORE_CONFLICT')
      await store.put({ address: ADDRESS, content: bytes('two'), ifVersion: 1 })
      assert.equal(text((await store.get(ADDRESS)).content), 'two')
    }),
    'a batch is written whole or not at all': on(async ({ store }) => {
      const written = await store.putAll([
        { address: ADDRESS, content: bytes('one') },
        { address: ADDRESS, content: bytes('two') },
        { address: 'ucxl://a:b@c:d/x', content: bytes('x') },
      ])
      assert.deepEqual(
        written.map(({ record }) => record.version),
        [1, 2, 1],
      )
      const broken = [
        { address: ADDRESS, content: bytes('three') },
        { address: 'ucxl://a:b@c:d/new', content: bytes('new') },
        { address: 'ucxl://any:b@c:d/pattern', content: bytes('no') },
      ]
      await rejects(store.putAll(broken), 'ERR_ADDRESS_PATTERN')
      assert.deepEqual(await store.stats(), { contexts: 2, versions: 3, contents: 3, bytes: 7 })
      assert.equal(await store.head('a:b@c:d/new'), undefined)
      assert.deepEqual(await all(store.list('ucxl://a:b@c:d/new')), [])
    }),
    'malformed addresses and patterns are refused where a context is meant': on(
      async ({ store }) => {
        await rejects(
          store.put({ address: 'ucxl://a:b@c', content: bytes('x') }),
          'ERR_ADDRESS_AUTHORITY',
        )
        await rejects(store.get('ucxl://a:b@c:d/../x'), 'ERR_ADDRESS_PATH')
        await rejects(store.get('ucxl://any:b@c:d/x'), 'ERR_ADDRESS_PATTERN')
        await rejects(
          store.put({ address: ADDRESS, content: bytes('x'), tags: [''] }),
          'ERR_RECORD_INVALID',
        )
        assert.equal((await store.stats()).versions, 0)
      },
    ),
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
        await rejects(store.append([forged.record]), 'ERR_RECORD_FORK')
        clock.now -= 600_000
        await rejects(other.append([three]), 'ERR_TEMPORAL_AHEAD')
      },
    ),
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
    'after it is closed every call says so, and closing again is fine': on(async ({ store }) => {
      await store.close()
      await store.close()
      await rejects(store.put({ address: ADDRESS, content: bytes('x') }), 'ERR_STORE_CLOSED')
      await rejects(store.get(ADDRESS), 'ERR_STORE_CLOSED')
      await rejects(store.head(KEY), 'ERR_STORE_CLOSED')
      await rejects(all(store.history(KEY)), 'ERR_STORE_CLOSED')
      await rejects(store.stats(), 'ERR_STORE_CLOSED')
    }),
    'two stores know nothing of one another': on(async ({ store, other }) => {
      await store.put({ address: ADDRESS, content: bytes('x') })
      assert.equal(await other.head(KEY), undefined)
    }),
  }
  return Object.entries(cases).map(([name, run]) => ({ name, run }))
}

async function all<Value>(source: AsyncIterable<Value>): Promise<Value[]> {
  const values: Value[] = []
  for await (const value of source) values.push(value)
  return values
}

async function rejects(promise: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(promise, (error: unknown) => {
    assert.equal((error as { code?: unknown } | undefined)?.code, code, String(error))
    return true
  })
}
