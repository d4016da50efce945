import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AddressError, parse, resolveRelative, toUri } from '../src/index.ts'
import { simple } from './arbitraries.ts'

const segment = fc.constantFrom('a', 'b.c', '.', '..', '%2e', '%2E%2e', '~~2', '...', '%C3%A9')
const end = fc.constantFrom('', '', '/', '?q', '?', '#f', '/?q#f')
const reference = fc.oneof(
  fc
    .tuple(fc.array(segment, { minLength: 1, maxLength: 5 }), end)
    .map(([parts, last]) => parts.join('/') + last),
  fc
    .tuple(
      fc.array(fc.constantFrom('a', '...', '~~2', '%5E%5E'), { minLength: 1, maxLength: 3 }),
      end,
    )
    .map(([parts, last]) => `/${parts.join('/')}${last}`),
  fc.constantFrom('', '?', '?q', '#f', '?q#f'),
)

it('leads where new URL() leads, as long as it stays within the path', () => {
  let within = 0
  fc.assert(
    fc.property(simple, reference, (base, text) => {
      // The URL of Node 22 drops a query that is empty.
      fc.pre(base.path !== '' && base.query !== '')
      const depth = base.path.split('/').length - 1
      try {
        const found = resolveRelative(base, text)
        within++
        expect(found).toEqual(parse(new URL(text, toUri(base)).href))
      } catch (error) {
        expect(error).toBeInstanceOf(AddressError)
        // Only what climbs higher than the base is deep, or a temporal segment that is none, fails.
        const climbs = text
          .split('/')
          .filter((part) => /^(?:\.|%2e){2}(?:[?#]|$)/i.test(part)).length
        expect(climbs > depth || /^\/(?:~~|%5E%5E)/.test(text)).toBe(true)
      }
    }),
    { numRuns: 3000 },
  )
  expect(within).toBeGreaterThan(500)
})
