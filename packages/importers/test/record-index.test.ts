import { describe, expect, test } from 'vitest'
import { createRecordIndex } from '../src/decisions/record-index.ts'

const all = [
  { key: 'a', path: 'adr/0001-a.md' },
  { key: 'b', path: 'adr/ADR-0002 b.md' },
  { key: 'p', path: 'peps/pep-0484.rst' },
  { key: 'x', path: 'web/0001-x.md' },
  { key: 'y', path: 'app/same.md' },
  { key: 'z', path: 'lib/same.md' },
  { key: 'd', path: 'log/20200101-use-d.md' },
]

describe('a link to a path', () => {
  test.each([
    ['0001-a.md', 'adr/0002-b.md', 'a'],
    ['./0001-a.md', 'adr/0002-b.md', 'a'],
    ['../adr/0001-a.md', 'web/0001-x.md', 'a'],
    ['/adr/0001-a.md', 'web/0001-x.md', 'a'],
    ['0001-a', 'adr/0002-b.md', 'a'],
    ['../0001-a/', 'adr/site/0002-b.md', 'a'],
    ['../pages/0001-a.html', 'adr/0002-b.md', 'a'],
    ['ADR-0002 b.md', 'adr/0001-a.md', 'b'],
    ['20200101-use-d.md', 'log/other.md', 'd'],
    ['same.md', 'app/other.md', 'y'],
    ['same', 'app/other.md', 'y'],
    ['same.md', 'web/0001-x.md', undefined],
    ['0009-nothing.md', 'adr/0001-a.md', undefined],
    ['../../../etc/passwd', 'adr/0001-a.md', undefined],
  ])('%s in %s', (path, from, key) => {
    expect(createRecordIndex(all).find({ path }, from)).toBe(key)
  })
})

describe('a link to a number', () => {
  test.each([
    [484, 'adr/0001-a.md', 'p'],
    [2, 'peps/pep-0484.rst', 'b'],
    [1, 'adr/0002-b.md', 'a'],
    [1, 'web/0002-b.md', 'x'],
    [1, 'peps/pep-0484.rst', undefined],
    [3, 'adr/0001-a.md', undefined],
  ])('%i in %s', (number, from, key) => {
    expect(createRecordIndex(all).find({ number }, from)).toBe(key)
  })
})

test('a path is who has it now, and later who had it last', () => {
  const moves = [
    { key: 'a', path: 'one.md' },
    { key: 'a', path: 'two.md' },
    { key: 'b', path: 'one.md' },
  ]
  const index = createRecordIndex(moves)
  const find = (path: string): string | undefined => index.find({ path }, 'x.md')
  index.move('a', 'one.md')
  expect(find('one.md')).toBe('a')
  index.move('a', 'two.md')
  expect([find('one.md'), find('two.md')]).toEqual(['a', 'a'])
  index.move('b', 'one.md')
  expect([find('one.md'), find('two.md')]).toEqual(['b', 'a'])
})
