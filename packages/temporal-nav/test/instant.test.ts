import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromInstant, TemporalError, toInstant } from '../src/index.ts'

test('writes milliseconds only where they are not zero', () => {
  expect(toInstant(1_754_049_600_000)).toBe('2025-08-01T12:00:00Z')
  expect(toInstant(1_754_049_600_250)).toBe('2025-08-01T12:00:00.250Z')
  expect(toInstant(-1)).toBe('1969-12-31T23:59:59.999Z')
})

test('reads what Date writes, also where its milliseconds are zero', () => {
  expect(fromInstant('2025-08-01T12:00:00.000Z')).toBe(1_754_049_600_000)
})

test('reading undoes writing, for every time', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }), (time) => {
      expect(fromInstant(toInstant(time))).toBe(time)
      expect(fromInstant(new Date(time).toISOString())).toBe(time)
    }),
  )
})

function digits(max: number): fc.Arbitrary<string> {
  return fc.nat({ max }).map((number) => String(number).padStart(2, '0'))
}

const almostAnInstant = fc
  .tuple(fc.nat({ max: 9999 }), digits(13), digits(32), digits(25), digits(61), digits(61))
  .map(
    ([year, month, day, hour, minute, second]) =>
      `${String(year).padStart(4, '0')}-${month}-${day}T${hour}:${minute}:${second}Z`,
  )

/** By the calendar of Date alone: the text is what it writes for the moment that it reads. */
function exists(text: string): boolean {
  const time = Date.parse(text)
  return !Number.isNaN(time) && new Date(time).toISOString().replace('.000Z', 'Z') === text
}

test('reads exactly the moments that exist, and raises no other error for any text', () => {
  fc.assert(
    fc.property(fc.oneof(almostAnInstant, fc.string()), (text) => {
      let read: string | undefined
      try {
        read = toInstant(fromInstant(text))
      } catch (error) {
        if (!TemporalError.is(error, 'ERR_TEMPORAL_INVALID')) throw error
      }
      expect(read).toBe(exists(text) ? text : undefined)
    }),
    { numRuns: 1000 },
  )
})
