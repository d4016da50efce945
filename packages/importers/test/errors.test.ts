import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ImportError, type ImportErrorCode } from '../src/index.ts'

/** The type makes this exactly the union: a code too few or too many does not compile. */
const codes: Record<ImportErrorCode, true> = {
  ERR_IMPORT_NOT_FOUND: true,
  ERR_IMPORT_NOT_A_REPOSITORY: true,
  ERR_IMPORT_BRANCH: true,
  ERR_IMPORT_GIT_MISSING: true,
  ERR_IMPORT_GIT: true,
  ERR_IMPORT_NO_RECORDS: true,
  ERR_IMPORT_DIVERGED: true,
  ERR_IMPORT_MAP: true,
  ERR_IMPORT_SYNTAX: true,
}

test('the README lists every code, and no other', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const listed = [...readme.matchAll(/^\| `(ERR_[A-Z_]+)` +\|/gm)].map(([, code]) => String(code))
  expect(listed.toSorted()).toEqual(Object.keys(codes).toSorted())
})

test('is recognised by code, also when it comes from another copy of the package', () => {
  const error = new ImportError('ERR_IMPORT_BRANCH', 'no such branch')
  expect(ImportError.is(error)).toBe(true)
  expect(ImportError.is(error, 'ERR_IMPORT_BRANCH')).toBe(true)
  expect(ImportError.is(error, 'ERR_IMPORT_GIT')).toBe(false)
  const twin = Object.assign(new Error('no such branch'), {
    [Symbol.for('@bzzz/importers/error')]: true,
    code: 'ERR_IMPORT_BRANCH',
  })
  expect(ImportError.is(twin, 'ERR_IMPORT_BRANCH')).toBe(true)
  expect(ImportError.is(new Error('x'))).toBe(false)
  expect(ImportError.is('ERR_IMPORT_BRANCH')).toBe(false)
})
