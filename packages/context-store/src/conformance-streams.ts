import assert from 'node:assert/strict'
import { contentIdOf } from './content-id.ts'
import { ADDRESS, KEY, all, bytes, rejects, type Cases, type On } from './conformance-subject.ts'
import type { StoreInit } from './engine.ts'

const MIB = 1024 * 1024

/** Bytes that no piece of which is like another. */
function patterned(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, place) => (place * 31 + (place >> 8)) & 0xff)
}

async function* inPieces(whole: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < whole.length; start += size) yield whole.subarray(start, start + size)
}

/** Cases of large contents, which come and go in pieces. */
export function streamsCases(on: On): Cases {
  return {
    'a large content comes in pieces of any size, and is read whole, in pieces, and in part': on(
      async ({ store }) => {
        const whole = patterned(3 * MIB + 17)
        const id = contentIdOf(whole)
        for (const size of [1000, 65_536, MIB, 4 * MIB]) {
          const address = `ucxl://a:b@c:d/*^/${size}`
          const { record } = await store.put({ address, content: inPieces(whole, size) })
          assert.deepEqual([record.content, record.size], [id, whole.length])
          assert.ok(Buffer.from((await store.get(address)).content).equals(whole))
        }
        assert.equal((await store.stats()).contents, 1)
        assert.equal(await store.contentSize(id), whole.length)
        const pieces = await all(store.contentStream(id))
        assert.ok(pieces.every((piece) => piece.length <= 256 * 1024))
        assert.ok(Buffer.concat(pieces).equals(whole))
        for (const [start, end] of [
          [0, 1],
          [262_143, 262_145],
          [1_000_000, 2_000_000],
          [whole.length - 5, whole.length + 100],
          [whole.length, whole.length + 1],
        ] as const) {
          const part = Buffer.concat(await all(store.contentStream(id, { start, end })))
          assert.ok(part.equals(whole.subarray(start, end)), `${start} to ${end}`)
        }
        const missing = contentIdOf(bytes('missing'))
        await rejects(all(store.contentStream(missing)), 'ERR_STORE_CONTENT_MISSING')
      },
    ),
    'a piece of a stream is its own again when it is asked for the next one': on(
      async ({ store }) => {
        for (const size of [5000, 900_000]) {
          const whole = patterned(size)
          const lending = async function* (of: Uint8Array): AsyncIterable<Uint8Array> {
            for await (const piece of inPieces(of, 4097)) {
              const lent = Uint8Array.from(piece)
              yield lent
              lent.fill(0)
            }
          }
          const { record } = await store.put({ address: ADDRESS, content: lending(whole) })
          assert.equal(record.content, contentIdOf(whole))
          assert.ok(Buffer.from((await store.get(ADDRESS)).content).equals(whole))
          const other = patterned(size + 1)
          const id = contentIdOf(other)
          await store.addContent(id, lending(other))
          assert.ok(Buffer.from((await store.content(id)) ?? []).equals(other))
        }
      },
    ),
    'small and empty streams, and large bytes at once, are kept the same': on(async ({ store }) => {
      const large = patterned(700_000)
      const sources = [inPieces(new Uint8Array(0), 1), inPieces(bytes('abc'), 2), large]
      const expected = [new Uint8Array(0), bytes('abc'), large]
      for (const [place, content] of sources.entries()) {
        await store.put({ address: ADDRESS, content })
        const read = await store.get(ADDRESS)
        assert.equal(await store.contentSize(read.record.content ?? ''), expected[place]?.length)
        assert.ok(Buffer.from(read.content).equals(expected[place] ?? bytes('?')))
      }
      const id = contentIdOf(large)
      await store.addContent(id, inPieces(large, 1000))
      await rejects(
        store.addContent(id, inPieces(patterned(700_001), 1000)),
        'ERR_STORE_CONTENT_MISMATCH',
      )
      assert.equal((await store.stats()).contents, 3)
    }),
    'a stream that is too long, fails or is aborted leaves nothing behind': on(
      async ({ store }) => {
        const write = async (content: AsyncIterable<Uint8Array>, options = {}): Promise<unknown> =>
          store.put({ address: ADDRESS, content }, options)
        await rejects(write(inPieces(patterned(MIB + 1), 1000)), 'ERR_STORE_CONTENT_TOO_LARGE')
        const failure = new Error('the sender is gone')
        await assert.rejects(
          write(
            (async function* () {
              yield patterned(500_000)
              throw failure
            })(),
          ),
          failure,
        )
        const stop = new AbortController()
        await assert.rejects(
          write(
            (async function* () {
              yield patterned(500_000)
              stop.abort()
              yield patterned(1000)
            })(),
            { signal: stop.signal },
          ),
          { name: 'AbortError' },
        )
        assert.equal(await store.head(KEY), undefined)
        assert.deepEqual(await store.stats(), { contexts: 0, versions: 0, contents: 0, bytes: 0 })
      },
      { maxContentBytes: MIB } satisfies StoreInit,
    ),
    'a write that depends on the content happens only where it is that': on(async ({ store }) => {
      await store.put({ address: ADDRESS, content: bytes('one'), ifContent: null })
      const again = { address: ADDRESS, content: bytes('two'), ifContent: null }
      await rejects(store.put(again), 'ERR_STORE_CONFLICT')
      const one = contentIdOf(bytes('one'))
      await store.put({ address: ADDRESS, content: bytes('two'), ifContent: one })
      const late = { address: ADDRESS, content: bytes('three'), ifContent: one }
      await rejects(store.put(late), 'ERR_STORE_CONFLICT')
      await store.put({ address: ADDRESS, content: null, ifContent: contentIdOf(bytes('two')) })
      await store.put({ address: ADDRESS, content: bytes('anew'), ifContent: null })
      assert.equal((await store.head(KEY))?.record.version, 4)
    }),
    'a thousand calls at once: each has its own answer, and one that fails fails alone': on(
      async ({ store }) => {
        const calls = Array.from({ length: 1000 }, async (_, number) => {
          const context = `ucxl://a:b@c:d/*^/${number % 50}`
          if (number % 100 === 7) return store.put({ address: 'ucxl://any:b@c:d/x', content: null })
          return store.put({ address: context, content: bytes(String(number)) })
        })
        const settled = await Promise.allSettled(calls)
        assert.equal(settled.filter(({ status }) => status === 'rejected').length, 10)
        const half = store.putAll([
          { address: 'ucxl://a:b@c:d/*^/half', content: bytes('half') },
          { address: 'ucxl://any:b@c:d/x', content: null },
        ])
        const beside = store.put({ address: 'ucxl://a:b@c:d/*^/1', content: bytes('beside') })
        await rejects(half, 'ERR_ADDRESS_PATTERN')
        await beside
        assert.equal(await store.head('a:b@c:d/half'), undefined)
        assert.equal((await store.stats()).versions, 991)
        assert.deepEqual((await store.check()).problems, [])
      },
    ),
    'streams beside a write that fails are kept whole': on(async ({ store }) => {
      const whole = patterned(700_001)
      const put = async (path: string, ifVersion = 0): Promise<unknown> =>
        store.put({
          address: `ucxl://a:b@c:d/*^/${path}`,
          content: inPieces(whole, 9999),
          ifVersion,
        })
      const written = await Promise.allSettled([
        put('1'),
        put('2'),
        put('3', 9),
        put('4'),
        put('1'),
      ])
      assert.deepEqual(
        written.map(({ status }) => status),
        ['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'rejected'],
      )
      for (const path of ['1', '2', '4']) {
        const { content } = await store.get(`ucxl://a:b@c:d/*^/${path}`)
        assert.ok(Buffer.from(content).equals(whole), path)
      }
      assert.deepEqual(await store.stats(), {
        contexts: 3,
        versions: 3,
        contents: 1,
        bytes: 700_001,
      })
      assert.deepEqual((await store.check()).problems, [])
    }),
  }
}
