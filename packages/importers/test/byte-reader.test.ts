import fc from 'fast-check'
import { expect, test } from 'vitest'
import { byteReader } from '../src/byte-reader.ts'

async function* chunksOf(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0
  for (const size of sizes) {
    yield Buffer.from(bytes.subarray(at, at + size))
    at += size
  }
  yield Buffer.from(bytes.subarray(at))
}

test('what is read does not depend on where the stream was cut', async () => {
  const cuts = fc.array(fc.nat({ max: 4 }), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ max: 3, maxLength: 12 }), cuts, async (bytes, sizes) => {
      const text = [...Buffer.from('ab'), 0, ...Buffer.from('cdef'), ...bytes, 9]
      const reader = byteReader(chunksOf(Uint8Array.from(text), sizes))
      expect((await reader.until(0))?.toString()).toBe('ab')
      expect((await reader.take(3))?.toString()).toBe('cde')
      expect(await reader.skip(1)).toBe(true)
      expect([...((await reader.until(9)) ?? [])]).toEqual([...bytes])
      expect(await reader.until(0)).toBe(undefined)
      expect(await reader.take(1)).toBe(undefined)
      expect(await reader.skip(1)).toBe(false)
    }),
  )
})

test('a stream that ends in the middle gives undefined, and not a part', async () => {
  expect(await byteReader(chunksOf(Buffer.from('abc'), [])).take(4)).toBe(undefined)
  expect(await byteReader(chunksOf(Buffer.from('abc'), [1])).until(0)).toBe(undefined)
  expect(await byteReader(chunksOf(Buffer.from('abc'), [1])).skip(4)).toBe(false)
  expect(await byteReader(chunksOf(Buffer.from('abc'), [])).take(0)).toHaveLength(0)
})
