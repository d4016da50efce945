import { inspect } from 'node:util'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  createCluster,
  openCluster,
  parseInvitation,
  requestJoin,
  requestRotation,
  type JoinRequest,
} from '../src/cluster.ts'
import { canonicalBytes, identityFromSeed, recipientOf, viewOnlyIdentity } from '../src/index.ts'
import { cluster as fixture, DAY, grant, person, START, type Fixture } from './cluster-fixture.ts'
import { code } from './support.ts'

let f: Fixture
beforeEach(() => {
  f = fixture()
})
const claude = person(1)
const bob = person(2)
const mallory = person(66)

function invited(name = 'claude'): JoinRequest {
  const { token } = f.cluster.invite(grant(name, 'architect'))
  return requestJoin({ token, identity: claude, nonce: f.cluster.challenge() })
}

function resigned(request: JoinRequest, changes: Partial<JoinRequest>, by = claude): JoinRequest {
  const { signature: _old, ...body } = { ...request, ...changes }
  const signature = Buffer.from(by.sign(canonicalBytes(body))).toString('base64url')
  return { ...body, signature }
}

describe('joining', () => {
  test('gives the certificate that the invitation promised, to the key that asked', () => {
    const { token, id } = f.cluster.invite(
      { name: 'claude', roles: ['architect', 'critic'], capabilities: ['rust'], kind: 'agent' },
      { lifetime: 30 * DAY },
    )
    expect(parseInvitation(token)).toMatchObject({ cluster: f.admin.did, id })
    f.clock.set(START + 1000)
    const nonce = f.cluster.challenge()
    const certificate = f.cluster.join(requestJoin({ token, identity: claude, nonce }))
    expect(certificate).toMatchObject({
      type: 'bzzz-certificate',
      version: 1,
      cluster: f.admin.did,
      issuer: f.admin.did,
      serial: 1,
      name: 'claude',
      roles: ['architect', 'critic'],
      capabilities: ['rust'],
      kind: 'agent',
      did: claude.did,
      recipient: recipientOf(claude),
      issued: '2025-08-01T00:00:01Z',
      not_before: '2025-08-01T00:00:01Z',
      not_after: '2025-08-31T00:00:01Z',
    })
    expect(
      f.cluster.view.check({ did: claude.did, name: 'claude', at: START + 1000, role: 'critic' })
        .status,
    ).toBe('valid')
  })

  test('with an invitation that was used is a replay, also with a new nonce', () => {
    const request = invited()
    f.cluster.join(request)
    expect(() => f.cluster.join(request)).toThrow(code('ERR_IDENTITY_REPLAYED'))
    const again = resigned(request, { nonce: f.cluster.challenge() })
    expect(() => f.cluster.join(again)).toThrow(code('ERR_IDENTITY_REPLAYED'))
  })

  test('with a nonce that was used, made up, or is too old is refused', () => {
    const first = invited()
    f.cluster.join(first)
    const { token } = f.cluster.invite(grant('bob', 'critic'))
    const join = (nonce: string): unknown =>
      f.cluster.join(requestJoin({ token, identity: bob, nonce }))
    expect(() => join(first.nonce)).toThrow(code('ERR_IDENTITY_REPLAYED'))
    expect(() => join('A'.repeat(43))).toThrow(code('ERR_IDENTITY_REPLAYED'))
    const old = f.cluster.challenge()
    f.clock.set(START + 5 * 60_000)
    expect(() => join(old)).toThrow(code('ERR_IDENTITY_EXPIRED'))
    expect(join(f.cluster.challenge())).toMatchObject({ name: 'bob' })
  })

  test('with an invitation that has expired, or that there is not, is refused', () => {
    const { token } = f.cluster.invite(grant('claude', 'architect'), { expiresIn: DAY })
    const wrong = `${token.slice(0, -43)}${'A'.repeat(43)}`
    const other = token.replace(/_[0-9a-f]{16}_/, '_0000000000000000_')
    const join = (text: string): unknown =>
      f.cluster.join(requestJoin({ token: text, identity: claude, nonce: f.cluster.challenge() }))
    expect(() => join(wrong)).toThrow(code('ERR_IDENTITY_UNKNOWN'))
    expect(() => join(other)).toThrow(code('ERR_IDENTITY_UNKNOWN'))
    f.clock.set(START + DAY)
    expect(() => join(token)).toThrow(code('ERR_IDENTITY_EXPIRED'))
  })

  test('as another’s key is refused: who asks has to hold the key', () => {
    const request = invited()
    expect(() => f.cluster.join({ ...request, did: bob.did })).toThrow(
      code('ERR_IDENTITY_SIGNATURE'),
    )
    expect(() => f.cluster.join(resigned(request, { did: bob.did }, mallory))).toThrow(
      code('ERR_IDENTITY_SIGNATURE'),
    )
    expect(() => f.cluster.join({ ...request, recipient: recipientOf(mallory) })).toThrow(
      code('ERR_IDENTITY_SIGNATURE'),
    )
    // Nothing was used up by those who tried.
    expect(f.cluster.join(request).did).toBe(claude.did)
  })

  test('another cluster with its invitation is refused', () => {
    const other = createCluster({ name: 'bank', admin: mallory, now: f.clock.now })
    const request = requestJoin({
      token: other.invite(grant('claude', 'architect')).token,
      identity: claude,
      nonce: f.cluster.challenge(),
    })
    expect(() => f.cluster.join(request)).toThrow(code('ERR_IDENTITY_STATEMENT'))
  })

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'join me'],
    ['an empty object', {}],
    ['one more field', { extra: 1 }],
    ['no recipient', { recipient: 'age1' }],
  ])('with %s is refused, and a secret is not repeated', (_, changes) => {
    const request = invited()
    const value =
      typeof changes === 'object' && Object.keys(changes ?? {}).length > 0
        ? resigned(request, changes as Partial<JoinRequest>)
        : changes
    try {
      f.cluster.join(value)
      expect.unreachable()
    } catch (error) {
      expect(error).toEqual(code('ERR_IDENTITY_STATEMENT'))
      expect(inspect(error, { depth: 9 })).not.toContain(request.secret)
    }
  })

  test('under a name that is another’s is refused, when inviting and when joining', () => {
    const two = [invited(), invited()]
    f.cluster.join(two[0])
    const { token } = { token: two[1]! }
    expect(() => f.cluster.join(resigned(token, { did: bob.did }, bob))).toThrow(
      code('ERR_IDENTITY_NAME'),
    )
    expect(() => f.cluster.invite(grant('claude', 'critic'))).toThrow(code('ERR_IDENTITY_NAME'))
    expect(() => f.certify(bob, grant('claude', 'critic'))).toThrow(code('ERR_IDENTITY_NAME'))
    f.cluster.revoke({ did: claude.did, reason: 'left' })
    expect(f.enter(bob, grant('claude', 'critic')).serial).toBe(2)
  })

  test.each(['Claude', 'any', 'a b', '', '-x', 'x'.repeat(64), '$self', 'a:b', '*'])(
    'nobody is invited under the name %j, or to such a role',
    (name) => {
      expect(() => f.cluster.invite(grant(name, 'critic'))).toThrow(code('ERR_IDENTITY_STATEMENT'))
      expect(() => f.cluster.invite(grant('bob', name))).toThrow(code('ERR_IDENTITY_STATEMENT'))
    },
  )

  test.each(['', 'bzzz-invite_', 'bzzz-invite_z6Mk_1_2', 'x'.repeat(10_000)])(
    'an invitation is no %s',
    (token) => {
      expect(() => requestJoin({ token, identity: claude, nonce: 'n' })).toThrow(
        code('ERR_IDENTITY_STATEMENT'),
      )
    },
  )
})

describe('rotating', () => {
  const next = person(11)
  const ask = (name = 'claude'): ReturnType<typeof requestRotation> =>
    requestRotation({
      cluster: f.admin.did,
      name,
      identity: claude,
      next,
      nonce: f.cluster.challenge(),
    })

  test('gives the name to the next key; what the old one signed before stays valid', () => {
    const before = f.enter(claude, grant('claude', 'architect'))
    f.clock.set(START + DAY)
    const after = f.cluster.rotate(ask())
    expect(after).toMatchObject({
      name: 'claude',
      roles: ['architect'],
      did: next.did,
      recipient: recipientOf(next),
      serial: 2,
      not_before: '2025-08-02T00:00:00Z',
      not_after: before.not_after,
    })
    const { view } = f.cluster
    expect(view.check({ did: next.did, name: 'claude', at: START + DAY }).status).toBe('valid')
    expect(view.check({ did: claude.did, name: 'claude', at: START + DAY })).toMatchObject({
      status: 'superseded',
      code: 'ERR_IDENTITY_SUPERSEDED',
    })
    expect(view.check({ did: claude.did, name: 'claude', at: START + DAY - 1 })).toMatchObject({
      status: 'valid',
      supersededSince: '2025-08-02T00:00:00Z',
    })
  })

  test('twice with the same request is a replay', () => {
    f.enter(claude, grant('claude', 'architect'))
    const request = ask()
    f.cluster.rotate(request)
    expect(() => f.cluster.rotate(request)).toThrow(code('ERR_IDENTITY_REPLAYED'))
  })

  test('without the old key, without the new one, or by a key that is revoked is refused', () => {
    f.enter(claude, grant('claude', 'architect'))
    const request = ask()
    for (const changes of [{ did: bob.did }, { next: bob.did }, { name: 'bob' }])
      expect(() => f.cluster.rotate({ ...request, ...changes })).toThrow(
        code('ERR_IDENTITY_SIGNATURE'),
      )
    const { signature: _old, ...body } = { ...request, next: mallory.did }
    const signature = Buffer.from(claude.sign(canonicalBytes(body))).toString('base64url')
    expect(() => f.cluster.rotate({ ...body, signature })).toThrow(code('ERR_IDENTITY_SIGNATURE'))
    expect(() => f.cluster.rotate(ask('bob'))).toThrow(code('ERR_IDENTITY_UNKNOWN'))
    f.cluster.revoke({ did: claude.did, reason: 'stolen' })
    expect(() => f.cluster.rotate(ask())).toThrow(code('ERR_IDENTITY_REVOKED'))
  })
})

describe('handing the cluster to another key', () => {
  const heir = person(101)

  test('keeps every certificate that holds, and drops those that do not', () => {
    f.enter(claude, grant('claude', 'architect'))
    f.enter(bob, grant('bob', 'critic'))
    f.enter(person(3), grant('carol', 'critic'))
    f.cluster.revoke({ did: bob.did, reason: 'left' })
    f.clock.set(START + DAY)
    const { handover, certificates } = f.cluster.handOver(heir)
    expect(handover).toMatchObject({ issuer: f.admin.did, to: heir.did })
    expect(certificates.map(({ name, issuer }) => [name, issuer])).toEqual([
      ['claude', heir.did],
      ['carol', heir.did],
    ])
    const { view } = f.cluster
    expect(view.admin).toBe(heir.did)
    expect(view.cluster).toBe(f.admin.did)
    expect(
      view.check({ did: claude.did, name: 'claude', at: START + DAY }).certificate?.issuer,
    ).toBe(heir.did)
    expect(view.check({ did: claude.did, name: 'claude', at: START }).certificate?.issuer).toBe(
      f.admin.did,
    )
    expect(view.check({ did: bob.did, name: 'bob', at: START + DAY }).status).toBe('revoked')
    expect(f.enter(person(4), grant('dave', 'critic')).issuer).toBe(heir.did)
    expect(view.charter?.issuer).toBe(heir.did)
  })

  test('leaves the old key without power', () => {
    f.enter(claude, grant('claude', 'architect'))
    const thief = openCluster(f.cluster.toJSON(), { admin: f.admin, now: f.clock.now })
    f.clock.set(START + DAY)
    f.cluster.handOver(heir)
    f.clock.set(START + 2 * DAY)
    const keys = { did: mallory.did, recipient: recipientOf(mallory) }
    const forged = [
      thief.certify({ ...grant('mallory', 'architect'), ...keys }),
      thief.revoke({ did: claude.did, reason: 'spite' }),
      thief.revoke({ serial: 1, reason: 'spite', effective: START }),
    ]
    f.cluster.view.merge(forged)
    const { view } = f.cluster
    expect(view.check({ did: mallory.did, name: 'mallory', at: START + 2 * DAY }).status).toBe(
      'unknown',
    )
    expect(view.check({ did: mallory.did, name: 'mallory', at: START + DAY }).status).toBe(
      'unknown',
    )
    expect(view.check({ did: claude.did, name: 'claude', at: START + 2 * DAY }).status).toBe(
      'valid',
    )
    const past = view.check({ did: claude.did, name: 'claude', at: START })
    expect(past.status).toBe('valid')
    expect(past).not.toHaveProperty('revokedSince')
  })

  test('leaves the old key none over what the new one issued, also where it lies about the time', () => {
    f.enter(claude, grant('claude', 'architect'))
    f.clock.set(START + DAY)
    const thief = openCluster(f.cluster.toJSON(), { admin: f.admin, now: () => START + DAY - 1 })
    f.cluster.handOver(heir)
    const backdated = thief.revoke({ did: claude.did, reason: 'spite', effective: START })
    f.cluster.view.add(backdated)
    const { view } = f.cluster
    expect(view.check({ did: claude.did, name: 'claude', at: START + 2 * DAY }).status).toBe(
      'valid',
    )
    expect(view.check({ did: claude.did, name: 'claude', at: START + 2 * DAY })).not.toHaveProperty(
      'revokedSince',
    )
  })

  test('with a signature of the heir that is not the heir’s is refused', () => {
    const { handover } = f.cluster.handOver(heir)
    const forged = { ...handover, to: mallory.did }
    const { signature: _old, ...body } = forged
    const signature = Buffer.from(f.admin.sign(canonicalBytes(body))).toString('base64url')
    expect(() => f.cluster.view.add({ ...body, signature })).toThrow(code('ERR_IDENTITY_SIGNATURE'))
  })
})

describe('the state of a cluster', () => {
  test('goes through JSON, holds no secret, and goes on where it stopped', () => {
    const { token } = f.cluster.invite(grant('bob', 'critic'))
    f.enter(claude, grant('claude', 'architect'))
    const text = JSON.stringify(f.cluster)
    expect(text).not.toContain(parseInvitation(token).secret)
    const again = openCluster(JSON.parse(text), { admin: f.admin, now: f.clock.now })
    expect(again.view.check({ did: claude.did, name: 'claude', at: START }).status).toBe('valid')
    const nonce = again.challenge()
    expect(again.join(requestJoin({ token, identity: bob, nonce })).serial).toBe(2)
    expect(JSON.stringify(openCluster(again.toJSON(), { admin: f.admin, now: f.clock.now }))).toBe(
      JSON.stringify(again),
    )
  })

  test('that was tampered with is refused', () => {
    f.enter(claude, grant('claude', 'architect'))
    const state = JSON.parse(JSON.stringify(f.cluster)) as { statements: { roles?: string[] }[] }
    state.statements.at(-1)!.roles = ['boss']
    const open = (value: unknown): unknown =>
      openCluster(value, { admin: f.admin, now: f.clock.now })
    expect(() => open(state)).toThrow(code('ERR_IDENTITY_SIGNATURE'))
    for (const other of [null, {}, { ...state, version: 2 }])
      expect(() => open(other)).toThrow(code('ERR_IDENTITY_STATEMENT'))
  })

  test('opened without the private key drafts what it cannot sign, and uses nothing up', () => {
    const request = invited()
    const state = f.cluster.toJSON()
    const view = openCluster(state, {
      admin: viewOnlyIdentity(f.admin.publicKey),
      now: f.clock.now,
    })
    const again = resigned(request, { nonce: view.challenge() })
    expect(() => view.join(again)).toThrow(code('ERR_IDENTITY_VIEW_ONLY'))
    expect(view.admit(again)).toMatchObject({ name: 'claude', did: claude.did, serial: 1 })
  })

  test('is founded by who holds the key', () => {
    const viewOnly = viewOnlyIdentity(f.admin.publicKey)
    expect(() => createCluster({ name: 'x', admin: viewOnly, now: f.clock.now })).toThrow(
      code('ERR_IDENTITY_VIEW_ONLY'),
    )
  })

  test('takes its chance from where it is told', () => {
    const random = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(7)
    const made = createCluster({ name: 'x', admin: f.admin, now: f.clock.now, random })
    expect(made.challenge()).toBe('BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc')
    expect(made.invite(grant('claude', 'x')).id).toBe('0707070707070707')
    expect(identityFromSeed(random(32)).did).toBe(person(7).did)
  })
})
