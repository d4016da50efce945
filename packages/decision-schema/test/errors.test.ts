import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DecisionError, safeParseDecision, type DecisionErrorCode } from '../src/index.ts'
import { decision } from './fixtures.ts'

// The compiler keeps this list and the union equal.
const CODES: Record<DecisionErrorCode, true> = {
  ERR_DECISION_JSON: true,
  ERR_DECISION_SIZE: true,
  ERR_DECISION_INVALID: true,
  ERR_DECISION_SIGNATURE: true,
  ERR_CITATION_NOT_FOUND: true,
  ERR_CITATION_CHANGED: true,
  ERR_EXCERPT_NOT_FOUND: true,
  ERR_CHAIN_START: true,
  ERR_CHAIN_LIMIT: true,
}

function errorOf(input: unknown): DecisionError {
  const result = safeParseDecision(input)
  if (result.success) throw new Error('it was taken')
  return result.error
}

describe('DecisionError', () => {
  it('has the codes that the README lists', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    const listed = [...readme.matchAll(/^\| `(ERR_\w+)`/gm)].map(([, code = '']) => code)
    expect(new Set(listed)).toEqual(new Set(Object.keys(CODES)))
    expect(listed).toHaveLength(Object.keys(CODES).length)
  })

  it('says what was expected, where, what came, and an example', () => {
    const citations = [{ type: 'refines', ucxl_address: 'ucxl://a:b@c:d/x', relevance: 'huge' }]
    const error = errorOf({ ...decision('a'), citations })
    expect(error).toMatchObject({
      name: 'DecisionError',
      code: 'ERR_DECISION_INVALID',
      path: '/citations/0/relevance',
      expected: 'high, medium or low',
      received: '"huge"',
      example: '"high"',
      message:
        'Expected high, medium or low at /citations/0/relevance, got "huge". An example: "high".',
    })
  })

  it('names a field that is missing, or that the list form of a proof has wrong', () => {
    const { agent_id: _, ...rest } = decision('a')
    expect(errorOf(rest).message).toBe(
      'Expected a name of 1 to 256 characters at /agent_id, got nothing. An example: "claude".',
    )
    expect(errorOf({ ...decision('a'), options: ['Stripe'] }).message).toBe(
      'Expected an option at /options/0, got "Stripe". An example: {"name":"Stripe","pros":["No card data"]}.',
    )
    expect(errorOf('[]').message).toBe('Expected a decision, as an object, got a list of 0.')
  })

  it('tells of all that is wrong, up to 20 things', () => {
    const error = errorOf({ ...decision('a'), title: 1, status: 'x', options: null })
    expect(error.problems.map(({ path }) => path)).toEqual(['/status', '/title', '/options'])
    expect(error.message).toMatch(/ 2 more in problems\.$/)
    expect(Object.isFrozen(error.problems) && Object.isFrozen(error.problems[0])).toBe(true)
    const deciders = Array.from({ length: 100 }, () => 1)
    expect(errorOf({ ...decision('a'), deciders }).problems).toHaveLength(20)
  })

  it('writes the names in a path as a JSON pointer does', () => {
    const error = errorOf({ ...decision('a'), 'a/b~c': { x: Number.NaN } })
    expect(error).toMatchObject({ code: 'ERR_DECISION_JSON', path: '/a~1b~0c/x', received: 'NaN' })
  })

  it('shows hostile characters as escapes, and long texts in part', () => {
    expect(errorOf({ ...decision('a'), status: '\u202e\x1b[31m\u0430' }).received).toBe(
      String.raw`"\u202e\u001b[31m\u0430"`,
    )
    expect(errorOf({ ...decision('a'), status: 'x'.repeat(5000) }).received).toBe(
      `"${'x'.repeat(60)}"...`,
    )
  })

  it('is known again, also from another copy of the package', () => {
    const error = errorOf('{}')
    expect(DecisionError.is(error)).toBe(true)
    expect(DecisionError.is(error, 'ERR_DECISION_INVALID')).toBe(true)
    expect(DecisionError.is(error, 'ERR_DECISION_JSON')).toBe(false)
    const foreign = Object.assign(new Error('x'), {
      [Symbol.for('@bzzz/decision-schema/error')]: true,
      code: 'ERR_CHAIN_START',
    })
    expect(DecisionError.is(foreign, 'ERR_CHAIN_START')).toBe(true)
    expect(DecisionError.is(new Error('x'))).toBe(false)
    expect(DecisionError.is({ code: 'ERR_CHAIN_START' })).toBe(false)
  })
})
