import * as noble from '@noble/ed25519'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isWeakPoint } from '../src/weak-point.ts'
import { hex, toHex } from './support.ts'

// Two independent lists of the points of small order: the one below, and the multiples that are found
// from a point of order eight.
const ORDER_EIGHT = 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'

describe('a point under which signatures prove nothing', () => {
  test('is each of the eight of small order, with either sign', () => {
    const one = noble.Point.fromBytes(hex(ORDER_EIGHT))
    const found = new Set<string>()
    for (let point = one; found.size < 9; point = point.add(one)) {
      if (found.has(toHex(point.toBytes()))) break
      found.add(toHex(point.toBytes()))
    }
    expect(found.size).toBe(8)
    for (const encoded of found) {
      const bytes = hex(encoded)
      expect(isWeakPoint(bytes)).toBe(true)
      bytes[31]! ^= 0x80
      expect(isWeakPoint(bytes)).toBe(true)
    }
  })

  test('is each second spelling: y from 2^255 - 19 on', () => {
    for (let low = 0xed; low <= 0xff; low++) {
      const bytes = new Uint8Array(32).fill(0xff)
      bytes[0] = low
      expect(isWeakPoint(bytes)).toBe(true)
      bytes[31] = 0x7f
      expect(isWeakPoint(bytes)).toBe(true)
    }
  })

  test('is none of the others', () => {
    const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 })
    fc.assert(
      fc.property(
        seeds,
        fc.constantFrom(0x00, 0x01, 0x26, 0xc7, 0xec, 0xed, 0xff),
        (bytes, first) => {
          // None of the weak ones has this byte; bytes of one kind all along come up often.
          bytes[15] = 0x42
          expect(isWeakPoint(bytes)).toBe(false)
          const like = Uint8Array.from(bytes)
          like[0] = first
          expect(isWeakPoint(like)).toBe(false)
        },
      ),
    )
  })
})
