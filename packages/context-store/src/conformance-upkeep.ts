import assert from 'node:assert/strict'
import type { Operation } from './access.ts'
import {
  ADDRESS,
  KEY,
  all,
  at,
  bytes,
  rejects,
  text,
  type Cases,
  type On,
} from './conformance-subject.ts'
import { exportNdjson, importNdjson } from './ndjson.ts'
import type { Change } from './queries.ts'

const DAY = 86_400_000
const EVERYTHING = 'ucxl://any:any@any:any/**'

/** Cases of redaction, retention, checks, access, changes, and of taking a store with one. */
export function upkeepCases(on: On): Cases {
  return {
    'redacted bytes are gone everywhere, and the chain still verifies': on(
      async ({ store, other }) => {
        const secret = bytes('password swordfish')
        const write = { address: ADDRESS, content: secret, contentType: 'text/plain' }
        await store.putAll([write, { ...write, content: bytes('clean') }, write])
        const records = (await all(store.history(KEY))).map(({ record }) => record)
        await other.append(records)
        await other.addContent(records[0]?.content ?? '', secret)
        const redaction = await store.redact(at('*~1'), 'It held a password.')
        assert.deepEqual(
          [redaction.key, redaction.version, redaction.reason],
          [KEY, 1, 'It held a password.'],
        )
        for (const version of ['*~1', '*~3', '*^'])
          await rejects(store.get(at(version)), 'ERR_STORE_REDACTED')
        assert.equal(text((await store.get(at('*~2'))).content), 'clean')
        assert.equal(await store.content(redaction.content), undefined)
        assert.equal(await store.contentSize(redaction.content), undefined)
        assert.deepEqual((await store.search('swordfish')).hits, [])
        assert.deepEqual(
          (await all(store.history(KEY))).map(({ record }) => record),
          records,
        )
        assert.deepEqual((await store.check()).problems, [])
        await rejects(store.put(write), 'ERR_STORE_REDACTED')
        await rejects(store.addContent(redaction.content, secret), 'ERR_STORE_REDACTED')
        assert.equal(await other.applyRedaction(redaction), true)
        assert.equal(await other.applyRedaction(redaction), false)
        await rejects(other.get(at('*~1')), 'ERR_STORE_REDACTED')
        assert.deepEqual(await all(other.redactions()), [redaction])
      },
    ),
    'a redaction that is forged, or by another than the writer, changes nothing': on(
      async ({ store, other }) => {
        await store.put({ address: ADDRESS, content: bytes('mine') })
        const records = (await all(store.history(KEY))).map(({ record }) => record)
        await other.append(records)
        await other.addContent(records[0]?.content ?? '', bytes('mine'))
        await rejects(other.redact(ADDRESS, 'I do not like it'), 'ERR_STORE_WRITER')
        const genuine = await store.redact(ADDRESS, 'a reason')
        const forged = { ...genuine, reason: 'another reason' }
        await rejects(other.applyRedaction(forged), 'ERR_RECORD_SIGNATURE')
        await rejects(other.applyRedaction({ ...genuine, extra: 1 } as never), 'ERR_RECORD_INVALID')
        assert.equal(text((await other.get(ADDRESS)).content), 'mine')
        assert.deepEqual(await all(other.redactions()), [])
      },
    ),
    'bytes that somebody else wrote too are not erased': on(async ({ store, other }) => {
      await store.put({ address: ADDRESS, content: bytes('both') })
      await store.put({ address: ADDRESS, content: bytes('mine') })
      const theirs = { address: 'ucxl://other:b@c:d/x', content: bytes('both') }
      const { record } = await other.put(theirs)
      await store.append([record])
      await rejects(store.redact(at('*~1'), 'a reason'), 'ERR_STORE_WRITER')
      assert.equal(text((await store.get(at('*~1'))).content), 'both')
      assert.equal(text((await store.get(theirs.address)).content), 'both')
      assert.deepEqual(await all(store.redactions()), [])
      const redaction = await store.redact(at('*~2'), 'a reason')
      assert.deepEqual(await store.redactionPage(), { redactions: [redaction], last: 1 })
      assert.deepEqual(await store.redactionPage({ after: 1 }), { redactions: [], last: 1 })
    }),
    'redactions come in pages, in the order in which they came': on(async ({ store }) => {
      const made: unknown[] = []
      for (let number = 1; number <= 130; number++) {
        await store.put({ address: ADDRESS, content: bytes(`version ${number}`) })
        made.push(await store.redact(ADDRESS, 'a reason'))
      }
      const first = await store.redactionPage()
      const second = await store.redactionPage({ after: first.last })
      assert.deepEqual([...first.redactions, ...second.redactions], made)
      assert.equal((await store.redactionPage({ after: second.last })).last, second.last)
      assert.deepEqual(await all(store.redactions()), made)
      const view = store.restrictedTo({ may: () => false })
      assert.deepEqual(await view.redactionPage(), { redactions: [], last: first.last })
    }),
    'retention drops the bytes that no rule keeps, and never what is cited': on(
      async ({ store, clock }) => {
        for (let number = 1; number <= 10; number++) {
          await store.put({ address: ADDRESS, content: bytes(`version ${number}`) })
          clock.now += DAY
        }
        const link = { name: 'cites', address: at('*~3') }
        await store.put({ address: 'ucxl://a:b@c:d/x', content: bytes('x'), relationships: [link] })
        const rules = [{ pattern: 'ucxl://any:any@shop:any/**', last: 2, days: 4.5 }]
        const cited = [at('2025-08-01T12:00:00Z')]
        const planned = await store.retain(rules, { cited, dryRun: true })
        assert.deepEqual(planned, { examined: 10, dropped: 4, cited: 2, bytes: 36 })
        assert.deepEqual(await store.retain(rules, { cited }), planned)
        assert.deepEqual((await store.retain(rules, { cited })).dropped, 0)
        for (const kept of [1, 3, 7, 10]) await store.get(at(`*~${kept}`))
        for (const gone of [2, 4, 5, 6])
          await rejects(store.get(at(`*~${gone}`)), 'ERR_STORE_DROPPED')
        assert.equal((await all(store.history(KEY))).length, 10)
        assert.deepEqual((await store.check()).problems, [])
        const told = await store.retain(rules, { dropCited: true })
        assert.deepEqual([told.dropped, told.cited], [2, 0])
        await store.addContent(
          (await store.resolve(at('*~2'))).record.content ?? '',
          bytes('version 2'),
        )
        assert.equal(text((await store.get(at('*~2'))).content), 'version 2')
      },
    ),
    'retention leaves bytes alone that a version shares which stays': on(async ({ store }) => {
      const same = { address: ADDRESS, content: bytes('same') }
      await store.putAll([same, { address: ADDRESS, content: bytes('other') }, same])
      const { dropped } = await store.retain([{ pattern: EVERYTHING, last: 1 }])
      assert.equal(dropped, 1)
      assert.equal(text((await store.get(at('*~1'))).content), 'same')
      await rejects(store.get(at('*~2')), 'ERR_STORE_DROPPED')
      await rejects(store.retain([{ pattern: EVERYTHING }]), 'ERR_STORE_RULE')
      await rejects(store.retain([{ pattern: EVERYTHING, last: -1 }]), 'ERR_STORE_RULE')
    }),
    'a view has what its access allows, and nothing else, by every way': on(async ({ store }) => {
      const mine = 'a:b@mine:t/x'
      const theirs = 'a:b@theirs:t/x'
      for (const key of [mine, theirs]) {
        const address = `ucxl://${key.replace('/', '/*^/')}`
        await store.put({ address, content: bytes(key), contentType: 'text/plain' })
      }
      const asked = new Set<Operation>()
      const view = store.restrictedTo({
        may(operation, key) {
          asked.add(operation)
          return key.includes('@mine:')
        },
      })
      await view.get(addressOf(mine))
      const { record } = await store.resolve(addressOf(theirs))
      const denied = [
        async () => view.get(addressOf(theirs)),
        async () => view.get('ucxl://a:b@theirs:t/no-such-context'),
        async () => view.get(addressOf(theirs), { validAt: 0 }),
        async () => view.resolve(addressOf(theirs)),
        async () => view.head(theirs),
        async () => all(view.history(theirs)),
        async () => view.index.latest(theirs),
        async () => all(view.index.range(theirs, { from: 1, to: 1 })),
        async () => view.put({ address: addressOf(theirs), content: bytes('x') }),
        async () => view.put({ address: addressOf(theirs), content: null }),
        async () =>
          view.putAll([
            { address: addressOf(mine), content: bytes('no') },
            { address: addressOf(theirs), content: bytes('x') },
          ]),
        async () => view.append([record]),
        async () => view.restore(addressOf(theirs)),
        async () => view.redact(addressOf(theirs), 'no'),
        async () => view.retain([{ pattern: EVERYTHING, last: 1 }]),
        async () => view.check(),
      ]
      for (const call of denied) await rejects(call(), 'ERR_STORE_DENIED')
      await rejects(all(view.contentStream(record.content ?? '')), 'ERR_STORE_CONTENT_MISSING')
      assert.equal(await view.content(record.content ?? ''), undefined)
      assert.equal(await view.contentSize(record.content ?? ''), undefined)
      assert.deepEqual(keysOf(await all(view.list(EVERYTHING))), [mine])
      assert.deepEqual(keysOf((await view.page(EVERYTHING)).versions), [mine])
      assert.deepEqual(keysOf((await view.search('theirs')).hits), [])
      assert.deepEqual(keysOf((await view.search('a b t x')).hits), [mine])
      assert.deepEqual(keysOf(await view.changes()), [mine])
      assert.deepEqual(asked, new Set(['read', 'write', 'delete']))
      const seen: string[] = []
      const stop = view.watch((changes) => seen.push(...keysOf(changes)))
      await store.put({ address: addressOf(theirs), content: bytes('unseen') })
      await store.put({ address: addressOf(mine), content: bytes('seen') })
      stop()
      assert.deepEqual(seen, [mine])
      const narrower = view.restrictedTo({ may: () => true })
      await rejects(narrower.get(addressOf(theirs)), 'ERR_STORE_DENIED')
      await view.close()
      await store.get(addressOf(mine))
      assert.equal((await store.stats()).versions, 4)
    }),
    'changes are told in their order, once each, to those who watch': on(
      async ({ store, other }) => {
        const seen: Change[] = []
        await store.put({ address: ADDRESS, content: bytes('before') })
        const stop = store.watch((changes) => seen.push(...changes))
        const broken = store.watch(() => {
          throw new Error('the listener fails')
        })
        for (const word of ['one', 'two'])
          await store.put({ address: ADDRESS, content: bytes(word) })
        const foreign = await other.put({ address: 'ucxl://x:b@c:d/y', content: bytes('theirs') })
        await store.append([foreign.record])
        assert.deepEqual(
          seen.map(({ record }) => [record.key, record.version]),
          [
            [KEY, 2],
            [KEY, 3],
            ['x:b@c:d/y', 1],
          ],
        )
        stop()
        broken()
        await store.put({ address: ADDRESS, content: bytes('after') })
        assert.equal(seen.length, 3)
        const logged = await store.changes()
        assert.deepEqual(logged.slice(1, 4), seen)
        const sequences = logged.map(({ sequence }) => sequence)
        assert.deepEqual(
          sequences,
          sequences.toSorted((a, b) => a - b),
        )
        const later = await store.changes({ after: sequences[1] ?? 0, limit: 2 })
        assert.deepEqual(later, logged.slice(2, 4))
      },
    ),
    'a store goes over into another one as lines of text, and nothing is lost': on(
      async ({ store, other }) => {
        await store.putAll([
          { address: ADDRESS, content: bytes('one'), tags: ['t'] },
          { address: ADDRESS, content: bytes('secret') },
          { address: ADDRESS, content: null },
          { address: 'ucxl://a:b@c:d/*^/large', content: new Uint8Array(600_000).fill(7) },
          { address: 'ucxl://a:b@c:d/*^/empty', content: new Uint8Array(0) },
        ])
        await store.redact(at('*~2'), 'a secret')
        const lines = await all(exportNdjson(store))
        const report = await importNdjson(other, cut(lines.join(''), 1000))
        assert.deepEqual(report, { versions: 5, contents: 3, redactions: 1, known: 0 })
        assert.equal((await all(exportNdjson(other))).join(''), lines.join(''))
        assert.deepEqual((await importNdjson(other, cut(lines.join(''), 77))).known, 9)
        assert.equal((await other.get('ucxl://a:b@c:d/*^/large')).content.length, 600_000)
        await rejects(other.get(at('*~2')), 'ERR_STORE_REDACTED')
        const part = await all(exportNdjson(store, { pattern: 'ucxl://a:b@c:d/**' }))
        assert.equal(part.filter((line) => line.includes('"version"')).length, 3)
      },
    ),
    'an export that is damaged is refused with its line, and all before it is kept': on(
      async ({ store, other }) => {
        await store.putAll(
          ['one', 'two'].map((word) => ({ address: ADDRESS, content: bytes(word) })),
        )
        const lines = await all(exportNdjson(store))
        const read = async (changed: string[]): Promise<unknown> =>
          importNdjson(other, cut(changed.join(''), 100))
        await rejects(read([]), 'ERR_STORE_EXPORT')
        await rejects(read(lines.slice(1)), 'ERR_STORE_EXPORT')
        await rejects(read([...lines.slice(0, 3), '{"type":"content","id":\n']), 'ERR_STORE_EXPORT')
        await rejects(
          read(lines.map((line) => line.replace('dHdv', 'dHdw'))),
          'ERR_STORE_CONTENT_MISMATCH',
        )
        await rejects(
          read(lines.map((line) => line.replace('"size":3', '"size":4'))),
          'ERR_RECORD_SIGNATURE',
        )
        await rejects(read([lines[0] ?? '', 'x'.repeat(600_000)]), 'ERR_STORE_EXPORT')
        assert.equal((await other.stats()).versions, 1)
        await read(lines)
        assert.equal((await other.stats()).versions, 2)
      },
    ),
  }
}

function addressOf(key: string): string {
  return `ucxl://${key.replace('/', '/*^/')}`
}

function keysOf(versions: readonly { readonly record: { readonly key: string } }[]): string[] {
  return versions.map(({ record }) => record.key)
}

async function* cut(source: string, size: number): AsyncGenerator<Uint8Array> {
  const whole = bytes(source)
  for (let start = 0; start < whole.length; start += size) yield whole.subarray(start, start + size)
}
