import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { keyOf, parse, safeParse, type AddressError, type AddressErrorCode } from '../src/index.ts'

// The compiler keeps this list and the union equal.
const CODES: Record<AddressErrorCode, true> = {
  ERR_ADDRESS_SCHEME: true,
  ERR_ADDRESS_LEGACY: true,
  ERR_ADDRESS_AUTHORITY: true,
  ERR_ADDRESS_NAME: true,
  ERR_ADDRESS_TEMPORAL: true,
  ERR_ADDRESS_PATH: true,
  ERR_ADDRESS_PERCENT: true,
  ERR_ADDRESS_QUERY: true,
  ERR_ADDRESS_FRAGMENT: true,
  ERR_ADDRESS_LENGTH: true,
  ERR_ADDRESS_PATTERN: true,
}

function errorOf(text: string): AddressError {
  const result = safeParse(text)
  if (result.success) throw new Error(`${text} is an address`)
  return result.error
}

describe('AddressError', () => {
  it('has the codes that the README lists', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    const listed = [...readme.matchAll(/^\| `(ERR_\w+)`/gm)].map(([, code = '']) => code)
    expect(new Set(listed)).toEqual(new Set(Object.keys(CODES)))
    expect(listed).toHaveLength(Object.keys(CODES).length)
  })

  it('says what was expected, what came, where, and an example', () => {
    const error = errorOf('ucxl://claude architect@shop:checkout')
    expect(error).toBeInstanceOf(Error)
    expect(error.name).toBe('AddressError')
    expect(error.message).toBe(
      'Expected 1 to 63 letters or digits (- _ . after the first) for the agent, got " architect@shop:checkout" at offset 13. ' +
        'An example: ucxl://claude:architect@shop:checkout/*^/decisions/payment.json',
    )
    expect(errorOf('ucxl://a').message).toMatch(/got the end at offset 8\./)
  })

  it('shows hostile characters as escapes', () => {
    expect(errorOf('ucxl://\u0430\u202e\u0085\n\x1b[31m\ud800:b@c:d').message).toMatch(
      String.raw`got "\u0430\u202e\u0085\n\u001b[31m\ud800:b@c:d" at`,
    )
  })

  it('carries the text, cut where it is too long', () => {
    expect(errorOf('ucxl://a').input).toBe('ucxl://a')
    const long = `ucxl://${'x'.repeat(5000)}`
    expect(errorOf(long).input).toBe(long.slice(0, 2048))
    expect(errorOf(`ucxl://${'x'.repeat(70_000)}`).input).toBe('')
    expect(errorOf(`ucxl://${'x'.repeat(70_000)}`).message.length).toBeLessThan(300)
  })

  it('points at the first wildcard where a pattern has no key', () => {
    const offsetOf = (text: string): unknown => {
      try {
        return keyOf(parse(text))
      } catch (error) {
        return error
      }
    }
    const code = 'ERR_ADDRESS_PATTERN'
    expect(offsetOf('ucxl://any:b@c:d/x')).toMatchObject({ code, input: 'any:b@c:d/x', offset: 0 })
    expect(offsetOf('ucxl://a:b@c:auth-*/x')).toMatchObject({ code, offset: 11 })
    expect(offsetOf('ucxl://a:b@c:d/*^/x/*')).toMatchObject({ code, offset: 10 })
    expect(offsetOf('ucxl://a:any@c:d/x:any/*')).toMatchObject({ code, offset: 2 })
    expect(offsetOf('ucxl://a:b@c:d/x:any/*')).toMatchObject({ code, offset: 14 })
    expect(offsetOf('ucxl://a:b@c:d/*^/any')).toBe('a:b@c:d/any')
  })
})
