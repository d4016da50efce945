import fc from 'fast-check'
import { createAddress, format, toUri, type Address, type Temporal } from '../src/index.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'
const characters = (from: string, max: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...from.split('')), maxLength: max })

/** A name in lower case that stands for one participant, project or task. */
const name: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...LETTERS.split('')), characters(`${LETTERS}-_.`, 62))
  .map(([first, rest]) => first + rest)
  .filter((text) => text !== 'any')

/** A name of a pattern; of few letters, so that it meets names now and then. */
const fewNames: fc.Arbitrary<string> = characters('ab-', 5)
  .map((text) => `a${text}`)
  .filter((text) => text !== 'any')
const nameGlob: fc.Arbitrary<string> = fc.oneof(
  fc.constant('any'),
  fewNames,
  characters('ab*', 6).map((text) => `a${text}*`.replaceAll(/\*+/g, '*')),
  characters('ab*', 6).map((text) => `*${text}b`.replaceAll(/\*+/g, '*')),
)

const DAY_MS = 86_400_000
const lastMoment = Date.parse('9999-12-31T23:59:59.999Z')
const firstMoment = Date.parse('0000-01-01T00:00:00Z')

export const instant: fc.Arbitrary<string> = fc
  .oneof(
    fc
      .integer({ min: firstMoment / 1000, max: Math.floor(lastMoment / 1000) })
      .map((s) => s * 1000),
    fc
      .integer({ min: firstMoment / DAY_MS, max: Math.floor(lastMoment / DAY_MS) })
      .map((day) => day * DAY_MS),
    fc.integer({ min: firstMoment, max: lastMoment }),
  )
  .map((time) => new Date(time).toISOString().replace('.000Z', 'Z'))

const number = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 999_999_999 }))

const temporal: fc.Arbitrary<Temporal> = fc.oneof(
  fc.constant<Temporal>({ kind: 'latest' }),
  fc.record({ kind: fc.constantFrom('version', 'back', 'forward'), number }),
  instant.map((moment): Temporal => ({ kind: 'instant', instant: moment })),
)

/** A plain segment, before it is encoded: any characters but control ones, and no dot segment. */
const plainSegment = fc
  .oneof(
    characters(`${LETTERS}ABC-._~!$&'()*+,;=:@%/?# ^`, 12),
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom('2025-08-07', '~~2', '*^', '*~', 'any', '.hidden', '...', 'caf\u00e9'),
  )
  .filter((text) => text !== '' && text.isWellFormed())
  .filter((text) => !/^\.{1,2}$|\p{Cc}/u.test(text))

/** Plain segments; a last one that is empty names a folder. */
const plainPath = fc
  .tuple(fc.array(plainSegment, { maxLength: 5 }), fc.boolean())
  .map(([segments, folder]) => (folder && segments.length > 0 ? [...segments, ''] : segments))

const tail = fc.option(characters(`${LETTERS}AZ-._~!$&'()*+,;=:@/?`, 10), { nil: undefined })

function concreteWith(path: fc.Arbitrary<string[]>): fc.Arbitrary<Address> {
  return fc
    .record({
      agent: name,
      role: name,
      project: name,
      task: name,
      temporal,
      path,
      query: tail,
      fragment: tail,
    })
    .map(createAddress)
}

/** A concrete address. */
export const concrete: fc.Arbitrary<Address> = concreteWith(plainPath)

/** A concrete address without escapes. */
export const simple: fc.Arbitrary<Address> = concreteWith(
  fc.array(
    characters(`${LETTERS}AZ-._~!$&'()+,;=:@`, 8).map((text) => `x${text}`),
    { maxLength: 4 },
  ),
)

/** A segment as it is written, of few characters, some of them escaped. */
const fewSegments = fc
  .array(fc.constantFrom('a', 'b', 'A', '9', '.x', '%C3%A9', '%2A', '%E2%82%AC'), {
    minLength: 1,
    maxLength: 4,
  })
  .map((units) => units.join(''))
const segmentGlob = fc
  .array(fc.constantFrom('a', 'b', 'A', '9', '*', '*', '%C3%A9', '%2A'), {
    minLength: 1,
    maxLength: 6,
  })
  .map((units) => units.join('').replaceAll(/\*+/g, '*'))
const folder = fc.constantFrom('', '', '', '/')

/** A concrete address of few characters, so that patterns meet it now and then. */
export const fewConcrete: fc.Arbitrary<Address> = fc
  .tuple(fewNames, fewNames, fc.array(fewSegments, { maxLength: 5 }), folder)
  .map(([agent, task, segments, end]) =>
    createAddress({
      agent,
      role: 'r',
      project: 'p',
      task,
      path: segments.length === 0 ? '' : segments.join('/') + end,
    }),
  )

/** A pattern, or now and then a concrete address, of few characters. */
export const pattern: fc.Arbitrary<Address> = fc
  .tuple(
    nameGlob,
    fc.constantFrom('any', 'r', '*r*'),
    fc.constantFrom('any', 'p'),
    nameGlob,
    fc.array(fc.oneof(fc.constantFrom('**', '**', '*'), segmentGlob), { maxLength: 6 }),
    folder,
  )
  .map(([agent, role, project, task, segments, end]) =>
    createAddress({
      agent,
      role,
      project,
      task,
      path: segments.length === 0 ? '' : segments.join('/') + end,
    }),
  )

const HARMLESS = ['a', 'Z', '0', '-', '.', '_', '/x', '%41', '%7e', '%c3%A9', '*']
const NASTY = [
  '//',
  '/../',
  '/./',
  '**',
  '*^',
  '*~',
  '~~',
  '^^',
  '%2e',
  '%2A',
  '%3A',
  '%5E',
  '%00',
  '%zz',
  '%C3',
  '%C3%A9',
  '%ED%A0%80',
  '\ud800',
  '\udc00',
  '\u{1f600}',
  '\u0430',
  '\u212a',
  'any',
  'ucxl://',
  'bzzz://',
  '2025-08-07',
  'T14:30',
  '*@2025-08-07',
  '~~0',
  'x'.repeat(70),
].concat('/?#:@%*^~.-_ \\"<>[]{}|`+&=\0\t\n\u007f\u0085'.split(''))

/** What an address becomes when somebody writes it carelessly, or with bad intent. */
export const mutated: fc.Arbitrary<string> = fc
  .tuple(
    fc
      .oneof(simple, simple, concrete, pattern)
      .chain((address) => fc.constantFrom(format(address), toUri(address))),
    fc.array(
      fc.record({
        // Without bias, which favours 0: the scheme is only a small part of what can go wrong.
        at: fc.noBias(fc.nat(9999)),
        cut: fc.integer({ min: 0, max: 4 }),
        insert: fc.oneof(
          fc.constant(''),
          fc.constant(''),
          fc.constantFrom(...HARMLESS),
          fc.constantFrom(...NASTY),
        ),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([text, edits]) => {
    let edited = text
    for (const { at, cut, insert } of edits) {
      const from = Math.floor((at * edited.length) / 10_000)
      edited = edited.slice(0, from) + insert + edited.slice(from + cut)
    }
    return edited
  })

/** Any text, address or not. */
export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: mutated },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 100 }) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom('ucxl://', 'a', 'b.c', ...NASTY))
      .map((parts) => parts.join('')),
  },
)

const digits = fc.constantFrom(
  '00',
  '01',
  '02',
  '12',
  '13',
  '23',
  '24',
  '29',
  '30',
  '31',
  '59',
  '60',
)
const years = fc.constantFrom('0000', '0001', '1900', '2000', '2023', '2024', '9999', '999')
const fractions = fc.constantFrom('', '', '.0', ',5', '.250', '.0000', '.2501', '.')
const zones = fc.oneof(
  fc.constantFrom('', 'Z', 'z', '+00:00', '-00:00', '-00', '+02', '-0200', '+24'),
  fc.tuple(fc.constantFrom('+', '-'), digits, digits).map(([sign, h, m]) => `${sign}${h}:${m}`),
)

/** An address as of a moment, which there may not be. */
export const timed: fc.Arbitrary<string> = fc
  .tuple(years, digits, digits, fc.array(digits, { maxLength: 3 }), fractions, zones)
  .map(([year, month, day, time, fraction, zone]) =>
    time.length === 0
      ? `${year}-${month}-${day}`
      : `${year}-${month}-${day}T${time.join(':')}${time.length === 3 ? fraction : ''}${zone}`,
  )
  .map((moment) => `ucxl://a:b@c:d/${moment}/x`)
