import { expect, test } from 'vitest'
import { parseHeaders } from '../src/decisions/parse-headers.ts'

const PEP = `PEP: 695
Title: Type Parameter Syntax
Author: Eric Traut <erictr at example.org>,
        guido@python.org (Guido van Rossum)
Sponsor: Ada Lovelace
Status: Final
Type: Standards Track
Requires: 440, 508,
          518
Replaces: 3153
Post-History: 20-Jun-2022, 04-Dec-2022

Abstract
========

This says \`\`what\`\` it is,
in two lines. See :pep:\`484\`.

And more.

Motivation
==========

.. note:: x

:pep:\`type hints <483#section>\` and :rfc:\`822\` came first, as PEP 8 did. :pep:\`\`

Rejected Ideas
--------------

None.
`

test('a PEP: fields in one line each, names, numbers, sections', () => {
  expect(parseHeaders(PEP, false)).toEqual({
    format: 'headers',
    series: 'PEP',
    number: 695,
    title: 'Type Parameter Syntax',
    status: 'Final',
    type: 'Standards Track',
    summary: 'This says ``what`` it is, in two lines. See :pep:`484`.',
    reasoning: expect.stringContaining(':pep:`type hints <483#section>`') as string,
    people: new Map([
      ['author', ['Eric Traut', 'Guido van Rossum']],
      ['sponsor', ['Ada Lovelace']],
      ['requires', ['440', '508', '518']],
      ['replaces', ['3153']],
      ['post_history', ['20-Jun-2022', '04-Dec-2022']],
    ]),
    links: [
      { word: 'requires', target: { number: 440 }, text: 'Requires: 440' },
      { word: 'requires', target: { number: 508 }, text: 'Requires: 508' },
      { word: 'requires', target: { number: 518 }, text: 'Requires: 518' },
      { word: 'replaces', target: { number: 3153 }, text: 'Replaces: 3153' },
      { word: 'mentions', target: { number: 484 }, text: ':pep:`484`' },
      { word: 'mentions', target: { number: 483 }, text: ':pep:`type hints <483#section>`' },
    ],
    fields: {
      Author: 'Eric Traut <erictr at example.org>, guido@python.org (Guido van Rossum)',
      Sponsor: 'Ada Lovelace',
      Requires: '440, 508, 518',
      Replaces: '3153',
      'Post-History': '20-Jun-2022, 04-Dec-2022',
    },
  })
})

test('with mentions, a number after the name of the series is a link too', () => {
  const numbers = parseHeaders(PEP, true).links.map(({ target }) => Object.values(target)[0])
  expect(numbers).toEqual([440, 508, 518, 3153, 484, 483, 8])
})

test('a text of before reStructuredText, whose headings stand at the margin', () => {
  const text = `PEP: 1
Title: PEP Purpose and Guidelines
Status: Draft
Post-History:


What is a PEP?

    PEP stands for Python Enhancement Proposal.  A PEP is a design
    document.

Rationale

    So that one knows.

    Always.

References

    [1] PEP 0
`
  expect(parseHeaders(text, false)).toMatchObject({
    summary: 'PEP stands for Python Enhancement Proposal. A PEP is a design document.',
    reasoning: 'So that one knows.\n\nAlways.',
    links: [],
  })
})

test.each(['', '\n\n', 'no fields here', 'Title: only this', ':\n:', '\uFEFFPEP: 1\nStatus: x'])(
  'what is hardly a record is read as far as it goes: %j',
  (text) => {
    expect(parseHeaders(text, true)).toMatchObject({ format: 'headers', links: [] })
  },
)
