import { describe, expect, it, test } from 'vitest'
import {
  AddressError,
  compare,
  compilePattern,
  format,
  isPattern,
  keyOf,
  matches,
  normalize,
  parse,
  parseKey,
  resolveRelative,
  safeParse,
  toUri,
  translateLegacy,
} from '../src/index.ts'
import { scan } from '../src/scan.ts'
import { violations } from './json-schema.ts'
import { schema, vectors } from './vectors.ts'

function errorOf(run: () => unknown): AddressError {
  try {
    run()
  } catch (error) {
    if (error instanceof AddressError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('the file of vectors', () => {
  it('is as its schema says', () => {
    expect(violations(schema, vectors)).toEqual([])
  })

  it('is refused by its schema where a vector is misspelt', () => {
    const [first, ...others] = vectors.key
    const broken = { ...vectors, key: [{ ...first, canonical: 'ucxl://a', extra: 1 }, ...others] }
    expect(violations(schema, broken)).toEqual([
      expect.stringMatching(/^\/key\/0\/canonical: does not match/),
      '/key/0: unknown extra',
    ])
  })

  it('is whole', () => {
    const rows = Object.entries(vectors).filter(([, value]) => Array.isArray(value))
    expect(Object.fromEntries(rows.map(([name, value]) => [name, value.length]))).toEqual({
      valid: 95,
      invalid: 181,
      uri: 13,
      match: 84,
      legacy: 17,
      legacyInvalid: 8,
      key: 6,
      keyInvalid: 18,
      relative: 33,
      relativeInvalid: 16,
      specificity: 1,
      order: 1,
    })
  })

  it('has a vector for each clause, a clause for each vector, and each id once', () => {
    const all = [
      ...vectors.valid,
      ...vectors.invalid,
      ...vectors.uri,
      ...vectors.match,
      ...vectors.legacy,
      ...vectors.legacyInvalid,
      ...vectors.key,
      ...vectors.keyInvalid,
      ...vectors.relative,
      ...vectors.relativeInvalid,
      ...vectors.specificity,
      ...vectors.order,
    ]
    const cited = new Set(all.map(({ clause }) => clause))
    expect([...cited].toSorted()).toEqual(Object.keys(vectors.clauses).toSorted())
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  })

  it('shows each code that parse can give, with an offset', () => {
    const shown = vectors.invalid.filter(({ offset }) => offset !== undefined)
    expect(new Set(shown.map(({ code }) => code))).toEqual(
      new Set([
        'ERR_ADDRESS_SCHEME',
        'ERR_ADDRESS_LEGACY',
        'ERR_ADDRESS_AUTHORITY',
        'ERR_ADDRESS_NAME',
        'ERR_ADDRESS_TEMPORAL',
        'ERR_ADDRESS_PATH',
        'ERR_ADDRESS_PERCENT',
        'ERR_ADDRESS_QUERY',
        'ERR_ADDRESS_FRAGMENT',
        'ERR_ADDRESS_LENGTH',
      ]),
    )
  })
})

test.each(vectors.valid)('$id is read, and written in its canonical form', (vector) => {
  const address = parse(vector.text)
  expect(format(address)).toBe(vector.canonical)
  expect(String(address)).toBe(vector.canonical)
  expect(address.temporal).toEqual(vector.temporal)
  expect(isPattern(address)).toBe(vector.key === null)
  expect(normalize(vector.canonical)).toBe(vector.canonical)
  expect(parse(toUri(address))).toEqual(address)
  expect(scan(vector.text)).toEqual(address)
  if (vector.key === null) {
    expect(errorOf(() => keyOf(address)).code).toBe('ERR_ADDRESS_PATTERN')
  } else {
    expect(keyOf(address)).toBe(vector.key)
    expect(keyOf(parseKey(vector.key))).toBe(vector.key)
  }
})

test.each(vectors.invalid)('$id is refused with its code where it goes wrong', (vector) => {
  const error = errorOf(() => parse(vector.text))
  expect(error.code).toBe(vector.code)
  if (vector.offset !== undefined) expect(error.offset).toBe(vector.offset)
  expect(safeParse(vector.text)).toEqual({ success: false, error })
})

test.each(vectors.uri)('$id is read, and new URL() reads its URI form', (vector) => {
  const address = parse(vector.text)
  expect(format(address)).toBe(vector.canonical)
  const uri = toUri(address)
  if (vector.uri !== undefined) expect(uri).toBe(vector.uri)
  expect(new URL(uri).href).toBe(uri)
  expect(parse(uri)).toEqual(address)
})

test.each(vectors.match)('$id matches or not', ({ pattern, address, matches: expected }) => {
  const context = parse(address)
  const compiled = compilePattern(parse(pattern))
  expect(compiled.test(context)).toBe(expected)
  expect(matches(parse(pattern), context)).toBe(expected)
  if (!isPattern(context)) expect(compiled.testKey(keyOf(context))).toBe(expected)
})

test.each(vectors.legacy)('$id is translated', ({ text, canonical }) => {
  expect(format(translateLegacy(text))).toBe(canonical)
})

test.each(vectors.legacyInvalid)('$id is not translated', ({ text, code, offset }) => {
  expect(errorOf(() => translateLegacy(text))).toMatchObject({ code, offset })
})

test.each(vectors.key)('$id is the key of its address', ({ key, canonical }) => {
  expect(format(parseKey(key))).toBe(canonical)
  expect(keyOf(parse(canonical))).toBe(key)
})

test.each(vectors.keyInvalid)('$id is no key', ({ key, code }) => {
  expect(errorOf(() => parseKey(key)).code).toBe(code)
})

test.each(vectors.relative)('$id is resolved', ({ base, reference, canonical }) => {
  expect(format(resolveRelative(parse(base), reference))).toBe(canonical)
})

test.each(vectors.relativeInvalid)('$id is not resolved', ({ base, reference, code, offset }) => {
  expect(errorOf(() => resolveRelative(parse(base), reference))).toMatchObject({ code, offset })
})

test.each(vectors.specificity)('$id is in order of how specific it is', ({ patterns }) => {
  const weights = patterns.map((text) => compilePattern(parse(text)).specificity)
  expect(weights).toEqual(weights.toSorted((a, b) => b - a))
  expect(new Set(weights).size).toBe(weights.length)
})

test.each(vectors.order)('$id is in order', ({ addresses }) => {
  const sorted = addresses.map(parse).toReversed().toSorted(compare)
  expect(sorted.map(format)).toEqual(addresses)
})
