import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as browser from '../src/browser.ts'
import { JsonError, parseStrictJson } from '../src/index.ts'
import { scanJson } from '../src/json-scan.ts'
import { json } from './support.ts'

const vectors = json('vectors/canonical.json') as {
  valid: { id: string; input: string }[]
  invalid: {
    id: string
    clause: string
    input: string
    code: string
    line: number
    column: number
  }[]
}

function errorOf(run: () => unknown): JsonError | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (error instanceof JsonError) return error
    throw error
  }
}

describe('reading strictly', () => {
  test('has all its vectors', () => {
    expect(vectors.invalid.length).toBe(46)
  })

  test.each(vectors.invalid)('refuses $id, and says where', ({ input, code, line, column }) => {
    for (const parse of [parseStrictJson, browser.parseStrictJson]) {
      expect(errorOf(() => parse(input))).toMatchObject({ code, line, column })
    }
  })

  test.each(vectors.valid)('takes $id, as the engine reads it', ({ input }) => {
    expect(parseStrictJson(input)).toEqual(JSON.parse(input))
    expect(errorOf(() => scanJson(input, 64))).toBeUndefined()
  })

  test('says where in a sentence, with what was expected', () => {
    const error = errorOf(() => parseStrictJson('{\n  "a": 1,\n  "a": 2\n}'))
    expect(error?.message).toBe('Expected each name once at line 3, column 3, got "a" again')
    expect(error).toMatchObject({ name: 'JsonError', offset: 14 })
  })

  test('takes every value however it is spaced, and gives what the engine gives', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('', ' ', '\n\t'), (value, space) => {
        const text = JSON.stringify(value, null, space)
        const expected: unknown = JSON.parse(text)
        const run = (): unknown => parseStrictJson(text)
        if (holdsUnsafe(expected)) expect(run).toThrow(JsonError)
        else expect(run()).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })

  test('is never more lenient than the engine, nor stricter in its grammar', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b"',
      '1',
      '-',
      '.5',
      'e3',
      'true',
      'nul',
      ' ',
      '"',
      '\\u0061',
      '0',
      '\u0001',
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 9 }), (parts) => {
        const text = parts.join('')
        const scanned = errorOf(() => scanJson(text, 64))
        if (isJson(text)) expect(scanned?.code).not.toBe('ERR_IDENTITY_JSON')
        // What is no JSON may be refused for something that comes before: a name again, a number.
        else expect(scanned).toBeDefined()
      }),
      { numRuns: 3000 },
    )
  })

  test('finds a name that stands twice, wherever and however it is written', () => {
    const names = fc.uniqueArray(
      fc.string({ unit: 'binary' }).filter((name) => name.isWellFormed()),
      {
        minLength: 1,
        maxLength: 6,
      },
    )
    fc.assert(
      fc.property(names, fc.nat(), fc.boolean(), (list, place, escaped) => {
        const twice = list[place % list.length]!
        const again = escaped ? escapeAll(twice) : JSON.stringify(twice)
        const members = list.map((name) => `${JSON.stringify(name)}:1`)
        const text = `[{${members.join(',')}},{${members.join(',')},${again}:2}]`
        expect(errorOf(() => parseStrictJson(text))?.code).toBe('ERR_IDENTITY_JSON_DUPLICATE')
        expect(errorOf(() => parseStrictJson(`[{${members.join(',')}}]`))).toBeUndefined()
      }),
      { numRuns: 40 },
    )
  })

  test.each(['', ' '])('counts levels, and stops at the bound (space %j)', (space) => {
    const nested = (levels: number): string =>
      `${'[ '.repeat(levels).replaceAll(' ', space)}${']'.repeat(levels)}`
    expect(errorOf(() => parseStrictJson(nested(64)))).toBeUndefined()
    expect(errorOf(() => parseStrictJson(nested(65)))?.code).toBe('ERR_IDENTITY_JSON_LIMIT')
    expect(errorOf(() => parseStrictJson(nested(3), { maxDepth: 2 }))?.code).toBe(
      'ERR_IDENTITY_JSON_LIMIT',
    )
    expect(errorOf(() => parseStrictJson(`1${space}`, { maxDepth: 0 }))).toBeUndefined()
    expect(errorOf(() => parseStrictJson(nested(100_000)))?.code).toBe('ERR_IDENTITY_JSON_LIMIT')
  })

  test('does not begin with a text over the bound', () => {
    expect(errorOf(() => parseStrictJson('[1,2]', { maxLength: 5 }))).toBeUndefined()
    expect(errorOf(() => parseStrictJson('[1,2] ', { maxLength: 5 }))?.code).toBe(
      'ERR_IDENTITY_JSON_LIMIT',
    )
    expect(errorOf(() => parseStrictJson(`"${'x'.repeat(1_048_575)}"`))?.code).toBe(
      'ERR_IDENTITY_JSON_LIMIT',
    )
  })

  test('manages a long text of any kind', () => {
    const long = 'x'.repeat(8_000_000)
    const escapes = String.raw`\n`.repeat(1_000_000)
    const options = { maxLength: 2 ** 25 }
    expect(parseStrictJson(` "${long}"`, options)).toBe(long)
    expect(String(parseStrictJson(` "${escapes}"`, options)).length).toBe(1_000_000)
    for (const text of [`"${long}`, `"${escapes}`, `[${'1,'.repeat(500_000)}`])
      expect(errorOf(() => parseStrictJson(text, options))?.code).toBe('ERR_IDENTITY_JSON')
  })
})

function holdsUnsafe(value: unknown): boolean {
  if (typeof value === 'number')
    return /^-?\d+$/.test(JSON.stringify(value)) && !Number.isSafeInteger(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsUnsafe)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function escapeAll(text: string): string {
  const units = Array.from({ length: text.length }, (_, place) => text.charCodeAt(place))
  return `"${units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')}"`
}
