import assert from 'node:assert/strict'
import { contentIdOf } from './content-id.ts'
import {
  ADDRESS,
  KEY,
  START,
  all,
  at,
  bytes,
  rejects,
  text,
  type Cases,
  type On,
} from './conformance-subject.ts'

/** Cases of writing versions and reading them back. */
export function versionsCases(on: On): Cases {
  return {
    'an empty store has nothing, and says so': on(async ({ store }) => {
      assert.equal(await store.head(KEY), undefined)
      assert.deepEqual(await all(store.history(KEY)), [])
      assert.deepEqual(await all(store.list('ucxl://any:any@any:any/**')), [])
      assert.deepEqual(await store.stats(), { contexts: 0, versions: 0, contents: 0, bytes: 0 })
      await rejects(store.get(ADDRESS), 'ERR_TEMPORAL_NOT_FOUND')
      assert.equal(await store.content(contentIdOf(bytes('x'))), undefined)
      assert.equal(await store.content('no content id'), undefined)
      assert.equal(await store.contentSize(contentIdOf(bytes('x'))), undefined)
      assert.equal(await store.contentSize('no content id'), undefined)
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
    'what one reader does to a record or its bytes is nothing that another one sees': on(
      async ({ store }) => {
        await store.put({ address: ADDRESS, content: bytes('one'), tags: ['plan'] })
        await store.get(ADDRESS)
        const { record, content } = await store.get(ADDRESS)
        content.fill(0)
        try {
          ;(record.tags as string[]).push('changed')
        } catch {
          // It may be frozen.
        }
        const again = await store.get(ADDRESS)
        assert.deepEqual([again.record.tags, text(again.content)], [['plan'], 'one'])
      },
    ),
    "a writer's words are never taken for who signed": on(async ({ store }) => {
      const provenance = { writer: 'did:key:z6MkEve', x: '","writer":"did:key:z6MkEve"}' }
      for (const version of [1, 2]) {
        const { record } = await store.put({ address: ADDRESS, content: bytes('x'), provenance })
        assert.equal(record.version, version)
      }
    }),
    'a media type has 1 to 255 characters': on(async ({ store }) => {
      for (const contentType of ['', 'x'.repeat(256)]) {
        const write = { address: ADDRESS, content: bytes('x'), contentType }
        await rejects(store.put(write), 'ERR_RECORD_INVALID')
      }
      await store.put({ address: ADDRESS, content: bytes('x'), contentType: 'x'.repeat(255) })
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
    'a record that grows over its bound is refused, and nothing is kept': on(async ({ store }) => {
      const link = { name: 'implements', address: `ucxl://a:b@c:d/*^/${'x'.repeat(1000)}` }
      const write = { address: ADDRESS, content: bytes('x') }
      const many = { ...write, relationships: Array.from({ length: 100 }, () => link) }
      await rejects(store.put(many), 'ERR_RECORD_INVALID')
      assert.equal((await store.stats()).versions, 0)
      await store.put({ ...write, relationships: Array.from({ length: 50 }, () => link) })
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
  }
}
