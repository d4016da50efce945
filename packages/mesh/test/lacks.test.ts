import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { expect, test } from 'vitest'
import { Fetcher, type FetcherComponents } from '../src/follow/fetcher.ts'

const ADDRESS = 'ucxl://ada:lead@shop:spec/*^/plan.md'
const writer = identityFromSeed(new Uint8Array(32).fill(1))
const bytes = new TextEncoder().encode('the plan')

/** Looks in a store, and at nothing else. */
const lookingIn = (store: ContextStore): Fetcher => new Fetcher({ store } as FetcherComponents)

test('a version lacks its content until the bytes are here', async () => {
  const source = createMemoryStore({ writer })
  const written = await source.put({ address: ADDRESS, content: bytes })
  const { content: id, key, size } = written.record
  const store = createMemoryStore()
  await store.append([written.record])
  expect(await lookingIn(store).lackOf(written)).toEqual({ id, key, size })
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
