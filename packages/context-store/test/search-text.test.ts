import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contentTypeOf } from '../src/rows.ts'
import { parseSearch, snippetOf, wordsOf } from '../src/search-text.ts'

const piece = fc.constantFrom('Pay', 'pay', 'payment', 'CARD', 'card2', '7', 'x', 'é', 'Crème', 'ß')
const gap = fc.constantFrom(' ', '\n', '_', '-', '. ', '"', '’', '')
const text = fc
  .array(fc.tuple(piece, gap), { maxLength: 80 })
  .map((pieces) => pieces.flat().join(''))
const plain = text.map((one) => one.replaceAll(/[^\0-\x7f]/g, 'e'))

test('a passage marks those of its words that were looked for, in plain texts and in others', () => {
  const terms = parseSearch('card pay* creme -x')
  const isHit = (word: string): boolean => /^(?:card|creme|pay.*)$/.test(word)
  fc.assert(
    fc.property(fc.oneof(text, plain), (one) => {
      const { snippet, marks } = snippetOf(one, terms)
      const words = wordsOf(snippet)
      expect(one).toContain(snippet)
      expect(words.length).toBeLessThanOrEqual(24)
      expect(marks).toEqual(
        words.filter(({ word }) => isHit(word)).map(({ from, to }) => [from, to]),
      )
      if (wordsOf(one).some(({ word }) => isHit(word))) expect(marks.length).toBeGreaterThan(0)
    }),
    { numRuns: 500 },
  )
})

test('the passage is the one with most of the terms, not the first with one of them', () => {
  const filler = Array.from({ length: 60 }, (_, place) => `w${place}`).join(' ')
  const { snippet, marks } = snippetOf(
    `card card card ${filler} a card to pay ${filler}`,
    parseSearch('card pay'),
  )
  expect(snippet.startsWith('w58 w59 a card to pay w0')).toBe(true)
  expect(marks.map(([from, to]) => snippet.slice(from, to))).toEqual(['card', 'pay'])
})

test('the media type is read from a record whatever its writer put into it', () => {
  const row = (record: object) => ({
    key: 'a:b@c:d/x',
    version: 1,
    time: 0,
    content: null,
    id: '',
    record: JSON.stringify(record),
  })
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (type) => {
      const tags = [`"content_type":"${type}"`]
      expect(contentTypeOf(row({ content: 'bafk', content_type: type, tags }))).toBe(type)
      expect(contentTypeOf(row({ content: null, content_type: null, tags }))).toBe(null)
    }),
  )
})
