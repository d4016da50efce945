import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { createClusterView, openCluster, statementId, type Statement } from '../src/cluster.ts'
import { canonicalBytes, recipientOf, type Identity } from '../src/index.ts'
import { cluster as fixture, DAY, grant, person, START, type Fixture } from './cluster-fixture.ts'
import { code, codeOf } from './support.ts'

let f: Fixture
beforeEach(() => {
  f = fixture()
})
const claude = person(1)
const bob = person(2)
const mallory = person(66)

function signedBy(identity: Identity, statement: Statement, changes: object = {}): object {
  const { signature: _old, ...body } = { ...statement, ...changes }
  return {
    ...body,
    signature: Buffer.from(identity.sign(canonicalBytes(body))).toString('base64url'),
  }
}

describe('a verdict', () => {
  test('follows a certificate through its life', () => {
    f.clock.set(START + DAY)
    f.enter(claude, grant('claude', 'architect'), 2 * DAY)
    const { view } = f.cluster
    const at = (days: number): unknown =>
      view.check({ did: claude.did, name: 'claude', at: START + days * DAY })
    expect(at(0.999)).toMatchObject({ status: 'not-yet-valid', code: 'ERR_IDENTITY_NOT_YET_VALID' })
    expect(at(1)).toMatchObject({ status: 'valid', trust: 'certificate' })
    expect(at(1)).not.toHaveProperty('code')
    expect(at(2.999)).toMatchObject({ status: 'valid' })
    expect(at(3)).toMatchObject({
      status: 'expired',
      code: 'ERR_IDENTITY_EXPIRED',
      reason: 'The certificate 1 of claude: it ended on 2025-08-04T00:00:00Z',
    })
    expect(view.check({ did: claude.did, name: 'claude', at: Number.NaN }).status).not.toBe('valid')
  })

  test('is unknown for another key, another name, another role, and no certificate', () => {
    f.enter(claude, grant('claude', 'architect'))
    const { view } = f.cluster
    const unknown = { status: 'unknown', code: 'ERR_IDENTITY_UNKNOWN' }
    expect(view.check({ did: mallory.did, name: 'claude', at: START })).toMatchObject({
      ...unknown,
      reason: 'The name claude is certified for another key',
    })
    expect(view.check({ did: claude.did, name: 'bob', at: START })).toMatchObject(unknown)
    expect(view.check({ did: mallory.did, name: 'mallory', at: START })).toMatchObject({
      ...unknown,
      trust: 'none',
    })
    expect(
      view.check({ did: claude.did, name: 'claude', at: START, role: 'critic' }),
    ).toMatchObject({
      ...unknown,
      reason: 'The certificate of claude does not name the role critic',
    })
    expect(
      view.check({ did: claude.did, name: 'claude', at: START, role: 'architect' }).status,
    ).toBe('valid')
  })

  test('on what was signed before a revocation is valid, and says since when it is revoked', () => {
    f.enter(claude, grant('claude', 'architect'))
    f.clock.set(START + 3 * DAY)
    f.cluster.revoke({ did: claude.did, reason: 'stolen', effective: START + 2 * DAY })
    const { view } = f.cluster
    expect(view.check({ did: claude.did, name: 'claude', at: START + 2 * DAY - 1 })).toMatchObject({
      status: 'valid',
      revokedSince: '2025-08-03T00:00:00Z',
    })
    expect(view.check({ did: claude.did, name: 'claude', at: START + 2 * DAY })).toMatchObject({
      status: 'revoked',
      code: 'ERR_IDENTITY_REVOKED',
    })
  })

  test('on a revoked serial leaves the key’s other certificates alone', () => {
    f.certify(claude, grant('claude', 'architect'))
    f.certify(claude, grant('claudia', 'critic'))
    f.cluster.revoke({ serial: 1, reason: 'wrong name' })
    const { view } = f.cluster
    expect(view.check({ did: claude.did, name: 'claude', at: START }).status).toBe('revoked')
    expect(view.check({ did: claude.did, name: 'claudia', at: START }).status).toBe('valid')
  })

  test('prefers the certificate that holds: one was renewed', () => {
    f.certify(claude, grant('claude', 'architect'), 2 * DAY)
    f.clock.set(START + DAY)
    f.certify(claude, grant('claude', 'critic'), 10 * DAY)
    const { view } = f.cluster
    expect(
      view.check({ did: claude.did, name: 'claude', at: START + 5 * DAY, role: 'critic' }).status,
    ).toBe('valid')
    expect(
      view.check({ did: claude.did, name: 'claude', at: START + DAY, role: 'architect' }).status,
    ).toBe('unknown')
    expect(
      view.check({ did: claude.did, name: 'claude', at: START, role: 'architect' }).status,
    ).toBe('valid')
  })

  test('says to whom a role’s secrets are encrypted: to who holds it at the moment', () => {
    f.enter(claude, grant('claude', 'architect'), DAY)
    f.enter(bob, grant('bob', 'architect', 'critic'))
    f.enter(person(3), grant('carol', 'critic'))
    f.clock.set(START + 2 * DAY)
    f.cluster.revoke({ did: bob.did, reason: 'left' })
    const { view } = f.cluster
    const [claudes, bobs, carols] = [claude, bob, person(3)].map((one) => recipientOf(one))
    expect(new Set(view.recipientsOf('architect', START))).toEqual(new Set([claudes, bobs]))
    expect(view.recipientsOf('architect', START + DAY)).toEqual([bobs])
    expect(view.recipientsOf('critic', START + 2 * DAY)).toEqual([carols])
    expect(view.recipientsOf('boss', START)).toEqual([])
  })

  test('cannot be changed by who gets it', () => {
    f.enter(claude, grant('claude', 'architect'))
    const verdict = f.cluster.view.check({ did: claude.did, name: 'claude', at: START })
    expect(Object.isFrozen(verdict) && Object.isFrozen(verdict.certificate)).toBe(true)
    expect(() => verdict.certificate?.roles.push('boss')).toThrow(TypeError)
  })
})

describe('statements from others', () => {
  test.each<[string, (certificate: Statement) => unknown, string]>([
    ['a changed role', (it) => ({ ...it, roles: ['boss'] }), 'ERR_IDENTITY_SIGNATURE'],
    [
      'a longer life',
      (it) => ({ ...it, not_after: '2099-01-01T00:00:00Z' }),
      'ERR_IDENTITY_SIGNATURE',
    ],
    [
      'another’s signature',
      (it) => ({ ...it, signature: 'A'.repeat(86) }),
      'ERR_IDENTITY_SIGNATURE',
    ],
    [
      'another cluster',
      (it) => signedBy(mallory, it, { cluster: mallory.did }),
      'ERR_IDENTITY_STATEMENT',
    ],
    ['one more field', (it) => signedBy(mallory, it, { extra: 1 }), 'ERR_IDENTITY_STATEMENT'],
    [
      'an end before its beginning',
      (it) => ({ ...it, not_after: it.issued }),
      'ERR_IDENTITY_STATEMENT',
    ],
    [
      'a moment in another zone',
      (it) => ({ ...it, issued: '2025-08-01T02:00:00+02:00' }),
      'ERR_IDENTITY_STATEMENT',
    ],
    [
      'a moment that is none',
      (it) => ({ ...it, issued: '2025-02-30T00:00:00Z' }),
      'ERR_IDENTITY_STATEMENT',
    ],
    ['another type', (it) => ({ ...it, type: 'bzzz-share-set' }), 'ERR_IDENTITY_STATEMENT'],
    ['a type of every object', (it) => ({ ...it, type: 'constructor' }), 'ERR_IDENTITY_STATEMENT'],
    ['nothing', () => null, 'ERR_IDENTITY_STATEMENT'],
    ['a text', () => 'x', 'ERR_IDENTITY_STATEMENT'],
    ['far too much', (it) => ({ ...it, extra: 'x'.repeat(20_000) }), 'ERR_IDENTITY_LIMIT'],
  ])('with %s are refused', (_, change, expected) => {
    const certificate = f.enter(claude, grant('claude', 'architect'))
    const view = createClusterView({ cluster: f.admin.did })
    expect(() => view.add(change(certificate))).toThrow(code(expected))
    expect(view.statements()).toEqual([])
  })

  test('by a key that is no admin are kept and not believed', () => {
    const certificate = f.enter(claude, grant('claude', 'architect'))
    const forged = signedBy(mallory, certificate, { issuer: mallory.did, did: mallory.did })
    const { view } = f.cluster
    expect(view.merge([forged])).toMatchObject({ added: 1, refused: [] })
    expect(view.check({ did: mallory.did, name: 'claude', at: START }).status).toBe('unknown')
    expect(view.membershipsOf(mallory.did, START).list).toEqual([])
    const spite = signedBy(mallory, f.cluster.revoke({ did: bob.did, reason: 'x' }), {
      issuer: mallory.did,
      did: claude.did,
    })
    view.add(spite)
    expect(view.check({ did: claude.did, name: 'claude', at: START }).status).toBe('valid')
  })

  test('by strangers cost nothing: nothing is decided anew because of them', () => {
    const certificate = f.enter(claude, grant('claude', 'architect'))
    const { view } = f.cluster
    const { generation } = view
    const forged = Array.from({ length: 50 }, (_, place) =>
      signedBy(mallory, certificate, { issuer: mallory.did, serial: place + 10 }),
    )
    expect(view.merge(forged).added).toBe(50)
    expect(view.generation).toBe(generation)
    expect(view.check({ did: claude.did, name: 'claude', at: START }).certificate?.serial).toBe(1)
  })

  test('that are no JSON, or refused, do not stop those beside them', () => {
    const certificate = f.enter(claude, grant('claude', 'architect'))
    const view = createClusterView({ cluster: f.admin.did })
    const bad = [{ ...certificate, name: 'boss' }, { a: '\ud800' }, 7]
    const result = view.merge([bad[0], certificate, bad[1], certificate, bad[2]])
    expect(result).toMatchObject({ added: 1, known: 1 })
    expect(result.refused.map(({ place, error }) => [place, error.code])).toEqual([
      [0, 'ERR_IDENTITY_SIGNATURE'],
      [2, 'ERR_IDENTITY_CANONICAL'],
      [4, 'ERR_IDENTITY_STATEMENT'],
    ])
  })

  test('are bounded in number, and those by strangers to a tenth', () => {
    const certificate = f.enter(claude, grant('claude', 'architect'))
    const own = (place: number): object => signedBy(f.admin, certificate, { serial: place + 1 })
    const strange = (place: number): object =>
      signedBy(mallory, certificate, { serial: place + 1, issuer: mallory.did })
    const view = createClusterView({ cluster: f.admin.did, maxStatements: 20 })
    const strangers = view.merge(Array.from({ length: 5 }, (_, place) => strange(place)))
    expect([strangers.added, strangers.refused[0]?.error.code]).toEqual([2, 'ERR_IDENTITY_LIMIT'])
    expect(view.merge(Array.from({ length: 30 }, (_, place) => own(place))).added).toBe(18)
    expect(view.statements().length).toBe(20)
  })

  test('give the same verdicts in any order, as often as they come', () => {
    const everything = history()
    const moments = [0, 1, 2, 3, 4, 5].map((day) => START + day * DAY)
    const people: [Identity, string][] = [
      [claude, 'claude'],
      [person(11), 'claude'],
      [bob, 'bob'],
      [person(3), 'carol'],
    ]
    const verdicts = (statements: readonly unknown[]): unknown => {
      const view = createClusterView({ cluster: f.admin.did, maxStatements: 200 })
      view.merge(statements)
      view.merge(statements)
      const found = moments.flatMap((at) =>
        people.map(([{ did }, name]) => {
          const { status, certificate, revokedSince, supersededSince } = view.check({
            did,
            name,
            at,
          })
          return [status, certificate?.serial, revokedSince, supersededSince]
        }),
      )
      return { admin: view.admin, mode: view.mode, found }
    }
    const expected = verdicts(everything)
    const size = everything.length
    fc.assert(
      fc.property(
        fc.shuffledSubarray(everything, { minLength: size, maxLength: size }),
        (shuffled) => {
          expect(verdicts(shuffled)).toEqual(expected)
        },
      ),
      { numRuns: 25 },
    )
  })

  function history(): Statement[] {
    f.enter(claude, grant('claude', 'architect'))
    f.enter(bob, grant('bob', 'critic'), 3 * DAY)
    f.clock.set(START + DAY)
    f.certify(claude, grant('claude', 'architect', 'critic'))
    f.clock.set(START + 2 * DAY)
    f.cluster.handOver(person(101))
    f.clock.set(START + 3 * DAY)
    f.cluster.revoke({ did: bob.did, reason: 'left', effective: START + DAY })
    f.enter(person(3), grant('carol', 'critic'))
    f.cluster.handOver(person(102))
    f.clock.set(START + 4 * DAY)
    f.cluster.revoke({ serial: 5, reason: 'error' })
    return f.cluster.view.statements()
  }
})

describe('two handovers by one key', () => {
  test('stop belief in both, whichever came first, until one is pinned', () => {
    f.enter(claude, grant('claude', 'architect'))
    const stolen = openCluster(f.cluster.toJSON(), { admin: f.admin, now: f.clock.now })
    f.clock.set(START + DAY)
    const { handover } = f.cluster.handOver(person(101))
    f.clock.set(START + 2 * DAY)
    const coup = stolen.handOver(mallory)
    const all = [...f.cluster.view.statements(), ...stolen.view.statements()]
    for (const statements of [all, all.toReversed()]) {
      const view = createClusterView({ cluster: f.admin.did, maxStatements: 200, statements })
      expect(view.admin).toBe(f.admin.did)
      expect(view.fork.map(({ to }) => to).toSorted()).toEqual(
        [person(101).did, mallory.did].toSorted(),
      )
      expect(view.check({ did: claude.did, name: 'claude', at: START }).status).toBe('valid')
      expect(view.check({ did: claude.did, name: 'claude', at: START + DAY }).status).toBe(
        'superseded',
      )
    }
    const pinned = [statementId(handover)]
    const view = createClusterView({
      cluster: f.admin.did,
      maxStatements: 200,
      statements: all,
      pinned,
    })
    expect(view.admin).toBe(person(101).did)
    expect(view.check({ did: claude.did, name: 'claude', at: START + 3 * DAY }).status).toBe(
      'valid',
    )
    expect(coup.handover.to).toBe(mallory.did)
  })

  test('that lead in a circle come to an end', () => {
    const heir = person(101)
    f.cluster.handOver(heir)
    f.clock.set(START + DAY)
    f.cluster.handOver(f.admin)
    expect(f.cluster.view.admin).toBe(heir.did)
  })
})

describe('an open cluster', () => {
  beforeEach(() => {
    f = fixture('open')
  })

  test('gives a name to the first key that uses it, and says that this is all', () => {
    const { view } = f.cluster
    expect(view.mode).toBe('open')
    expect(view.check({ did: bob.did, name: 'bob', at: START })).toMatchObject({
      status: 'first-use',
      trust: 'first-use',
      reason: 'Nobody has used the name bob before',
    })
    expect(view.claim({ name: 'bob', did: bob.did, at: START })).toBe(true)
    expect(view.claim({ name: 'bob', did: bob.did, at: START + 1 })).toBe(true)
    expect(view.claim({ name: 'bob', did: mallory.did, at: START - 1 })).toBe(false)
    expect(view.check({ did: bob.did, name: 'bob', at: START }).trust).toBe('first-use')
    expect(view.check({ did: mallory.did, name: 'bob', at: START })).toMatchObject({
      status: 'unknown',
      trust: 'none',
      reason: 'Another key used the name bob first',
    })
    expect(view.membershipsOf(bob.did, START).list).toEqual([
      { name: 'bob', roles: undefined, trust: 'first-use' },
    ])
  })

  test('takes a certificate for better than a first use', () => {
    const { view } = f.cluster
    view.claim({ name: 'claude', did: mallory.did, at: START })
    f.enter(claude, grant('claude', 'architect'))
    expect(view.check({ did: mallory.did, name: 'claude', at: START }).status).toBe('unknown')
    expect(view.check({ did: claude.did, name: 'claude', at: START }).trust).toBe('certificate')
    expect(view.membershipsOf(mallory.did, START).list).toEqual([])
    expect(view.claim({ name: 'claude', did: mallory.did, at: START })).toBe(false)
  })

  test('does not let a name fall back to first use once it was certified', () => {
    f.enter(claude, grant('claude', 'architect'), DAY)
    f.cluster.revoke({ did: claude.did, reason: 'left' })
    const { view } = f.cluster
    expect(view.check({ did: mallory.did, name: 'claude', at: START + 9 * DAY }).status).toBe(
      'unknown',
    )
    expect(view.claim({ name: 'claude', did: mallory.did, at: START })).toBe(false)
  })

  test('does not let a stranger’s certificate take a name away', () => {
    const { view } = f.cluster
    view.claim({ name: 'bob', did: bob.did, at: START })
    const certificate = f.enter(claude, grant('claude', 'architect'))
    view.add(signedBy(mallory, certificate, { issuer: mallory.did, name: 'bob' }))
    expect(view.check({ did: bob.did, name: 'bob', at: START }).status).toBe('first-use')
    expect(view.membershipsOf(bob.did, START).list.length).toBe(1)
  })

  test('keeps the first uses it saw', () => {
    f.cluster.view.claim({ name: 'bob', did: bob.did, at: START })
    const firstUses = JSON.parse(JSON.stringify(f.cluster.view.firstUses())) as []
    const statements = f.cluster.view.statements()
    const view = createClusterView({ cluster: f.admin.did, statements, firstUses })
    expect(view.claim({ name: 'bob', did: mallory.did, at: START })).toBe(false)
  })

  test('bounds the names by first use', () => {
    const statements = f.cluster.view.statements()
    const view = createClusterView({ cluster: f.admin.did, statements, maxStatements: 3 })
    const claims = ['a', 'b', 'c', 'd'].map((name) =>
      codeOf(() => view.claim({ name, did: bob.did, at: START })),
    )
    expect(claims).toEqual([undefined, undefined, undefined, 'ERR_IDENTITY_LIMIT'])
  })
})

test('a closed cluster has no first uses', () => {
  expect(f.cluster.view.claim({ name: 'bob', did: bob.did, at: START })).toBe(false)
  expect(f.cluster.view.check({ did: bob.did, name: 'bob', at: START }).status).toBe('unknown')
})
