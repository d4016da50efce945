import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

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
