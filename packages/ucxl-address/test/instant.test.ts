import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readInstant } from '../src/instant.ts'
import { instant } from './arbitraries.ts'

it('leaves a moment in its written form as it is', () => {
  fc.assert(
    fc.property(instant, (moment) => {
      expect(readInstant(moment)).toBe(moment)
    }),
    { numRuns: 2000 },
  )
})

it('reads every shift from UTC as the same moment', () => {
  const shift = fc.record({
    sign: fc.constantFrom(1, -1),
    hours: fc.nat(23),
    minutes: fc.nat(59),
  })
  fc.assert(
    fc.property(instant, shift, (moment, { sign, hours, minutes }) => {
      const ms = sign * (hours * 60 + minutes) * 60_000
      const local = new Date(Date.parse(moment) + ms).toISOString()
      fc.pre(ms !== 0 && local.length === 24)
      const zone = [hours, minutes].map((part) => String(part).padStart(2, '0')).join(':')
      expect(readInstant(local.replace('Z', (sign < 0 ? '-' : '+') + zone))).toBe(moment)
    }),
    { numRuns: 2000 },
  )
})

it('knows the last day of every month of every year', () => {
  const year = fc.integer({ min: 0, max: 9999 }).map((number) => String(number).padStart(4, '0'))
  fc.assert(
    fc.property(year, fc.integer({ min: 1, max: 12 }), (of, month) => {
      const date = new Date(`${of}-01-01T00:00:00Z`)
      date.setUTCMonth(month, 0)
      const last = date.toISOString().slice(0, 10)
      expect(readInstant(last)).toBe(`${last}T00:00:00Z`)
      expect(readInstant(`${last.slice(0, 8)}${date.getUTCDate() + 1}`)).toBeUndefined()
    }),
  )
})
