import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { expect, test } from 'vitest'
import { Fetcher, type FetcherComponents } from '../src/follow/fetcher.ts'

const ADDRESS = 'ucxl://ada:lead@shop:spec/*^/plan.md'
const writer = identityFromSeed(new Uint8Array(32).fill(1))
const bytes = new TextEncoder().encode('the plan')

/** Looks in a store, and at nothing else: nobody has said of anything that it was erased. */
const lookingIn = (store: ContextStore, covered?: string): Fetcher => {
  const redactions = { covers: ({ record }: { record: string }) => record === covered }
  return new Fetcher({ store, redactions } as unknown as FetcherComponents)
}

test('a version lacks its content until the bytes are here', async () => {
  const source = createMemoryStore({ writer })
  const written = await source.put({ address: ADDRESS, content: bytes })
  const { content: id, key, version, size } = written.record
  const record = written.id
  const store = createMemoryStore()
  await store.append([written.record])
  expect(await lookingIn(store).lackOf(written)).toEqual({
    id,
    key,
    version,
    record,
    writer: writer.did,
    size,
  })
  expect(await lookingIn(store, record).lackOf(written)).toBeUndefined()
  await store.addContent(id!, bytes)
  expect(await lookingIn(store).lackOf(written)).toBeUndefined()
})

test('an empty content is here like any other, and a deletion has none', async () => {
  const store = createMemoryStore({ writer })
  const empty = await store.put({ address: ADDRESS, content: new Uint8Array(0) })
  expect(await lookingIn(store).lackOf(empty)).toBeUndefined()
  const gone = await store.put({ address: ADDRESS, content: null })
  expect(await lookingIn(store).lackOf(gone)).toBeUndefined()
})

test('what was redacted or dropped here is not to be here', async () => {
  const store = createMemoryStore({ writer })
  const first = await store.put({ address: ADDRESS, content: bytes })
  const second = await store.put({ address: ADDRESS, content: new TextEncoder().encode('next') })
  await store.retain([{ pattern: 'ucxl://any:any@any:any/**', last: 1 }])
  await store.redact(ADDRESS, 'a reason')
  for (const version of [first, second]) {
    expect(await store.contentSize(version.record.content ?? '')).toBeUndefined()
    expect(await lookingIn(store).lackOf(version)).toBeUndefined()
  }
})
