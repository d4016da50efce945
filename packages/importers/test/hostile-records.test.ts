import { expect, test } from 'vitest'
import { completeMap } from '../src/decisions/import-map.ts'
import { parseRecord } from '../src/decisions/parse-record.ts'

// Records come from anybody. Each of these took minutes, or the stack, before it was bounded: read
// again and again, or in all the ways in which it can be parted. A test that hangs is ended.

const map = completeMap({ mentions: true })
const MANY = 200_000
const header = (value: string): string => `PEP: 1\nStatus: Active\nX: ${value}\n\nText\n`
const body = (text: string): string => `PEP: 1\nStatus: Active\n\nRationale\n=========\n${text}\n`

test.each([
  ['numbers, and then none', header(`${Array(MANY).fill('1').join(',  ')}, x!`)],
  ['signs of an address', header('a@'.repeat(MANY))],
  ['brackets that do not end', header('<'.repeat(MANY))],
  ['words that could be hosts', header('at '.repeat(MANY))],
  ['lines that go on', header('x\n '.repeat(MANY))],
  ['fields', `PEP: 1\nStatus: Active\n${'A: x\n'.repeat(MANY)}`],
  ['lines in a section', body('x\n'.repeat(MANY))],
  ['mentions', body('PEP 2 :pep:`3` '.repeat(20_000))],
])('a text with very many %s is read', (_what, text) => {
  expect(parseRecord('text/x-rst', text, map)).toMatchObject({
    status: expect.any(String) as string,
  })
})

test.each([
  ['marks before a link', `# A\n\n${':'.repeat(MANY)}x [a](b.md)\n`],
  ['marks in a title', `# ${':'.repeat(MANY)}x\n`],
  ['marks in a status', `# A\n\n* Status: ${':'.repeat(MANY)}x\n`],
  ['links', `# A\n\n${'[x](y.md) '.repeat(50_000)}\n`],
  ['emphasis', `# A\n\n${'*a'.repeat(100_000)}\n`],
  ['rules', `---\n${'-- \n'.repeat(MANY)}`],
])('Markdown with very many %s is read', (_what, text) => {
  expect(parseRecord('text/markdown', text, map)).toMatchObject({ format: 'madr' })
})

/** Nine times the name before, nine times over. */
const bomb = Array.from({ length: 9 }, (_, at) =>
  at === 0
    ? 'a0: &a0 [x]'
    : `a${at}: &a${at} [${Array(9)
        .fill(`*a${at - 1}`)
        .join(', ')}]`,
).join('\n')

test.each([
  ['aliases', bomb],
  ['brackets', '['.repeat(30_000)],
])('front matter with very many %s is refused', (_what, yaml) => {
  expect(() => parseRecord('text/markdown', `---\n${yaml}\n---\n# A\n`, map)).toThrow(
    expect.objectContaining({ code: 'ERR_IMPORT_SYNTAX' }) as Error,
  )
})

test('what is longer than a record can be is refused before it is read', () => {
  const long = 'x'.repeat(1_048_577)
  for (const type of ['text/markdown', 'text/x-rst', null]) {
    expect(() => parseRecord(type, long, map)).toThrow(
      expect.objectContaining({ code: 'ERR_IMPORT_SYNTAX' }) as Error,
    )
  }
})
