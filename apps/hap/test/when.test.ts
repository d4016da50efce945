import { describe, expect, test } from 'vitest'
import { temporalOf } from '../src/when.ts'

// A Friday.
const NOW = Date.UTC(2025, 7, 8, 15, 30)

describe('when', () => {
  test.each([
    ['latest', '*^'],
    ['first', '*~1'],
    ['prev', '~~1'],
    ['next', '^^1'],
    ['3', '*~3'],
    ['~~2', '~~2'],
    ['*~7', '*~7'],
    ['2025-08-07', '2025-08-07'],
    ['2025-08-07t12:00:00z', '2025-08-07T12:00:00Z'],
    ['2025-08-07 12:00:00Z', '2025-08-07T12:00:00Z'],
    ['now', '2025-08-08T15:30:00.000Z'],
    ['today', '2025-08-08T00:00:00.000Z'],
    ['Yesterday', '2025-08-07T00:00:00.000Z'],
    ['monday', '2025-08-04T00:00:00.000Z'],
    ['last friday', '2025-08-01T00:00:00.000Z'],
    ['90 minutes ago', '2025-08-08T14:00:00.000Z'],
    ['an hour ago', '2025-08-08T14:30:00.000Z'],
    ['3 days ago', '2025-08-05T15:30:00.000Z'],
    ['last week', '2025-08-01T15:30:00.000Z'],
    ['1 month ago', '2025-07-08T15:30:00.000Z'],
    ['2 years ago', '2023-08-08T15:30:00.000Z'],
  ])('%s is %s', (words, temporal) => {
    expect(temporalOf(words, NOW)).toBe(temporal)
  })

  test('a month ago is the last day that the month has, where it is shorter', () => {
    expect(temporalOf('1 month ago', Date.UTC(2025, 2, 31, 12))).toBe('2025-02-28T12:00:00.000Z')
    expect(temporalOf('a year ago', Date.UTC(2024, 1, 29, 12))).toBe('2023-02-28T12:00:00.000Z')
  })

  test.each(['', 'gestern', '0', '-1', '3 fortnights ago', '99999999 days ago'])(
    '%j means nothing',
    (words) => {
      expect(() => temporalOf(words, NOW)).toThrow(
        expect.objectContaining({ code: 'ERR_HAP_WHEN' }),
      )
    },
  )
})
