import { describe, expect, it } from 'vitest'
import {
  AddressError,
  format,
  normalize,
  parse,
  parseKey,
  resolveRelative,
  safeParse,
  toUri,
  translateLegacy,
} from '../src/index.ts'

const PREFIX = 'ucxl://a:b@c:d/*^/'

describe('parse', () => {
  it('gives the parts of an address', () => {
    expect({ ...parse('UCXL://Claude:*@shop:Auth-*/~~2/a/%7e?q=1#part') }).toEqual({
      agent: 'claude',
      role: 'any',
      project: 'shop',
      task: 'auth-*',
      temporal: { kind: 'back', number: 2 },
      path: 'a/~',
      query: 'q=1',
      fragment: 'part',
    })
  })

  it('leaves out query and fragment where there are none', () => {
    expect(Object.keys(parse('ucxl://a:b@c:d'))).toEqual([
      'agent',
      'role',
      'project',
      'task',
      'temporal',
      'path',
    ])
  })

  it('gives an address that cannot be changed', () => {
    const address = parse('ucxl://a:b@c:d/2025-08-07/x')
    expect(() => Object.assign(address, { path: 'y' })).toThrow(TypeError)
    expect(() => Object.assign(address.temporal, { instant: 'never' })).toThrow(TypeError)
    expect(() => Object.assign(address, { query: 'q' })).toThrow(TypeError)
  })

  it('refuses lone surrogates, escaped or not', () => {
    for (const [text, code, offset] of [
      ['ucxl://a\ud800:b@c:d', 'ERR_ADDRESS_NAME', 8],
      ['ucxl://a:b@c:d/*^/\udc00', 'ERR_ADDRESS_PATH', 18],
      ['ucxl://a:b@c:d/*^/%ED%A0%80', 'ERR_ADDRESS_PERCENT', 18],
      ['ucxl://a:b@c:d?\ud800', 'ERR_ADDRESS_QUERY', 15],
      ['ucxl://a:b@c:d#\ud800', 'ERR_ADDRESS_FRAGMENT', 15],
    ] as const) {
      expect(safeParse(text)).toMatchObject({ error: { code, offset } })
    }
  })

  it.each<unknown>([undefined, null, 42, {}, ['ucxl://a:b@c:d']])(
    'throws a TypeError for %j',
    (value) => {
      const text = value as never
      const base = parse('ucxl://a:b@c:d')
      for (const run of [parse, safeParse, normalize, parseKey, translateLegacy]) {
        expect(() => run(text)).toThrow(TypeError)
      }
      expect(() => resolveRelative(base, text)).toThrow(TypeError)
    },
  )
})

describe('the limit of 2,048 bytes', () => {
  const fits = PREFIX + 'x'.repeat(2048 - PREFIX.length)

  it('is the last length that is read', () => {
    expect(format(parse(fits))).toBe(fits)
    expect(safeParse(`${fits}x`)).toMatchObject({
      success: false,
      error: { code: 'ERR_ADDRESS_LENGTH', offset: 2048 },
    })
  })

  it('leaves room for the escapes of the URI form', () => {
    const back = `ucxl://a:b@c:d/^^1/${'x'.repeat(2029)}`
    expect(back).toHaveLength(2048)
    expect(toUri(parse(back))).toHaveLength(2054)
    expect(format(parse(toUri(parse(back))))).toBe(back)
  })

  it('holds for the canonical form of a short text too', () => {
    for (const text of [
      `ucxl://a:b@c:d/${'x'.repeat(2033)}`,
      `ucxl://*:*@*:*/*^/${'x'.repeat(2030)}`,
      `ucxl://a:b@c:d/2025-08-07/${'x'.repeat(2022)}`,
    ]) {
      expect(text).toHaveLength(2048)
      expect(safeParse(text)).toMatchObject({ error: { code: 'ERR_ADDRESS_LENGTH', offset: 2048 } })
    }
  })

  it('comes before what else is wrong, and counts bytes', () => {
    const error = (text: string): unknown => safeParse(text)
    expect(error(`${PREFIX}${'\u00e9'.repeat(1015)}`)).toMatchObject({
      error: { code: 'ERR_ADDRESS_PATH' },
    })
    expect(error(`${PREFIX}${'\u00e9'.repeat(1016)}`)).toMatchObject({
      error: { code: 'ERR_ADDRESS_LENGTH', offset: PREFIX.length + 1015 },
    })
    expect(error(`x${'\u{1f600}'.repeat(512)}`)).toMatchObject({
      error: { code: 'ERR_ADDRESS_LENGTH', offset: 1 + 2 * 511 },
    })
    expect(error('\ud800'.repeat(683))).toMatchObject({
      error: { code: 'ERR_ADDRESS_LENGTH', offset: 682 },
    })
  })

  it('refuses a text of 100 MB without reading it', () => {
    const text = PREFIX + 'x'.repeat(100_000_000)
    const before = process.memoryUsage().heapUsed
    const results = [safeParse(text), safeParse(`${text}y`)]
    const error = ((): unknown => {
      try {
        return parseKey(text)
      } catch (thrown) {
        return thrown
      }
    })()
    // Each text is in pieces so far: to look into one would put them together.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(50_000_000)
    for (const found of [...results.map((result) => !result.success && result.error), error]) {
      expect(found).toMatchObject({ code: 'ERR_ADDRESS_LENGTH', offset: 2048, input: '' })
    }
  })

  it.each([
    'a',
    'a:',
    'a:b@c:d/',
    '/',
    '*',
    '%',
    '%41',
    '.',
    './',
    '**/',
    '*@1',
    '?',
    '#',
    '~~',
    '2025-08-07',
  ])('ends at once for an address of many %j', (unit) => {
    for (const start of ['', 'ucxl://', 'ucxl://a:b@', 'ucxl://a:b@c:d/', PREFIX, `${PREFIX}?`]) {
      const text = (start + unit.repeat(2048)).slice(0, 2047)
      for (const end of ['', '^', ' ', '\u00e9']) {
        const result = safeParse(text + end)
        expect(result.success || result.error instanceof AddressError).toBe(true)
      }
    }
  })
})
