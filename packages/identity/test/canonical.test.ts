import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as browser from '../src/browser.ts'
import { canonicalBytes, canonicalText, parseStrictJson } from '../src/index.ts'
import { code, hex, json } from './support.ts'

const vectors = json('vectors/canonical.json') as {
  valid: { id: string; clause: string; input: string; canonical: string }[]
  numbers: { id: string; ieee: string; text: string }[]
}

describe('the canonical form', () => {
  test('has all its vectors', () => {
    expect([vectors.valid.length, vectors.numbers.length]).toEqual([22, 24])
  })

  test.each(vectors.valid)('$id is that of $clause', ({ input, canonical }) => {
    const value = parseStrictJson(input)
    expect(canonicalText(value)).toBe(canonical)
    expect(browser.canonicalText(value)).toBe(canonical)
    expect(canonicalText(parseStrictJson(canonical))).toBe(canonical)
  })

  test.each(vectors.numbers)('$id, $ieee, is written $text', ({ ieee, text }) => {
    const number = new DataView(hex(ieee).buffer).getFloat64(0)
    expect(canonicalText(number)).toBe(text)
    expect(canonicalText({ number })).toBe(`{"number":${text}}`)
  })

  test('does not depend on the order in which names were set, and reads as the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalText(value)
        expect(canonicalText(JSON.parse(text))).toBe(text)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
        expect(new TextDecoder().decode(canonicalBytes(value))).toBe(text)
      }),
    )
  })

  test('is what another implementation writes, for whatever a program hands in', () => {
    const anything = fc.anything({
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSparseArray: true,
      withBoxedValues: true,
      withTypedArray: true,
      withUnicodeString: true,
      key: fc.oneof(
        fc.string(),
        fc.string({ unit: 'binary' }),
        fc.constantFrom('__proto__', '10', '9', 'toJSON'),
      ),
    })
    fc.assert(
      fc.property(anything, (value) => {
        expect(outcome(canonicalText, value)).toEqual(outcome(canonicalize, value))
      }),
      { numRuns: 400 },
    )
  })

  test.each<[string, unknown, string]>([
    ['a date', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    ['its own words', { a: { toJSON: () => ({ b: 1, a: 2 }) } }, '{"a":{"a":2,"b":1}}'],
    ['what JSON leaves out', { c: 1, b: undefined, a: [undefined, 1] }, '{"a":[null,1],"c":1}'],
    ['a function', { b: 1, a: () => 1 }, '{"b":1}'],
    ['a boxed text', { a: Object('x') as unknown }, '{"a":"x"}'],
    ['a list with words of its own', Object.assign([2, 1], { toJSON: () => 'l' }), '"l"'],
    ['two hundred levels', deep(200), `${'['.repeat(200)}${']'.repeat(200)}`],
  ])('writes %s as JSON.stringify would', (_, value, text) => {
    expect(canonicalText(value)).toBe(text)
  })

  test('is refused to what JSON cannot carry faithfully', () => {
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    const refused = [
      Number.NaN,
      [Number.POSITIVE_INFINITY],
      '\ud800',
      { '\udc00': 1 },
      { a: 'x\udc00' },
    ]
    for (const value of [...refused, undefined, circle, { a: 1n }]) {
      expect(() => canonicalText(value)).toThrow(code('ERR_IDENTITY_CANONICAL'))
    }
  })
})

function deep(levels: number): unknown {
  let value: unknown = []
  for (let level = 1; level < levels; level++) value = [value]
  return value
}

function outcome(
  write: (value: unknown) => string | undefined,
  value: unknown,
): string | undefined {
  try {
    return write(value)
  } catch {
    return undefined
  }
}
