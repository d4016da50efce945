import { describe, expect, it } from 'vitest'
import { matchExcerpt, normalizeSpace, stringsOf, textsOf } from '../src/excerpt.ts'

const plan = `# Plan

We must never store card numbers on our own servers.
Payments are handed over to a provider.
`

function nearest(text: string, excerpt: string): string {
  const match = matchExcerpt(textsOf(text), excerpt)
  return match.found ? 'found' : match.nearest
}

describe('what comes nearest to a passage', () => {
  it('is the stretch of as many words that has most of them', () => {
    expect(nearest(plan, 'we must Never keep card numbers')).toBe(
      'We must never store card numbers',
    )
    expect(nearest(plan, 'we were handed over to a provider')).toBe(
      'Payments are handed over to a provider.',
    )
    expect(nearest('we go now, and stay', 'go then')).toBe('go now,')
  })

  it('counts each word as often as it is looked for', () => {
    expect(nearest('a a a a b b c d', 'b b x d')).toBe('b b c d')
    expect(nearest('x y a x y a b', 'a b')).toBe('found')
  })

  it('is the beginning where nothing is near, cut where it is long', () => {
    expect(nearest(plan, 'the moon is made of cheese')).toBe(normalizeSpace(plan))
    expect(nearest('y'.repeat(1000), 'x')).toBe(`${'y'.repeat(240)}...`)
    expect(nearest('', 'x')).toBe('')
  })

  it('is found in a large text without much ado', () => {
    const large = `${'word '.repeat(200_000)} the very end`
    expect(nearest(large, `${'other '.repeat(3000)}end`)).toMatch(/^word word/)
  })
})

describe('what a passage can stand in', () => {
  it('is a text, and where that is JSON each text in it, in order', () => {
    expect(textsOf('plain')).toEqual(['plain'])
    expect(textsOf(' {"a":["x",{"b":"y"}],"c":"z","d":1}').slice(1)).toEqual(['x', 'y', 'z'])
    expect(textsOf('"said \\"no\\""')).toEqual(['"said \\"no\\""', 'said "no"'])
    expect(stringsOf({ a: [1, null, 'x'] })).toEqual(['x'])
  })
})
