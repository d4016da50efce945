import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isPattern, safeParse } from '@bzzz/ucxl-address'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { DECISION_SCHEMA_ID, decisionJsonSchema } from '../src/index.ts'
import { ADDRESS } from '../src/patterns.ts'

const file = new URL('../schema/decision-1.json', import.meta.url)
const addresses = createRequire(import.meta.url)('@bzzz/ucxl-address/vectors/address.json') as {
  valid: { id: string; text: string }[]
  invalid: { id: string; text: string }[]
  uri: { id: string; text: string }[]
}

describe('the published JSON Schema', () => {
  it('is the one that the reader makes (UPDATE_SCHEMA=1 writes it)', () => {
    const text = JSON.stringify(decisionJsonSchema(), undefined, 2)
    if (process.env['UPDATE_SCHEMA']) writeFileSync(file, `${text}\n`)
    expect(JSON.stringify(JSON.parse(readFileSync(file, 'utf8')), undefined, 2)).toBe(text)
  })

  it('has a versioned name on no host, and says what it is', () => {
    expect(decisionJsonSchema()).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'urn:bzzz:decision-schema:decision:1',
      title: 'Decision node, version 1',
      required: ['decision_id', 'ucxl_address', 'timestamp', 'agent_id', 'decision_type'],
      additionalProperties: {},
    })
    expect(DECISION_SCHEMA_ID).toBe('urn:bzzz:decision-schema:decision:1')
  })
})

describe('the expression for addresses', () => {
  /** What it leaves out though it is an address: no moment that a decision would ever name. */
  function isEdge(text: string): boolean {
    const temporal = /^[^/]*\/\/[^/?#]*\/((?:%..|[^/%])*)/.exec(text)?.[1] ?? ''
    return /^(?:0000-01-01|9999-12-31)T/.test(temporal.replaceAll(/%[0-7]./g, decodeURIComponent))
  }

  const all = [...addresses.valid, ...addresses.invalid, ...addresses.uri]

  function compare(text: string): void {
    const read = safeParse(text)
    const isConcrete = read.success && !isPattern(read.address) && text.length <= 2016
    expect([text, ADDRESS.test(text) && text.length <= 2016]).toEqual([
      text,
      isConcrete && !isEdge(text),
    ])
  }

  test.each(all)('has the verdict of the parser on the vector $id', ({ text }) => compare(text))

  it('takes a moment that stands in a query or a fragment for what it is', () => {
    for (const mark of ['?', '#']) compare(`ucxl://a:b@c:d${mark}/9999-12-31T24:00/x`)
  })

  it('has the verdict of the parser on texts that are nearly addresses', () => {
    const texts = all.map(({ text }) => text).filter((text) => text.length < 200)
    const place = fc.nat({ max: 200 })
    const piece = fc.oneof(
      fc.constantFrom(
        '',
        '/',
        '%',
        '*^',
        '~~',
        '^^',
        '*',
        '%2A',
        '%7e',
        '2024-02-29',
        'T24:00',
        '.',
      ),
      fc.string({ maxLength: 2 }),
    )
    const from = fc.constantFrom(...texts)
    fc.assert(
      fc.property(from, place, piece, from, place, (a, i, inserted, b, j) => {
        compare(`${a.slice(0, i)}${inserted}${b.slice(j)}`)
        compare(`${a.slice(0, i)}${inserted}${a.slice(i)}`)
      }),
      { numRuns: 3000 },
    )
  })

  it('takes a number of steps in proportion to the text', () => {
    // With quadratic work this would not end before the runner gives up.
    for (const part of ['a', '%C3', '%C3%A9', '/a', '.', '~', '2025-', '%2A', '?', '%32']) {
      const long = `ucxl://a:b@c:d/${part.repeat(50_000)}`
      expect(ADDRESS.test(`${long}\n`)).toBe(false)
      expect(ADDRESS.test(`${long} `)).toBe(false)
    }
  })
})
