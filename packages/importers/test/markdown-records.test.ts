import { expect, test } from 'vitest'
import { completeMap } from '../src/decisions/import-map.ts'
import { parseMarkdown } from '../src/decisions/parse-markdown.ts'
import type { ParsedRecord } from '../src/decisions/parsed-record.ts'

const { links } = completeMap()
const parse = (text: string): ParsedRecord => parseMarkdown(text, (word) => links.has(word))
/** Links as `word target`. */
const linksOf = (text: string): string[] =>
  parse(text).links.map(({ word, target }) => `${word} ${Object.values(target).join(' ')}`)

test('MADR 4: front matter, sections, options with their arguments', () => {
  const record = parse(`---
status: accepted
date: 2025-08-01
decision-makers: Ada, Grace
consulted:
  - Alan
informed: []
tags: [db, "storage: local"]
---

# Use SQLite for what a node keeps <!-- a title -->

## Context and Problem Statement

A node keeps *everything*.

Where?

## Decision Drivers

* Speed
* No server

## Considered Options

* [SQLite](https://sqlite.org)
* Option 2: LevelDB

## Decision Outcome

Chosen option: "SQLite", because it is one file.

### Consequences

* Good, because backups are copies
* Bad, because one process writes at a time
* Neutral, because files grow

### Confirmation

A test kills the writer.

## Pros and Cons of the Options

### SQLite

* Good, because it is everywhere
* Neutral, because it is old

### LevelDB

* Bad, because no queries

## More Information

See [the other one](0002-files.md).
`)
  expect(record).toEqual({
    format: 'madr',
    title: 'Use SQLite for what a node keeps',
    status: 'accepted',
    summary: 'A node keeps *everything*.\n\nWhere?',
    reasoning: 'Chosen option: "SQLite", because it is one file.',
    criteria: ['Speed', 'No server'],
    options: [
      { name: 'SQLite', pros: ['it is everywhere'] },
      { name: 'LevelDB', cons: ['no queries'] },
    ],
    chosen: 'SQLite',
    consequences: {
      good: ['backups are copies'],
      bad: ['one process writes at a time'],
      neutral: ['files grow'],
    },
    confirmation: 'A test kills the writer.',
    people: new Map([
      ['status', ['accepted']],
      ['date', ['2025-08-01']],
      ['decision_makers', ['Ada', 'Grace']],
      ['consulted', ['Alan']],
      ['tags', ['db', 'storage: local']],
    ]),
    links: [{ word: 'mentions', target: { path: '0002-files.md' }, text: 'See the other one' }],
    fields: { decision_makers: 'Ada, Grace', consulted: 'Alan', tags: 'db, storage: local' },
  })
})

test('MADR 3 has deciders and a validation, and a status that names another record', () => {
  const record = parse(`---
status: superseded by [ADR-0005](0005-example.md)
deciders: "Ada, Grace"
---
# Title

## Context and Problem Statement

So.

## Decision Outcome

Chosen option: “One”, because.

## Validation

By review.
`)
  expect(record).toMatchObject({ chosen: 'One', confirmation: 'By review.' })
  expect(record.people.get('deciders')).toEqual(['Ada', 'Grace'])
  expect(record.links).toMatchObject([
    { word: 'superseded_by', target: { path: '0005-example.md' } },
  ])
})

test('MADR 2 and log4brains have a list below the title, and consequences apart', () => {
  const record = parse(`# Use Markdown

* Status: superseded by [ADR-0007](0007-use-asciidoc.md) <!-- optional -->
- Deciders: Ada, Grace
- Tags: docs

Technical Story: A story

## Context and Problem Statement

So.

## Considered Options

* Markdown
* AsciiDoc

## Decision Outcome

Chosen option: Markdown, because it is plain.

### Positive Consequences

* Everybody reads it

### Negative Consequences <!-- optional -->

* No includes

## Links

* [Refines](0003-docs.md) <!-- optional -->
* Refined by [Lint](0004-lint.md)
* Depends on [A](a.md) and [B](b.md). [C](c.md) is older.
`)
  expect(record).toMatchObject({
    title: 'Use Markdown',
    chosen: 'Markdown',
    consequences: { good: ['Everybody reads it'], bad: ['No includes'] },
    fields: { tags: 'docs', technical_story: 'A story' },
  })
  expect(record.status).toMatch(/^superseded by/)
  expect(record.people.get('deciders')).toEqual(['Ada', 'Grace'])
  expect(
    record.links.map(({ word, target }) => `${word} ${Object.values(target).join('')}`),
  ).toEqual([
    'superseded_by 0007-use-asciidoc.md',
    'superseded_by 0007-use-asciidoc.md',
    'refines 0003-docs.md',
    'refined_by 0004-lint.md',
    'depends_on a.md',
    'depends_on b.md',
    'mentions c.md',
  ])
})

test('adr-tools: a number in the title, a date, a status that is a section', () => {
  const record = parse(`# 12. Use HTTP

Date: 2020-02-03

## Status

Accepted

Superceded by [13. Use QUIC](0013-use-quic.md)

Amends [3. Talk](0003-talk.md)

## Context

We talk.

## Decision

We will use HTTP.

## Consequences

It is easy.

It is slow.
`)
  expect(record).toMatchObject({
    number: 12,
    title: 'Use HTTP',
    summary: 'We talk.',
    reasoning: 'We will use HTTP.',
    consequences: { neutral: ['It is easy.', 'It is slow.'] },
  })
  expect(record.status).toBe('Superceded by [13. Use QUIC](0013-use-quic.md)')
  expect(record.links).toMatchObject([
    { word: 'superceded_by', target: { path: '0013-use-quic.md' } },
    { word: 'amends', target: { path: '0003-talk.md' } },
  ])
})

test('a record by number in a status, references, escapes, and what is no record', () => {
  expect(linksOf('---\nstatus: "superseded by ADR-0123"\n---\n# A\n')).toEqual([
    'superseded_by 123',
  ])
  expect(
    linksOf(
      '# A\n\nImplements [it][x], [no](https://a.example/x.md), [no](#a).\n\n[x]: ../b%20c.md#d',
    ),
  ).toEqual(['implements ../b c.md'])
  expect(linksOf('# A\n\n```\n[no](x.md)\n```\n\n`[no](y.md)`, <!-- [no](z.md) -->')).toEqual([])
})

test('addresses with their versions and passages, as an export writes them', () => {
  const address = 'ucxl://claude:architect@shop:checkout/*^/plan.md'
  const text = `# A

## More Information

* justified_by: <${address}>, version 3: “never store”
* supersedes: <${address}>
* replaces: <${address}>, because it is old
`
  expect(parse(text).links).toMatchObject([
    { word: 'justified_by', target: { address, version: 3, excerpt: 'never store' } },
    { word: 'supersedes', target: { address } },
    { word: 'replaces', target: { address } },
  ])
})

test.each([
  ['---\nstatus: accepted\ntags: [a\n---\n# A\n', 4],
  ['---\nstatus: accepted\n  date: x\n---\n# A\n', 2],
  ['---\njust words\n---\n# A\n', 2],
])('front matter that is no YAML names its line: %j', (text, line) => {
  expect(() => parse(text)).toThrow(
    expect.objectContaining({ code: 'ERR_IMPORT_SYNTAX', line }) as Error,
  )
})

test('what is empty, deep or endless is read all the same', () => {
  expect(parse('')).toEqual({ format: 'madr', people: new Map(), links: [], fields: {} })
  expect(parse(`${'>'.repeat(5000)} x`).links).toEqual([])
  const many = Array.from({ length: 5000 }, (_, at) => `[x](${at}.md)`).join(' ')
  expect(parse(`# A\n\n${many}`).links).toHaveLength(1024)
})

test('front matter of over 64 KiB is refused before it is read', () => {
  const long = 'x'.repeat(65_537)
  expect(() => parse(`---\na: ${long}\n---\n# A\n`)).toThrow(/more than 65536 characters of YAML/)
})

test('a rule at the top is no front matter', () => {
  const text = '---- x\n\n# A\n\n---\n\nSo: [x\n\n---\n'
  expect(parse(text)).toMatchObject({ title: 'A' })
  expect(parse('---\n\n# A\n')).toMatchObject({ title: 'A' })
})
