import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AddressError, createAddress, format, parse, type AddressParts } from '../src/index.ts'
import { concrete, pattern, text } from './arbitraries.ts'

const names = { agent: 'a', role: 'b', project: 'c', task: 'd' }

describe('createAddress', () => {
  it('makes the newest version of the root of four names', () => {
    expect(format(createAddress(names))).toBe('ucxl://a:b@c:d/*^')
  })

  it('normalises as parse does', () => {
    const address = createAddress({
      agent: 'GPT-4',
      role: '*',
      project: 'Shop',
      task: 'auth-*',
      temporal: '2025-08-07T14:30+02:00',
      path: 'caf%c3%a9/%41',
      query: 'q=%7e',
      fragment: '%41',
    })
    expect(format(address)).toBe(
      'ucxl://gpt-4:any@shop:auth-*/2025-08-07T12:30:00Z/caf%C3%A9/A?q=~#A',
    )
  })

  it('takes an address with changes', () => {
    const address = parse('ucxl://a:b@c:d/*^/x?q#f')
    expect(format(createAddress({ ...address, temporal: '~~2' }))).toBe('ucxl://a:b@c:d/~~2/x?q#f')
    expect(format(createAddress({ ...address, query: undefined }))).toBe('ucxl://a:b@c:d/*^/x#f')
    expect(format(createAddress({ ...address, temporal: { kind: 'version', number: 1 } }))).toBe(
      'ucxl://a:b@c:d/*~/x?q#f',
    )
  })

  it('encodes plain segments, wildcards too', () => {
    const path = ['caf\u00e9', 'a b', '50%', 'a/b', '*', "-._~!$&'()+,;=:@", '?#', '\u{1f600}', '']
    expect(createAddress({ ...names, path }).path).toBe(
      "caf%C3%A9/a%20b/50%25/a%2Fb/%2A/-._~!$&'()+,;=:@/%3F%23/%F0%9F%98%80/",
    )
  })

  it.each<[string, Partial<AddressParts>, string, number]>([
    ['a name with a delimiter', { agent: 'a:b@c:d/x?' }, 'NAME', 1],
    ['a name with an escape', { project: 'c%3Ad' }, 'NAME', 1],
    ['an empty name', { task: '' }, 'NAME', 0],
    ['a name that is too long', { role: 'n'.repeat(64) }, 'NAME', 63],
    ['a name of any length', { role: 'n'.repeat(3000) }, 'LENGTH', 2048],
    ['a temporal token with a path', { temporal: '*^/x' }, 'TEMPORAL', 0],
    ['a temporal token that is none', { temporal: 'x' }, 'TEMPORAL', 0],
    ['an empty temporal token', { temporal: '' }, 'TEMPORAL', 0],
    ['a number out of range', { temporal: { kind: 'back', number: 0 } }, 'TEMPORAL', 0],
    ['a number with a fraction', { temporal: { kind: 'version', number: 1.5 } }, 'TEMPORAL', 0],
    ['no number', { temporal: { kind: 'forward', number: Number.NaN } }, 'TEMPORAL', 0],
    ['a number in another notation', { temporal: { kind: 'back', number: 1e21 } }, 'TEMPORAL', 0],
    ['a moment that is none', { temporal: { kind: 'instant', instant: '*^' } }, 'TEMPORAL', 0],
    [
      'a moment that never was',
      { temporal: { kind: 'instant', instant: '2025-02-30' } },
      'TEMPORAL',
      0,
    ],
    ['a path with a query', { path: 'x?q' }, 'PATH', 1],
    ['a path with a fragment', { path: 'x#f' }, 'PATH', 1],
    ['a path from the root', { path: '/x' }, 'PATH', 0],
    ['a dot segment', { path: 'x/../y' }, 'PATH', 2],
    ['a plain dot segment', { path: ['x', '..'] }, 'PATH', 2],
    ['an empty plain segment', { path: ['x', '', 'y'] }, 'PATH', 2],
    ['a lone surrogate in a plain segment', { path: ['a?b', 'x\ud800'] }, 'PATH', 7],
    ['a control character in a plain segment', { path: ['x\0'] }, 'PATH', 1],
    ['a query with a fragment', { query: 'q#f' }, 'QUERY', 1],
    ['a fragment in a fragment', { fragment: 'f#g' }, 'FRAGMENT', 1],
    ['more than there is room for', { path: 'x'.repeat(2040) }, 'LENGTH', 2048],
  ])('refuses %s', (_, part, code, offset) => {
    const run = (): unknown => createAddress({ ...names, ...part })
    expect(run).toThrow(expect.objectContaining({ code: `ERR_ADDRESS_${code}`, offset }))
    expect(run).toThrow(AddressError)
  })

  it.each(['agent', 'role', 'project', 'task', 'path', 'query', 'fragment'])(
    'throws a TypeError for a number as %s',
    (part) => {
      expect(() => createAddress({ ...names, [part]: 1 })).toThrow(TypeError)
    },
  )

  it('makes every address of its own parts again', () => {
    fc.assert(
      fc.property(fc.oneof(concrete, pattern), (address) => {
        expect(createAddress(address)).toEqual(address)
      }),
    )
  })

  it('never makes an address that says something else than its parts', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('agent', 'task', 'temporal', 'path', 'query'),
        text,
        (part, value) => {
          try {
            const address = createAddress({ ...names, [part]: value })
            expect(parse(format(address))).toEqual(address)
            expect({ ...address, [part]: null }).toEqual({ ...createAddress(names), [part]: null })
          } catch (error) {
            if (!(error instanceof AddressError)) throw error
          }
        },
      ),
      { numRuns: 2000 },
    )
  })
})
