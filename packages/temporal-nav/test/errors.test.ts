import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { TemporalError } from '../src/index.ts'
import type { TemporalErrorCode } from '../src/index.ts'

/** The type makes this exactly the union: a code too few or too many does not compile. */
const codes: Record<TemporalErrorCode, true> = {
  ERR_TEMPORAL_NOT_FOUND: true,
  ERR_TEMPORAL_OUT_OF_RANGE: true,
  ERR_TEMPORAL_GONE: true,
  ERR_TEMPORAL_MISSING: true,
  ERR_TEMPORAL_NOT_VALID: true,
  ERR_TEMPORAL_AHEAD: true,
  ERR_TEMPORAL_ORDER: true,
  ERR_TEMPORAL_INVALID: true,
}

test('the README lists every code, and no other', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const listed = [...readme.matchAll(/^\| `(ERR_[A-Z_]+)` +\|/gm)].map(([, code]) => String(code))
  expect(listed.toSorted()).toEqual(Object.keys(codes).toSorted())
})

test('is recognised by code, also when it comes from another copy of the package', () => {
  const details = { key: 'a' }
  const error = new TemporalError('ERR_TEMPORAL_NOT_FOUND', { message: 'no a', details })
  expect(error).toBeInstanceOf(Error)
  expect(error.name).toBe('TemporalError')
  expect(error.message).toBe('no a')
  expect(Object.isFrozen(error.details)).toBe(true)
  expect(TemporalError.is(error)).toBe(true)
  expect(TemporalError.is(error, 'ERR_TEMPORAL_NOT_FOUND')).toBe(true)
  expect(TemporalError.is(error, 'ERR_TEMPORAL_GONE')).toBe(false)
  const twin = Object.assign(new Error('no a'), {
    [Symbol.for('@bzzz/temporal-nav/error')]: true,
    code: 'ERR_TEMPORAL_NOT_FOUND',
  })
  expect(TemporalError.is(twin, 'ERR_TEMPORAL_NOT_FOUND')).toBe(true)
})

test.each([
  undefined,
  null,
  'ERR_TEMPORAL_GONE',
  {},
  new Error('x'),
  { code: 'ERR_TEMPORAL_GONE' },
])('takes %o for no error of this package', (value) => {
  expect(TemporalError.is(value)).toBe(false)
})

test('keeps its cause', () => {
  const cause = new Error('disk')
  const details = { received: 1 }
  const error = new TemporalError('ERR_TEMPORAL_INVALID', { message: 'no', details, cause })
  expect(error.cause).toBe(cause)
  const bare = new TemporalError('ERR_TEMPORAL_INVALID', { message: 'no', details })
  expect('cause' in bare).toBe(false)
})

test('its data survives a trip through JSON', () => {
  const details = {
    key: 'a',
    asked: { selector: { kind: 'version', number: 2 }, version: 2 },
    first: { version: 1, time: 0, content: 'c' },
    last: { version: 1, time: 0, content: 'c' },
  } as const
  const error = new TemporalError('ERR_TEMPORAL_OUT_OF_RANGE', { message: 'no', details })
  expect(JSON.parse(JSON.stringify(error.details))).toEqual(details)
})
