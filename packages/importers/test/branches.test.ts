import { expect, test } from 'vitest'
import { chooseBranch, parseRefs } from '../src/branches.ts'

const refs = (...names: string[]): ReturnType<typeof parseRefs> =>
  parseRefs(names.map((name, place) => `${place}abc ${name}\n`).join(''))

test.each([
  ['HEAD first', ['refs/heads/main', 'HEAD'], undefined, 'HEAD'],
  ['main without HEAD', ['refs/heads/master', 'refs/heads/main'], undefined, 'refs/heads/main'],
  ['master without main', ['refs/heads/x', 'refs/heads/master'], undefined, 'refs/heads/master'],
  ['the only branch', ['refs/heads/trunk', 'refs/tags/v1'], undefined, 'refs/heads/trunk'],
  ['the branch that is wanted', ['HEAD', 'refs/heads/x'], 'x', 'refs/heads/x'],
  ['a branch before a tag', ['refs/tags/x', 'refs/heads/x'], 'x', 'refs/heads/x'],
  ['a tag', ['HEAD', 'refs/tags/v1'], 'v1', 'refs/tags/v1'],
  ['a remote branch', ['HEAD', 'refs/remotes/origin/x'], 'origin/x', 'refs/remotes/origin/x'],
  ['a full name', ['HEAD', 'refs/pull/1/head'], 'refs/pull/1/head', 'refs/pull/1/head'],
])('chooses %s', (_what, names, wanted, chosen) => {
  expect(chooseBranch(refs(...names), wanted).name).toBe(chosen)
})

test('several branches and no default are listed, at most twenty of them', () => {
  const many = Array.from({ length: 25 }, (_, place) => `refs/heads/b${place + 10}`)
  expect(() => chooseBranch(refs(...many))).toThrow(
    'Expected HEAD, main, master or a single branch, found b10, b11, b12, b13, b14, b15, b16, b17, b18, b19, b20, b21, b22, b23, b24, b25, b26, b27, b28, b29 and 5 more: choose one',
  )
  expect(() => chooseBranch(refs('refs/tags/v1'))).toThrow('found no branch')
})

test('a name is a name, and no expression', () => {
  expect(() => chooseBranch(refs('HEAD', 'refs/heads/main'), 'main~1')).toThrow(
    expect.objectContaining({ code: 'ERR_IMPORT_BRANCH' }) as Error,
  )
})
