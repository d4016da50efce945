import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { PublishError } from '../src/index.ts'
import { plain, reasonOf } from '../src/errors.ts'

const folder = resolve(import.meta.dirname, '..')

test('the table of error codes in the README has exactly the codes there are', () => {
  const declared = readFileSync(resolve(folder, 'src/errors.ts'), 'utf8')
  const listed = readFileSync(resolve(folder, 'README.md'), 'utf8')
  const codes = (text: string, pattern: RegExp): string[] =>
    [...text.matchAll(pattern)].map(([, code = '']) => code).toSorted()
  const inUnion = codes(declared, /\| '(ERR_\w+)'/g)
  expect(inUnion).toHaveLength(5)
  expect(codes(listed, /^\| `(ERR_\w+)`/gm)).toEqual(inUnion)
})

test('an error is recognised by its code, also where another copy of the package threw it', () => {
  const error = new PublishError('ERR_PUBLISH_AGENT', 'no')
  const other = Object.assign(new Error('no'), {
    code: 'ERR_PUBLISH_AGENT',
    [Symbol.for('@bzzz/slurp-client/error')]: true,
  })
  for (const thrown of [error, other]) {
    expect(PublishError.is(thrown)).toBe(true)
    expect(PublishError.is(thrown, 'ERR_PUBLISH_AGENT')).toBe(true)
    expect(PublishError.is(thrown, 'ERR_PUBLISH_CLOSED')).toBe(false)
  }
  expect(PublishError.is(new Error('no'))).toBe(false)
})

test('a reason tells of its cause, in one line that steers no terminal', () => {
  const error = new Error('fetch failed', { cause: new Error('connect\nECONNREFUSED \u001b[31m') })
  expect(reasonOf(error)).toBe('fetch failed: connect ECONNREFUSED  [31m')
  expect(reasonOf('thrown text')).toBe('thrown text')
  expect(plain('x'.repeat(600))).toHaveLength(503)
})
