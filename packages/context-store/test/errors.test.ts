import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { StoreError } from '../src/index.ts'

const folder = resolve(import.meta.dirname, '..')

test('the table of error codes in the README has exactly the codes there are', () => {
  const declared = readFileSync(resolve(folder, 'src/errors.ts'), 'utf8')
  const listed = readFileSync(resolve(folder, 'README.md'), 'utf8')
  const codes = (text: string, pattern: RegExp): string[] =>
    [...text.matchAll(pattern)].map(([, code = '']) => code).toSorted()
  const inUnion = codes(declared, /\| '(ERR_\w+)'/g)
  expect(inUnion.length).toBeGreaterThan(10)
  expect(codes(listed, /^\| `(ERR_\w+)`/gm)).toEqual(inUnion)
})

test('an error is recognised by its code, also where another copy of the package threw it', () => {
  const error = new StoreError('ERR_STORE_REDACTED', 'no')
  const other = Object.assign(new Error('no'), {
    code: 'ERR_STORE_REDACTED',
    [Symbol.for('@bzzz/context-store/error')]: true,
  })
  for (const thrown of [error, other]) {
    expect(StoreError.is(thrown)).toBe(true)
    expect(StoreError.is(thrown, 'ERR_STORE_REDACTED')).toBe(true)
    expect(StoreError.is(thrown, 'ERR_STORE_CLOSED')).toBe(false)
  }
  expect(StoreError.is(Object.assign(new Error('no'), { code: 'ERR_STORE_REDACTED' }))).toBe(false)
})
