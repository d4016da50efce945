import { expect, test } from 'vitest'
import { whyNoRecord } from '../src/classify.ts'

const why = (path: string, text: string): string | undefined =>
  whyNoRecord(path, new TextEncoder().encode(text))

test.each([
  ['a PEP', 'pep-0001.txt', 'PEP: 1\nTitle: Purpose\nStatus: Active\n\nText\n'],
  ['a PEP in reStructuredText', 'pep-0001.rst', 'PEP: 1\nStatus: Active\n\nText\n'],
  ['fields that go on over several lines', 'x.rst', 'Author: A,\n        B\nStatus: Final\n\nx\n'],
  ['fields with Windows line ends', 'x.txt', 'PEP: 1\r\nStatus: Active\r\n\r\nText\r\n'],
  ['fields after a byte order mark', 'x.txt', '\uFEFFPEP: 1\nStatus: Active\n\nText\n'],
  ['fields that end with the file', 'x.txt', 'PEP: 1\nStatus: Active\n'],
  ['fields at the top of Markdown', 'x.md', 'Id: 1\nStatus: Active\n\nText\n'],
  ['MADR 4', 'x.md', '---\nstatus: accepted\ndate: 2024-01-01\n---\n\n# Use X\n'],
  ['MADR 3', 'x.md', '---\nstatus: "accepted"\n---\n# Use X\n'],
  ['MADR 2', 'x.md', '# Use X\n\n* Status: accepted\n* Deciders: us\n'],
  ['MADR 2 with hyphens', 'x.md', '# Use X\n\n- status: accepted\n'],
  ['MADR without a status', 'x.md', '# Use X\n\n## Context and Problem Statement\n\nWhy?\n'],
  ['MADR with an outcome', 'x.md', '# Use X\n\n## Decision Outcome\n\nX\n'],
  ['adr-tools', '0001-x.md', '# 1. Use X\n\nDate: 2016-02-12\n\n## Status\n\nAccepted\n'],
  ['a decision alone', 'x.markdown', '# Use X\n\n## Decision\n\nX\n'],
  ['a bold status', 'x.md', '# Use X\n\n**Status:** accepted\n'],
  ['an underlined heading', 'x.md', 'Use X\n=====\n\nStatus\n------\n\nAccepted\n'],
  ['a numbered record about templates', '0012-email-template.md', '# X\n\n## Status\n\nx\n'],
  ['capital letters', 'X.MD', '# Use X\n\n## STATUS\n\nAccepted\n'],
])('%s is a record', (_what, path, text) => {
  expect(why(path, text)).toBe(undefined)
})

test.each([
  ['a README', 'adr/README.md', '# X\n\n## Status\n\nx\n', 'a page about records, by its name'],
  ['an index', 'index.md', '# X\n\n## Status\n\nx\n', 'a page about records, by its name'],
  ['a template', 'adr/template.md', '# X\n\n## Status\n\nx\n', 'a template, by its name'],
  ['a kind of template', 'adr-template-bare.md', '## Status\n', 'a template, by its name'],
  ['a template numbered zero', '0000-template.md', '## Status\n', 'a template, by its name'],
  ['a folder of templates', 'templates/adr.md', '## Status\n', 'a template, by its name'],
  ['a NUL byte', 'x.txt', 'PEP: 1\nStatus: \0\n\n', 'not a text: it has a NUL byte'],
  ['a text', 'x.txt', 'Status: fine\n', 'no header field "Status" at its top'],
  ['prose', 'x.txt', 'A: b\nStatus: c\nand more\n\n', 'no header field "Status" at its top'],
  ['fields without status', 'x.rst', 'A: b\nC: d\n\n', 'no header field "Status" at its top'],
  ['an empty file', 'x.txt', '', 'no header field "Status" at its top'],
  [
    'a form in a code block',
    'x.md',
    '# How\n\n```\n## Status\n```\n\n~~~~md\n* Status: x\n~~~~\n',
    'neither a status nor a heading of a decision record (MADR, adr-tools)',
  ],
  [
    'front matter without status',
    'x.md',
    '---\ntitle: Status\n---\n# X\n',
    'neither a status nor a heading of a decision record (MADR, adr-tools)',
  ],
])('%s is none', (_what, path, text, reason) => {
  expect(why(path, text)).toBe(reason)
})

test('a hostile text is judged in time that grows with its length alone', () => {
  const size = 256 * 1024
  for (const unit of ['---\n', '```\n', '# ', '* ', '\n \n', 'a: ', ' \t']) {
    const text = unit.repeat(size / unit.length)
    expect(why('x.md', `---\n${text}`)).toBeTypeOf('string')
  }
})

test('only of one format, where one is asked for', () => {
  const header = Buffer.from('PEP: 1\nStatus: Active\n\nText\n')
  const markdown = Buffer.from('# A\n\n## Status\n\naccepted\n')
  expect(whyNoRecord('a.md', markdown, 'madr')).toBeUndefined()
  expect(whyNoRecord('a.rst', header, 'headers')).toBeUndefined()
  expect(whyNoRecord('a.rst', header, 'madr')).toMatch(/header fields/)
  expect(whyNoRecord('a.md', markdown, 'headers')).toMatch(/no header fields/)
})
