import { inspect } from 'node:util'
import { beforeEach, describe, expect, test } from 'vitest'
import { createTokenStore, type StoredToken, type TokenStore } from '../src/tokens.ts'
import { clockAt, DAY, START, type Clock } from './cluster-fixture.ts'
import { code } from './support.ts'

let clock: Clock
let tokens: TokenStore
beforeEach(() => {
  clock = clockAt(START)
  tokens = createTokenStore({ now: clock.now })
})
const CI = { label: 'CI', roles: ['critic'], expiresIn: 30 * DAY }

describe('a token', () => {
  test('opens what it was given for, until it expires', () => {
    const { token, info } = tokens.issue({ ...CI, name: 'deploy' })
    expect(token).toMatch(/^bzzz_[0-9a-f]{16}_[\w-]{43}$/)
    const expected = { id: info.id, label: 'CI', roles: ['critic'], name: 'deploy' }
    expect(tokens.check(token)).toMatchObject({ ok: true, token: expected })
    clock.set(START + 30 * DAY - 1)
    expect(tokens.check(token).ok).toBe(true)
    clock.set(START + 30 * DAY)
    expect(tokens.check(token)).toMatchObject({ ok: false, code: 'ERR_IDENTITY_EXPIRED' })
  })

  test('that was revoked opens nothing more', () => {
    const { token, info } = tokens.issue(CI)
    expect(tokens.revoke(info.id)).toBe(true)
    expect(tokens.check(token)).toMatchObject({ ok: false, code: 'ERR_IDENTITY_REVOKED' })
    expect(tokens.revoke('0000000000000000')).toBe(false)
  })

  test('that is not one, or another’s, opens nothing', () => {
    const one = tokens.issue(CI)
    const two = tokens.issue(CI)
    const wrong = [
      '',
      'bzzz_',
      `Bearer ${one.token}`,
      `${one.token} `,
      `${one.token}\n`,
      one.token.toUpperCase(),
      one.token.slice(0, -1),
      one.token.slice(0, 22) + two.token.slice(22),
      `bzzz_${one.info.id}_${'A'.repeat(43)}`,
      `bzzz_0000000000000000_${one.token.slice(-43)}`,
      undefined,
      null,
      {},
    ]
    for (const text of wrong) {
      expect(tokens.check(text as string)).toEqual({
        ok: false,
        code: 'ERR_IDENTITY_UNKNOWN',
        reason: 'there is no such token',
      })
    }
  })

  test('that never ends, or ends at no moment, is none', () => {
    const { token } = tokens.issue({ ...CI, expiresIn: Number.NaN })
    expect(tokens.check(token).ok).toBe(false)
  })

  test('is in no list, no JSON and no print', () => {
    const { token } = tokens.issue(CI)
    const shown = [
      JSON.stringify(tokens),
      JSON.stringify(tokens.list()),
      inspect(tokens, { showHidden: true, depth: 9 }),
      inspect(tokens.check(token)),
    ].join('\n')
    expect(shown).not.toContain(token.slice(-43))
    expect(JSON.stringify([tokens.list(), tokens.check(token)])).not.toContain('hash')
  })

  test('has 256 bits of the chance that it is given', () => {
    const random = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(7)
    const { token } = createTokenStore({ now: clock.now, random }).issue(CI)
    expect(token).toBe('bzzz_0707070707070707_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc')
  })
})

describe('the store', () => {
  test('goes on from its JSON', () => {
    const { token, info } = tokens.issue(CI)
    tokens.revoke(tokens.issue(CI).info.id)
    const kept = JSON.parse(JSON.stringify(tokens)) as StoredToken[]
    const again = createTokenStore({ now: clock.now, tokens: kept })
    expect(again.check(token)).toEqual(tokens.check(token))
    expect(again.list()).toEqual(tokens.list())
    expect(again.list().map(({ revoked }) => revoked)).toEqual([false, true])
    expect(info).toEqual(again.list()[0])
  })

  test('does not begin with what is no list of tokens', () => {
    for (const kept of [{}, [{}], 'x'])
      expect(() => createTokenStore({ now: clock.now, tokens: kept })).toThrow(
        code('ERR_IDENTITY_STATEMENT'),
      )
  })

  test('issues none without a label, a role, or with a role that is none', () => {
    const wrong = [{ label: '' }, { roles: [] }, { roles: ['Boss'] }, { name: 'any' }]
    for (const changes of wrong)
      expect(() => tokens.issue({ ...CI, ...changes })).toThrow(code('ERR_IDENTITY_STATEMENT'))
  })

  test('is bounded, and makes room of those that are over', () => {
    for (let count = 0; count < 10_000; count++) tokens.issue({ ...CI, expiresIn: DAY })
    expect(() => tokens.issue(CI)).toThrow(code('ERR_IDENTITY_LIMIT'))
    clock.set(START + DAY)
    tokens.issue(CI)
    expect(tokens.list().length).toBe(1)
  })
})
