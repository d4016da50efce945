import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it, test } from 'vitest'
import { matchExcerpt, textsOf } from '../src/excerpt.ts'
import {
  decisionContentId,
  decisionHash,
  decisionSchema,
  isDecision,
  parseDecision,
  reviewDecision,
  safeParseDecision,
} from '../src/index.ts'
import { publishedSchema, vectors, vectorsSchema } from './vectors.ts'

const ajv = new Ajv2020()
const takes = ajv.compile(publishedSchema)

describe('the file of vectors', () => {
  it('is as its schema says', () => {
    const validate = ajv.compile(vectorsSchema)
    expect(validate(vectors) ? [] : validate.errors).toEqual([])
    expect(validate({ ...vectors, accept: [{ id: 'accept-1', node: 1 }] })).toBe(false)
  })

  it('is whole', () => {
    const rows = Object.entries(vectors).filter(([, value]) => Array.isArray(value))
    expect(Object.fromEntries(rows.map(([name, value]) => [name, value.length]))).toEqual({
      accept: 45,
      reject: 118,
      acceptText: 6,
      rejectText: 24,
      hash: 8,
      review: 19,
      excerpt: 11,
    })
  })

  it('has a vector for each clause, a clause for each vector, and each id once', () => {
    const all = Object.values(vectors).flatMap((value) =>
      Array.isArray(value) ? (value as { id: string; clause: string }[]) : [],
    )
    const cited = new Set(all.map(({ clause }) => clause))
    expect([...cited].toSorted()).toEqual(Object.keys(vectors.clauses).toSorted())
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  })
})

test.each(vectors.accept)(
  '$id ($clause) is taken by the reader and by the JSON Schema',
  ({ node }) => {
    expect(takes(node)).toBe(true)
    expect(isDecision(node)).toBe(true)
    expect(decisionSchema.safeParse(node).success).toBe(true)
    expect(parseDecision(node)).toEqual(node)
    expect(parseDecision(JSON.stringify(node))).toEqual(node)
  },
)

test.each(vectors.reject)('$id ($clause) is refused by both, with its place', ({ node, path }) => {
  expect(takes(node)).toBe(false)
  expect(isDecision(node)).toBe(false)
  expect(decisionSchema.safeParse(node).success).toBe(false)
  const text =
    typeof node === 'string' ? JSON.stringify(JSON.stringify(node)) : JSON.stringify(node)
  for (const input of [node, text]) {
    // A text is read, so as a value it is no vector.
    if (input === 'text') continue
    const result = safeParseDecision(input)
    expect(result.success ? 'taken' : result.error.code).toBe('ERR_DECISION_INVALID')
    if (path !== undefined) expect(result).toMatchObject({ error: { path } })
  }
})

test.each(vectors.acceptText)('$id ($clause) is read', ({ text }) => {
  expect(JSON.parse(JSON.stringify(parseDecision(text)))).toEqual(JSON.parse(text))
})

test.each(vectors.rejectText)('$id ($clause) is not read', ({ text, code }) => {
  const result = safeParseDecision(text)
  expect(result.success ? 'taken' : result.error.code).toBe(code)
})

test.each(vectors.hash)('$id has its hash and its content id', ({ node, hash, contentId }) => {
  const decision = parseDecision(node)
  expect(decisionHash(decision)).toBe(hash)
  expect(decisionContentId(decision)).toBe(contentId)
})

test.each(vectors.review)('$id ($clause) has its warnings', ({ node, warnings }) => {
  const found = reviewDecision(parseDecision(node))
  expect(found.map(({ code, path }) => ({ code, path }))).toEqual(warnings)
  for (const { message } of found) expect(message).toMatch(/^[A-Z"].+\.$/)
})

test.each(vectors.excerpt)('$id ($clause) stands there or not', ({ text, excerpt, found }) => {
  expect(matchExcerpt(textsOf(text), excerpt).found).toBe(found)
})
