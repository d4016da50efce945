import { expect, test, vi } from 'vitest'
import { live } from './sim/life.ts'

vi.mock(import('@bzzz/identity'), async (original) => {
  const { verifyingOnce } = await import('./sim/signatures.ts')
  const real = await original()
  return { ...real, verifySignature: verifyingOnce(real.verifySignature) }
})

test('the same seed is the same life', async () => {
  for (const seed of [1, 2, 3]) {
    const [one, again] = [await live(seed), await live(seed)]
    expect(again.hash).toBe(one.hash)
    expect(again.story).toEqual(one.story)
  }
  expect((await live(4)).hash).not.toBe((await live(5)).hash)
})
