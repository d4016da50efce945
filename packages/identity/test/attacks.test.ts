import { beforeEach, describe, expect, test } from 'vitest'
import { createPolicy, requestJoin, type PolicyRules } from '../src/cluster.ts'
import { createKeyRing, type KeyRing } from '../src/contents.ts'
import {
  canonicalBytes,
  loadIdentity,
  parseStrictJson,
  recipientOf,
  verifySignature,
} from '../src/index.ts'
import { addProof, verifyProofs } from '../src/proofs.ts'
import { issueWithShares, openShare, splitAdminKey } from '../src/shares.ts'
import { createTokenStore } from '../src/tokens.ts'
import { cluster as fixture, DAY, grant, person, START, type Fixture } from './cluster-fixture.ts'
import { codeOf } from './support.ts'

// Each attack once, with the code by which it is refused: what a log line names.
const claude = person(1)
const mallory = person(66)
const KEY = 'claude:architect@shop:cart/plan.md'
const RULES: PolicyRules = {
  version: 1,
  roles: {
    architect: [{ patterns: ['ucxl://any:any@shop:any/**'], operations: ['read', 'write'] }],
  },
}
let f: Fixture
let ring: KeyRing
beforeEach(async () => {
  f = fixture()
  f.enter(claude, grant('claude', 'architect'), 9 * DAY)
  ring = createKeyRing({ identity: claude, now: f.clock.now })
  await ring.newPeriod('architect', [])
})

async function codeOfAsync(run: Promise<unknown>): Promise<string | undefined> {
  return run.then(
    () => undefined,
    (error: unknown) => (error as { code?: string }).code,
  )
}
const decided = (did: string, key = KEY, at = START): string | undefined =>
  createPolicy({ view: f.cluster.view, rules: RULES, now: f.clock.now }).decide({
    did,
    operation: 'write',
    key,
    at,
  }).code

describe('an attack is refused with its code:', () => {
  test('a forged signature', () => {
    const record = { key: KEY, version: 1, writer: claude.did }
    const signature = claude.sign(canonicalBytes(record))
    expect(verifySignature(claude.did, canonicalBytes({ ...record, version: 2 }), signature)).toBe(
      false,
    )
    const signed = addProof(record, claude, { created: '2025-08-01T00:00:00Z' })
    const { proofs } = verifyProofs({ ...signed, version: 2 })
    expect(proofs).toMatchObject([{ code: 'ERR_IDENTITY_SIGNATURE' }])
  })

  test('another’s key', () => {
    expect(decided(claude.did)).toBeUndefined()
    expect(decided(mallory.did)).toBe('ERR_IDENTITY_NAME')
    const { token } = f.cluster.invite(grant('mallory', 'critic'))
    const nonce = f.cluster.challenge()
    const request = { ...requestJoin({ token, identity: mallory, nonce }), did: claude.did }
    expect(codeOf(() => f.cluster.join(request))).toBe('ERR_IDENTITY_SIGNATURE')
  })

  test('a certificate that is not valid yet, has expired, or is revoked', () => {
    expect(decided(claude.did, KEY, START - 1)).toBe('ERR_IDENTITY_NOT_YET_VALID')
    expect(decided(claude.did, KEY, START + 9 * DAY)).toBe('ERR_IDENTITY_EXPIRED')
    f.cluster.revoke({ did: claude.did, reason: 'stolen', effective: START + DAY })
    expect(decided(claude.did, KEY, START + DAY)).toBe('ERR_IDENTITY_REVOKED')
    expect(decided(claude.did, KEY, START)).toBeUndefined()
  })

  test('a token that has expired, or is revoked', () => {
    const tokens = createTokenStore({ now: f.clock.now })
    const one = tokens.issue({ label: 'one', roles: ['architect'], expiresIn: DAY })
    const two = tokens.issue({ label: 'two', roles: ['architect'], expiresIn: DAY })
    tokens.revoke(one.info.id)
    f.clock.set(START + DAY)
    expect([one, two].map(({ token }) => tokens.check(token))).toMatchObject([
      { code: 'ERR_IDENTITY_REVOKED' },
      { code: 'ERR_IDENTITY_EXPIRED' },
    ])
  })

  test('a replay: of an invitation, of a nonce, of a proof', () => {
    const { token } = f.cluster.invite(grant('bob', 'critic'))
    const request = requestJoin({ token, identity: person(2), nonce: f.cluster.challenge() })
    f.cluster.join(request)
    const again = requestJoin({ token, identity: person(3), nonce: f.cluster.challenge() })
    expect(codeOf(() => f.cluster.join(request))).toBe('ERR_IDENTITY_REPLAYED')
    expect(codeOf(() => f.cluster.join(again))).toBe('ERR_IDENTITY_REPLAYED')
    const signed = addProof({ a: 1 }, claude, { created: '2025-08-01T00:00:00Z', challenge: 'one' })
    const { proofs } = verifyProofs(signed, { challenge: 'two' })
    expect(proofs).toMatchObject([{ code: 'ERR_IDENTITY_REPLAYED' }])
  })

  test('a content that was swapped, or whose encryption was taken away', () => {
    const stored = ring.seal('architect', { key: KEY, bytes: Buffer.from('yes') })
    const other = ring.seal('architect', { key: `${KEY}x`, bytes: Buffer.from('no') })
    expect(codeOf(() => ring.open({ ...stored, bytes: other.bytes }))).toBe('ERR_IDENTITY_CONTENT')
    const plain = Buffer.from('no')
    expect(codeOf(() => ring.open({ ...stored, bytes: plain }))).toBe(
      'ERR_IDENTITY_CONTENT_DOWNGRADE',
    )
    const reader = createKeyRing({ identity: mallory, now: f.clock.now })
    expect(codeOf(() => reader.open(stored))).toBe('ERR_IDENTITY_NO_CONTENT_KEY')
  })

  test('a share that was tampered with, and one of another key', async () => {
    const members = [claude, person(2)].map((one, place) => ({
      name: `m${place}`,
      recipient: recipientOf(one),
    }))
    const init = { threshold: 2, members, now: f.clock.now }
    const ours = await splitAdminKey({ ...init, admin: f.admin })
    const theirs = await splitAdminKey({ ...init, admin: mallory })
    const bytes = Buffer.from(ours.shares[0]!.sealed, 'base64')
    bytes[200]! ^= 1
    const tampered = { ...ours.shares[0], sealed: bytes.toString('base64') }
    expect(await codeOfAsync(openShare(claude, tampered))).toBe('ERR_IDENTITY_SHARE')
    const mixed = [
      await openShare(claude, ours.shares[0]),
      await openShare(person(2), theirs.shares[1]),
    ]
    const draft = f.cluster.draftRevocation({ did: claude.did, reason: 'x' })
    expect(await codeOfAsync(issueWithShares(mixed, draft))).toBe('ERR_IDENTITY_SHARE_SET')
  })

  test.each([
    'claude:architect@bank:cart/../../shop:cart/plan.md',
    'claude:architect@shop:cart/%2e%2e/plan.md',
    'Claude:Architect@shop:cart/plan.md',
    'ucxl://claude:architect@shop%3Acart/*%5E/plan.md',
    'claude:architect@shop:cart//',
  ])('the address %j in the place of a key', (key) => {
    expect(decided(claude.did, key)).toBe('ERR_IDENTITY_FORBIDDEN')
  })

  test('a document that two readers understand in two ways', () => {
    const text = '{"decision":"yes","decision":"no"}'
    expect(codeOf(() => parseStrictJson(text))).toBe('ERR_IDENTITY_JSON_DUPLICATE')
  })

  test('a key file that is not there, instead of one made up', async () => {
    expect(await codeOfAsync(loadIdentity('/nowhere/identity.json'))).toBe('ERR_IDENTITY_KEY_FILE')
  })
})
