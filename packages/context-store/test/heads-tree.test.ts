import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HeadsTree, placeOf } from '../src/heads-tree.ts'

interface Change {
  readonly number: number
  readonly version: number
  readonly gone: boolean
}

const change: fc.Arbitrary<Change> = fc.record({
  number: fc.nat({ max: 400 }),
  version: fc.integer({ min: 1, max: 5 }),
  gone: fc.boolean(),
})
const headOf = ({ number, version }: Omit<Change, 'gone'>) => ({
  key: `a:b@c:d/${number}`,
  version,
  id: `id-${number}-${version}`,
})
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

test('whatever came and went, a tree is as one that was made of what is left', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 800 }), (changes) => {
      const tree = new HeadsTree()
      const left = new Map<string, ReturnType<typeof headOf>>()
      for (const one of changes) {
        const head = headOf(one)
        if (one.gone) tree.delete(head.key)
        else tree.set(head)
        if (one.gone) left.delete(head.key)
        else left.set(head.key, head)
      }
      const fresh = new HeadsTree()
      for (const head of left.values()) fresh.set(head)
      expect(tree.count).toBe(left.size)
      for (const prefix of ['', '0', 'f', '3a', 'c0f', placeOf('a:b@c:d/7')])
        expect(tree.range(prefix)).toEqual(fresh.range(prefix))
      expect(tree.items('')).toEqual(fresh.items(''))
    }),
    { numRuns: 100 },
  )
})

test('the parts of a range hold what it holds, at every depth', () => {
  const tree = new HeadsTree()
  for (let number = 0; number < 5000; number++) tree.set(headOf({ number, version: 1 }))
  for (const prefix of ['', '8', '8b', '8b1']) {
    const parts = Array.from('0123456789abcdef').map((digit) => tree.range(prefix + digit).count)
    expect(parts.reduce((sum, count) => sum + count, 0)).toBe(tree.range(prefix).count)
    expect(tree.items(prefix)).toHaveLength(tree.range(prefix).count)
  }
})

test('a fingerprint is what the documentation says', () => {
  const tree = new HeadsTree()
  expect(hex(tree.range('').fingerprint)).toBe('933305f987bcf5fb6c250018e35a6eee')
  tree.set({ key: 'a:b@c:d/x', version: 1, id: 'one' })
  tree.set({ key: 'a:b@c:d/y', version: 2, id: 'two' })
  expect(hex(tree.range('').fingerprint)).toBe('9886eead72f8233e9928b727ebfc05a2')
  expect(placeOf('a:b@c:d/x')).toBe('97a2c525f3b073d55848d2d20b8497b1')
})
