import { describe, expect, it } from 'vitest'
import { LIMITS, optionsOf, parseDecision, safeParseDecision, type Decision } from '../src/index.ts'
import { decision } from './fixtures.ts'

const base = decision('base')

function codeOf(input: unknown): string {
  const result = safeParseDecision(input)
  return result.success ? 'taken' : result.error.code
}

describe('parseDecision', () => {
  it('copies a value and freezes the copy throughout, and leaves the value as it is', () => {
    const given = { ...base, extra: { list: [{ deep: true }] } }
    const read = parseDecision(given)
    given.extra.list.push({ deep: false })
    expect(read['extra']).toEqual({ list: [{ deep: true }] })
    const { list } = read['extra'] as { list: object[] }
    expect([read, read['extra'], list, list[0]].every((part) => Object.isFrozen(part))).toBe(true)
    expect(Object.isFrozen(given) || Object.isFrozen(given.extra)).toBe(false)
  })

  it('keeps a field named __proto__ as the field that it is', () => {
    const read = parseDecision(JSON.stringify(base).replace('{', '{"__proto__":{"x":1},'))
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
    expect(JSON.parse(JSON.stringify(read))).toHaveProperty(['__proto__'], { x: 1 })
    expect('x' in read).toBe(false)
  })

  it('takes a property that is undefined for one that is not there', () => {
    expect(parseDecision({ ...base, title: undefined })).not.toHaveProperty('title')
  })

  it.each([
    ['a function', { x: () => 1 }],
    ['a symbol', { x: Symbol('x') }],
    ['a bigint', { x: 1n }],
    ['a date', { x: new Date(0) }],
    ['a map', { x: new Map() }],
    ['undefined in a list', { x: [undefined] }],
    ['infinity', { x: Infinity }],
    ['an integer that is not safe', { x: 2 ** 53 }],
    ['a lone surrogate', { x: '\ud800' }],
    ['a lone surrogate in a name', { '\udc00': 1 }],
  ])('refuses %s, which JSON does not carry', (_, fields) => {
    expect(codeOf({ ...base, ...fields })).toBe('ERR_DECISION_JSON')
  })

  it('refuses a value that holds itself, or holds the same many times over, and does not hang', () => {
    const own: Record<string, unknown> = { ...base }
    own['own'] = own
    expect(codeOf(own)).toBe('ERR_DECISION_SIZE')
    let wide: unknown = 'x'
    for (let level = 0; level < 60; level++) wide = [wide, wide]
    expect(codeOf({ ...base, wide })).toBe('ERR_DECISION_SIZE')
  })

  it('takes as many levels and characters as the limits say, and no more', () => {
    const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)])
    expect(codeOf({ ...base, x: nested(LIMITS.depth - 1) })).toBe('taken')
    expect(codeOf({ ...base, x: nested(LIMITS.depth) })).toBe('ERR_DECISION_SIZE')
    const texts = (count: number): string[] => Array.from({ length: count }, () => 'y'.repeat(1000))
    expect(codeOf({ ...base, x: texts(1000) })).toBe('taken')
    expect(codeOf({ ...base, x: texts(1049) })).toBe('ERR_DECISION_SIZE')
    expect(codeOf(JSON.stringify({ ...base, x: texts(1049) }))).toBe('ERR_DECISION_SIZE')
    expect(codeOf(`${' '.repeat(2_000_000)}{`)).toBe('ERR_DECISION_SIZE')
  })

  it('says why a text is no JSON, and keeps the cause', () => {
    const result = safeParseDecision('{"a":1,"a":2}')
    expect(result).toMatchObject({ success: false, error: { code: 'ERR_DECISION_JSON' } })
    expect(result.success ? undefined : result.error.cause).toBeInstanceOf(Error)
  })
})

describe('optionsOf', () => {
  const names = (fields: Partial<Decision>): string[] =>
    optionsOf(decision('o', fields)).map(({ name }) => name)

  it('reads the alternatives of the plain form as options without pros and cons', () => {
    const alternatives = { justification: { alternatives_considered: ['Adyen', '', 'Adyen'] } }
    expect(optionsOf(decision('o', alternatives))).toEqual([{ name: 'Adyen' }])
    expect(names({ ...alternatives, chosen: 'Stripe' })).toEqual(['Stripe', 'Adyen'])
  })

  it('gives the options first, and each name once', () => {
    const options = [{ name: 'Stripe', pros: ['x'] }]
    expect(optionsOf(decision('o', { options, chosen: 'Stripe' }))).toEqual(options)
    expect(names({ options, justification: { alternatives_considered: ['Stripe', 'B'] } })).toEqual(
      ['Stripe', 'B'],
    )
    expect(names({})).toEqual([])
  })
})
