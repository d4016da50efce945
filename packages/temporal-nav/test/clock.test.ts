import { expect, test } from 'vitest'
import { assertNotAhead, isAhead, MAX_AHEAD_MS, nextTime, TemporalError } from '../src/index.ts'
import { START } from './fixtures.ts'

test('a time more than five minutes ahead is refused, with both times in the error', () => {
  expect(MAX_AHEAD_MS).toBe(300_000)
  expect(isAhead(START + 300_000, START)).toBe(false)
  expect(isAhead(START + 300_001, START)).toBe(true)
  expect(() => assertNotAhead(START + 300_000, START)).not.toThrow()
  let thrown: unknown
  try {
    assertNotAhead(START + 300_001, START)
  } catch (error) {
    thrown = error
  }
  if (!TemporalError.is(thrown, 'ERR_TEMPORAL_AHEAD')) throw thrown
  expect(thrown.details).toEqual({ time: 1_754_049_900_001, now: 1_754_049_600_000 })
  expect(thrown.message).toBe(
    "Expected a time at most 5 minutes ahead of 2025-08-01T12:00:00Z, got 2025-08-01T12:05:00.001Z: check the writer's clock and this one.",
  )
})

test.each([Number.NaN, Infinity, 0.5, 253_402_300_800_000, -62_167_219_200_001])(
  'refuses the time %d',
  (time) => {
    expect(() => nextTime(time, undefined)).toThrow(
      expect.objectContaining({ code: 'ERR_TEMPORAL_INVALID', details: { received: time } }),
    )
    expect(() => assertNotAhead(time, START)).toThrow(
      expect.objectContaining({ code: 'ERR_TEMPORAL_INVALID' }),
    )
    expect(() => assertNotAhead(START, time)).toThrow(
      expect.objectContaining({ code: 'ERR_TEMPORAL_INVALID' }),
    )
  },
)

test('the end of the calendar has no next time', () => {
  expect(() => nextTime(START, 253_402_300_799_999)).toThrow(
    expect.objectContaining({ code: 'ERR_TEMPORAL_INVALID' }),
  )
  expect(() => nextTime(START, 0.5)).toThrow(
    expect.objectContaining({ code: 'ERR_TEMPORAL_INVALID' }),
  )
})
