import { expect, test } from 'vitest'
import { returnMemory } from '../src/memory.ts'

const MIB = 1024 * 1024

test('what was left behind is given back, and no collector is left lying about', () => {
  let left: object[] | undefined = Array.from({ length: 400_000 }, (_, at) => ({
    at,
    text: `${at}`,
  }))
  expect(left).toHaveLength(400_000)
  const before = process.memoryUsage().heapTotal
  left = undefined
  returnMemory()
  expect(process.memoryUsage().heapTotal).toBeLessThan(before - 10 * MIB)
  expect('gc' in globalThis).toBe(false)
})
