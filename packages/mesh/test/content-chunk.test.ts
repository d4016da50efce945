import { contentIdOf, createMemoryStore } from '@bzzz/context-store'
import { expect, test, vi } from 'vitest'
import { chunkOf } from '../src/content-chunk.ts'
import { CHUNK_BYTES } from '../src/sync-messages.ts'

const long = Uint8Array.from({ length: 2 * CHUNK_BYTES + 5 }, (_, place) => (place >> 8) % 251)
const short = Buffer.from('short')

async function stored() {
  const store = createMemoryStore()
  for (const bytes of [long, short]) await store.addContent(contentIdOf(bytes), bytes)
  return { store, whole: vi.spyOn(store, 'content') }
}

test('of a long content just the chunk is read, the first one too', async () => {
  const { store, whole } = await stored()
  for (const offset of [0, CHUNK_BYTES, 2 * CHUNK_BYTES, 1, long.length]) {
    const { bytes, size } = (await chunkOf(store, contentIdOf(long), offset)) ?? {}
    expect(size).toBe(long.length)
    const expected = long.subarray(offset, offset + CHUNK_BYTES)
    expect(Buffer.compare(bytes ?? short, expected)).toBe(0)
  }
  expect(whole).not.toHaveBeenCalled()
})

test('a short content comes whole, and one that is not here not at all', async () => {
  const { store } = await stored()
  expect(await chunkOf(store, contentIdOf(short), 0)).toEqual({
    bytes: Uint8Array.from(short),
    size: 5,
  })
  expect((await chunkOf(store, contentIdOf(short), 9))?.bytes).toHaveLength(0)
  expect(await chunkOf(store, contentIdOf(Buffer.from('other')), 0)).toBeUndefined()
})
