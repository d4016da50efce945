import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compilePattern, isPattern, keyOf, parse, type Address } from '../src/index.ts'
import { concrete, fewConcrete, pattern } from './arbitraries.ts'

/** The rule of the page, step by step: a wildcard tries every stretch, one unit more at a time. */
function matchesNaively(rules: Address, address: Address): boolean {
  if (isPattern(address)) return false
  return (
    (['agent', 'role', 'project', 'task'] as const).every(
      (part) => rules[part] === 'any' || fits(units(rules[part]), units(address[part]), '*'),
    ) && fits(rules.path.split('/'), address.path.split('/'), '**')
  )
}

/** Characters, an escape being one. */
function units(text: string): string[] {
  return text.match(/%..|[^%]/g) ?? []
}

function fits(rule: readonly string[], parts: readonly string[], wildcard: string): boolean {
  const [first, ...rest] = rule
  if (first === undefined) return parts.length === 0
  if (first === wildcard) {
    return parts.concat('').some((_, taken) => fits(rest, parts.slice(taken), wildcard))
  }
  const [part, ...others] = parts
  if (part === undefined) return false
  const same = wildcard === '**' ? segmentFits(first, part) : first === part
  return same && fits(rest, others, wildcard)
}

function segmentFits(rule: string, segment: string): boolean {
  return rule === '*' ? segment !== '' : fits(units(rule), units(segment), '*')
}

describe('a compiled pattern', () => {
  it('agrees with trying every possibility', () => {
    let met = 0
    fc.assert(
      fc.property(pattern, fewConcrete, (rules, address) => {
        const compiled = compilePattern(rules)
        const expected = matchesNaively(rules, address)
        if (expected && isPattern(rules)) met++
        expect(compiled.test(address)).toBe(expected)
        expect(compiled.testKey(keyOf(address))).toBe(expected)
      }),
      { numRuns: 10_000 },
    )
    expect(met).toBeGreaterThan(100)
  })

  it('agrees with it for a path alone, where more is met', () => {
    const paths = fc
      .tuple(pattern, fewConcrete)
      .map(([{ path }, address]) => [{ ...everything, path }, address] as const)
    const everything = parse('ucxl://any:any@any:any')
    let met = 0
    fc.assert(
      fc.property(paths, ([rules, address]) => {
        const expected = matchesNaively(rules, address)
        if (expected && rules.path !== '**') met++
        expect(compilePattern(rules).test(address)).toBe(expected)
        expect(compilePattern(rules).testKey(keyOf(address))).toBe(expected)
      }),
      { numRuns: 20_000 },
    )
    expect(met).toBeGreaterThan(500)
  })

  it('of a concrete address matches that context alone', () => {
    fc.assert(
      fc.property(concrete, concrete, (one, other) => {
        const compiled = compilePattern(one)
        expect(compiled.test(one)).toBe(true)
        expect(compiled.testKey(keyOf(one))).toBe(true)
        expect(compiled.test(other)).toBe(keyOf(one) === keyOf(other))
      }),
    )
  })

  it('matches no pattern', () => {
    const compiled = compilePattern(parse('ucxl://any:any@any:any/*^/**'))
    fc.assert(
      fc.property(pattern, (address) => {
        expect(compiled.test(address)).toBe(!isPattern(address))
      }),
    )
  })

  it('keeps the pattern that it was made of, and is frozen', () => {
    const rules = parse('ucxl://any:reviewer@shop:auth-*/*^/**')
    const compiled = compilePattern(rules)
    expect(compiled.pattern).toBe(rules)
    expect(Object.isFrozen(compiled)).toBe(true)
  })

  it('answers the same however often it is asked', () => {
    const compiled = compilePattern(parse('ucxl://any:any@any:any/*^/a*b'))
    const address = parse('ucxl://a:b@c:d/axb')
    for (let round = 0; round < 3; round++) {
      expect(compiled.test(address)).toBe(true)
      expect(compiled.testKey('a:b@c:d/axb')).toBe(true)
    }
  })
})

// Each of these takes a backtracking matcher more than a lifetime: what they prove is that they end.
describe('a hostile pattern is done at once', () => {
  const long = (unit: string): string => unit.repeat(Math.floor(2000 / unit.length))

  it.each([
    ['one star after another', `${long('a*')}b`, long('a')],
    ['stars in every segment', long('*a*b*/'), long('aaaabbbb/')],
    ['double stars', `${long('**/')}x`, long('a/')],
    ['double stars between segments', `${long('**/a/')}x`, long('a/')],
    ['double stars between globs', `${long('**/*a*a/')}x`, long('aaaa/')],
    ['stars before escapes', `${long('*A')}x`, long('%C3%AA')],
  ])('%s', (_, rules, path) => {
    const compiled = compilePattern({ ...parse('ucxl://any:any@any:any'), path: rules })
    const address = { ...parse('ucxl://a:b@c:d'), path }
    expect(compiled.test(address)).toBe(false)
    expect(compiled.testKey(`a:b@c:d/${path}`)).toBe(false)
  })

  it('in a name', () => {
    const glob = `${'a*'.repeat(31)}b`
    const address = parse(`ucxl://${'a'.repeat(63)}:b@c:d`)
    const compiled = compilePattern(parse(`ucxl://${glob}:any@any:any`))
    expect(compiled.test(address)).toBe(false)
    expect(compiled.testKey(keyOf(address))).toBe(false)
  })
})
