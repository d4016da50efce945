import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  AddressError,
  compare,
  format,
  isAddress,
  keyOf,
  normalize,
  parse,
  parseKey,
  resolveRelative,
  safeParse,
  toUri,
  translateLegacy,
  type Address,
} from '../src/index.ts'
import { readPlain } from '../src/plain.ts'
import { scan } from '../src/scan.ts'
import { concrete, mutated, pattern, simple, text, timed } from './arbitraries.ts'
import { isInGrammar } from './grammar.ts'
import { vectors } from './vectors.ts'

const address = fc.oneof(simple, concrete, pattern)
const runs = { numRuns: 2000 }

/** The address, or the error; any other error is thrown on. */
function attempt(run: () => Address): Address | AddressError {
  try {
    return run()
  } catch (error) {
    if (error instanceof AddressError) return error
    throw error
  }
}

it('parse gives back what format and toUri wrote', () => {
  fc.assert(
    fc.property(address, (given) => {
      expect(parse(format(given))).toEqual(given)
      expect(parse(toUri(given))).toEqual(given)
    }),
    runs,
  )
})

it('new URL() reads the URI form and leaves it as it is', () => {
  fc.assert(
    fc.property(address, (given) => {
      expect(new URL(toUri(given)).href).toBe(toUri(given))
    }),
    runs,
  )
})

it('parseKey gives back the context of every concrete address', () => {
  fc.assert(
    fc.property(concrete, (given) => {
      const found = parseKey(keyOf(given))
      expect(keyOf(found)).toBe(keyOf(given))
      expect(found.temporal).toEqual({ kind: 'latest' })
    }),
    runs,
  )
})

it('what normalize gives, it gives again', () => {
  let read = 0
  fc.assert(
    fc.property(text, (given) => {
      const result = safeParse(given)
      if (!result.success) return
      read++
      const once = format(result.address)
      expect(normalize(once)).toBe(once)
      expect(parse(once)).toEqual(result.address)
      expect(parse(toUri(result.address))).toEqual(result.address)
    }),
    runs,
  )
  expect(read).toBeGreaterThan(100)
})

it('no text raises anything but an AddressError, which points into it', () => {
  const base = parse('ucxl://a:b@c:d/~~2/x/y')
  fc.assert(
    fc.property(text, (given) => {
      for (const run of [parse, parseKey, translateLegacy]) attempt(() => run(given))
      attempt(() => resolveRelative(base, given))
      const result = safeParse(given)
      if (result.success) return
      const { offset, input, message } = result.error
      expect(input).toBe(given)
      expect(offset).toBeGreaterThanOrEqual(0)
      expect(offset).toBeLessThanOrEqual(given.length)
      expect(message).toMatch(/^[ -~]+$/)
    }),
    runs,
  )
})

it('what the expression takes, the scanner takes for the same address', () => {
  let taken = 0
  fc.assert(
    fc.property(fc.oneof(mutated, text), (given) => {
      const found = readPlain(given)
      if (found === undefined) return
      taken++
      expect(scan(given)).toEqual(found)
    }),
    { numRuns: 5000 },
  )
  expect(taken).toBeGreaterThan(200)
})

it('the expression takes every concrete address without escapes or wildcards', () => {
  fc.assert(
    fc.property(concrete, (given) => {
      const canonical = format(given)
      fc.pre(!canonical.includes('%'))
      expect(readPlain(canonical)).toEqual(given)
    }),
    runs,
  )
})

it('the scanner takes every address, and finds the same fault as parse in every other text', () => {
  fc.assert(
    fc.property(text, (given) => {
      const scanned = attempt(() => scan(given))
      const parsed = attempt(() => parse(given))
      expect(scanned).toEqual(parsed)
    }),
    runs,
  )
})

it('the parser takes what the grammar has, and nothing else', () => {
  let taken = 0
  fc.assert(
    fc.property(fc.oneof(mutated, timed, text), (given) => {
      fc.pre(given.length < 2000)
      const { success } = safeParse(given)
      if (success) taken++
      expect(success).toBe(isInGrammar(given))
    }),
    { numRuns: 10_000 },
  )
  expect(taken).toBeGreaterThan(500)
})

it('what the grammar has among the vectors is what they say', () => {
  const short = ({ text: given }: { text: string }): boolean => given.length < 2000
  for (const { id, text: given } of [...vectors.valid, ...vectors.uri].filter(short)) {
    expect(isInGrammar(given), id).toBe(true)
  }
  for (const { id, text: given } of vectors.invalid.filter(short)) {
    expect(isInGrammar(given), id).toBe(false)
  }
})

it('compare is a total order that agrees with the canonical form', () => {
  const few = fc.oneof(
    fc.constantFrom(...'ab'.split('')).map((path) => parse(`ucxl://a:b@c:d/${path}`)),
    address,
  )
  fc.assert(
    fc.property(few, few, few, (a, b, c) => {
      expect(compare(a, a)).toBe(0)
      expect(compare(a, b)).toBe(-compare(b, a) || 0)
      expect(compare(a, b) === 0).toBe(format(a) === format(b))
      const [first, second, third] = [a, b, c].toSorted(compare)
      if (first === undefined || second === undefined || third === undefined) return
      expect(compare(first, second)).toBeLessThanOrEqual(0)
      expect(compare(second, third)).toBeLessThanOrEqual(0)
      expect(compare(first, third)).toBeLessThanOrEqual(0)
    }),
    runs,
  )
})

it('every address is frozen and known as one', () => {
  fc.assert(
    fc.property(address, (given) => {
      expect(isAddress(given)).toBe(true)
      expect(Object.isFrozen(given) && Object.isFrozen(given.temporal)).toBe(true)
    }),
  )
})
