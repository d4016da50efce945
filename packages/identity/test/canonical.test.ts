import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalBytes, canonicalText } from '../src/index.ts'

describe('the canonical form', () => {
  test('is that of RFC 8785, section 3.2.2', () => {
    const value = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`)
    expect(canonicalText(value)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    )
  })

  test('sorts names by their UTF-16 code units, as in RFC 8785, section 3.2.3', () => {
    const value = {
      '\u20ac': 1,
      '\r': 2,
      '\ufb33': 3,
      '1': 4,
      '\ud83d\ude00': 5,
      '\u0080': 6,
      '\u00f6': 7,
      '10': 8,
    }
    const names = Object.keys(value).toSorted()
    expect(canonicalText(value)).toBe(
      `{${names.map((name) => `${JSON.stringify(name)}:${value[name as keyof typeof value]}`).join(',')}}`,
    )
    expect(canonicalText({ b: 1, 10: 2, 9: 3 })).toBe('{"10":2,"9":3,"b":1}')
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

  test('is refused to what JSON cannot carry faithfully', () => {
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    for (const value of [
      Number.NaN,
      [Number.POSITIVE_INFINITY],
      '\ud800',
      { '\udc00': 1 },
      undefined,
      circle,
    ]) {
      expect(() => canonicalText(value)).toThrow(
        expect.objectContaining({ code: 'ERR_IDENTITY_CANONICAL' }),
      )
    }
  })
})
