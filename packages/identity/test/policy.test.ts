import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  createPolicy,
  OPEN_RULES,
  OPERATIONS,
  type Operation,
  type Policy,
  type PolicyRules,
} from '../src/cluster.ts'
import { cluster as fixture, DAY, grant, person, START, type Fixture } from './cluster-fixture.ts'
import { code } from './support.ts'

const claude = person(1)
const bob = person(2)
const nobody = person(66)
const RULES: PolicyRules = {
  version: 1,
  roles: {
    architect: [
      { patterns: ['ucxl://any:any@shop:any/**'], operations: ['read', 'write', 'announce'] },
      { patterns: ['ucxl://any:any@shop:any/decisions/**'], operations: ['decide', 'delete'] },
    ],
    critic: [
      { patterns: ['ucxl://any:any@shop:any/public/**'], operations: ['read'] },
      { patterns: ['ucxl://$self:$role@shop:any/reviews/**'], operations: ['write'] },
    ],
    boss: [{ patterns: ['ucxl://any:any@any:any/**'], operations: ['administer'] }],
  },
  members: [
    {
      patterns: ['ucxl://$self:any@any:any/**', 'ucxl://any:any@any:any/inbox/$self/**'],
      operations: ['read'],
    },
  ],
  everyone: [{ patterns: ['ucxl://any:any@any:any/README.md'], operations: ['read'] }],
}

let f: Fixture
let policy: Policy
beforeEach(() => {
  f = fixture()
  f.enter(claude, grant('claude', 'architect'))
  f.enter(bob, grant('bob', 'critic', 'boss'))
  policy = createPolicy({ view: f.cluster.view, rules: RULES, now: f.clock.now })
})

const may = (did: string | null, operation: Operation, key: string, at = START): boolean =>
  policy.decide({ did, operation, key, at }).allowed

describe('a closed cluster', () => {
  test.each<[string, string | null, Operation, string, boolean]>([
    ['reads by its role', claude.did, 'read', 'bob:critic@shop:cart/x.md', true],
    ['reads nothing of another project', claude.did, 'read', 'bob:critic@bank:cart/x.md', false],
    [
      'writes under its own name and role',
      claude.did,
      'write',
      'claude:architect@shop:cart/x.md',
      true,
    ],
    ['writes not under another’s name', claude.did, 'write', 'bob:critic@shop:cart/x.md', false],
    [
      'writes not in a role that it has not',
      claude.did,
      'write',
      'claude:critic@shop:cart/x.md',
      false,
    ],
    [
      'announces under its own name',
      claude.did,
      'announce',
      'claude:architect@shop:cart/x.md',
      true,
    ],
    ['announces not under another’s', claude.did, 'announce', 'bob:critic@shop:cart/x.md', false],
    [
      'deletes where its role may',
      claude.did,
      'delete',
      'claude:architect@shop:cart/decisions/1',
      true,
    ],
    [
      'deletes not where it may only write',
      claude.did,
      'delete',
      'claude:architect@shop:cart/x.md',
      false,
    ],
    [
      'decides on others’ contexts where its role may',
      claude.did,
      'decide',
      'bob:critic@shop:cart/decisions/1',
      true,
    ],
    ['decides not elsewhere', claude.did, 'decide', 'bob:critic@shop:cart/x.md', false],
    ['administers not', claude.did, 'administer', 'claude:architect@shop:cart/x.md', false],
    [
      'administers with the role for it',
      bob.did,
      'administer',
      'claude:architect@shop:cart/x.md',
      true,
    ],
    [
      'writes where $self and $role stand for it',
      bob.did,
      'write',
      'bob:critic@shop:cart/reviews/1',
      true,
    ],
    ['writes not there as another role', bob.did, 'write', 'bob:boss@shop:cart/reviews/1', false],
    ['reads its own, wherever', bob.did, 'read', 'bob:critic@bank:x/y', true],
    [
      'reads what $self in a path opens',
      bob.did,
      'read',
      'claude:architect@bank:x/inbox/bob/1',
      true,
    ],
    [
      'reads not what is for another',
      bob.did,
      'read',
      'claude:architect@bank:x/inbox/claude/1',
      false,
    ],
    ['reads not what is like its name', bob.did, 'read', 'bobby:critic@bank:x/y', false],
    [
      'as nobody reads what is for everyone',
      null,
      'read',
      'claude:architect@shop:cart/README.md',
      true,
    ],
    ['as nobody reads nothing else', null, 'read', 'claude:architect@shop:cart/x.md', false],
    ['as nobody writes nothing', null, 'write', 'claude:architect@shop:cart/README.md', false],
    ['as a stranger is nobody', nobody.did, 'read', 'claude:architect@shop:cart/x.md', false],
    [
      'as a stranger reads what is for everyone',
      nobody.did,
      'read',
      'claude:architect@shop:cart/README.md',
      true,
    ],
  ])('%s', (_, did, operation, key, expected) => {
    expect(may(did, operation, key)).toBe(expected)
    // And the same again, from what it keeps.
    expect(may(did, operation, key)).toBe(expected)
  })

  test('says why, and with which code', () => {
    const ask = (did: string | null, operation: Operation, key: string): unknown =>
      policy.decide({ did, operation, key, at: START })
    expect(ask(claude.did, 'read', 'bob:critic@shop:cart/x.md')).toEqual({
      allowed: true,
      reason: 'Allowed to claude (by certificate: architect) by ucxl://any:any@shop:any/**',
    })
    expect(ask(claude.did, 'write', 'bob:critic@shop:cart/x.md')).toEqual({
      allowed: false,
      code: 'ERR_IDENTITY_NAME',
      reason: 'Denied: it is for who is certified to be bob as critic',
    })
    expect(ask(claude.did, 'read', 'bob:critic@bank:cart/x.md')).toEqual({
      allowed: false,
      code: 'ERR_IDENTITY_FORBIDDEN',
      reason: 'Denied: no rule allows to read it',
    })
    expect(ask(null, 'read', 'a:b@shop:cart/README.md')).toEqual({
      allowed: true,
      reason: 'Allowed to everyone by ucxl://any:any@any:any/README.md',
    })
  })

  test('follows certificates: not before, not after, not when revoked, each with its code', () => {
    const carol = person(3)
    f.clock.set(START + DAY)
    f.enter(carol, grant('carol', 'architect'), 2 * DAY)
    const key = 'carol:architect@shop:cart/x.md'
    const at = (days: number): unknown => {
      const { allowed, code: why } = policy.decide({
        did: carol.did,
        operation: 'write',
        key,
        at: START + days * DAY,
      })
      return why ?? allowed
    }
    expect([at(2), at(0), at(1), at(2.9), at(3), at(2)]).toEqual([
      true,
      'ERR_IDENTITY_NOT_YET_VALID',
      true,
      true,
      'ERR_IDENTITY_EXPIRED',
      true,
    ])
    f.cluster.revoke({ did: carol.did, reason: 'left', effective: START + 2 * DAY })
    expect([at(1), at(2), at(2.5)]).toEqual([true, 'ERR_IDENTITY_REVOKED', 'ERR_IDENTITY_REVOKED'])
  })

  test('without rules allows nothing', () => {
    const closed = createPolicy({ view: f.cluster.view, now: f.clock.now })
    for (const operation of OPERATIONS)
      for (const did of [claude.did, null])
        expect(
          closed.decide({ did, operation, key: 'claude:architect@shop:a/README.md', at: START })
            .allowed,
        ).toBe(false)
  })
})

describe('every operation, by everybody, on every kind of address', () => {
  const agents = ['claude', 'bob', 'eve']
  const roles = ['architect', 'critic', 'boss']
  const paths = [
    'public/x',
    'private/x',
    'decisions/x',
    'reviews/x',
    'inbox/bob/x',
    'README.md',
    '',
  ]
  const keys = agents.flatMap((agent) =>
    roles.flatMap((role) =>
      ['shop', 'bank'].flatMap((project) =>
        paths.map((path) => ({
          agent,
          role,
          project,
          path,
          key: `${agent}:${role}@${project}:t/${path}`,
        })),
      ),
    ),
  )
  // The rules once more, in another language: what stands in none of these lines is denied.
  type Key = (typeof keys)[number]
  const ofClaude: Record<Operation, (key: Key) => boolean> = {
    read: (it) => it.project === 'shop' || it.agent === 'claude' || it.path === 'README.md',
    write: (it) => it.agent === 'claude' && it.role === 'architect' && it.project === 'shop',
    announce: (it) => it.agent === 'claude' && it.role === 'architect' && it.project === 'shop',
    delete: (it) =>
      it.agent === 'claude' &&
      it.role === 'architect' &&
      it.project === 'shop' &&
      it.path === 'decisions/x',
    decide: (it) => it.project === 'shop' && it.path === 'decisions/x',
    administer: () => false,
  }
  const ofBob: Record<Operation, (key: Key) => boolean> = {
    read: (it) =>
      (it.project === 'shop' && it.path === 'public/x') ||
      it.agent === 'bob' ||
      it.path === 'inbox/bob/x' ||
      it.path === 'README.md',
    write: (it) =>
      it.agent === 'bob' &&
      it.role === 'critic' &&
      it.project === 'shop' &&
      it.path === 'reviews/x',
    announce: () => false,
    delete: () => false,
    decide: () => false,
    administer: () => true,
  }
  const ofNobody = (operation: Operation) => (it: Key) =>
    operation === 'read' && it.path === 'README.md'

  test.each(OPERATIONS)('%s is allowed where the rules say so, and nowhere else', (operation) => {
    expect(keys.length).toBe(126)
    for (const it of keys) {
      const found = [claude.did, bob.did, nobody.did, null].map((did) =>
        may(did, operation, it.key),
      )
      const expected = [ofClaude, ofBob].map((rules) => rules[operation](it))
      const none = ofNobody(operation)(it)
      expect([it.key, ...found]).toEqual([it.key, ...expected, none, none])
    }
  })
})

describe('the way round a rule', () => {
  // The critic reads shop:*/public/** and nothing else of the shop that is not its own.
  test.each([
    'claude:architect@shop:cart/private/x.md',
    'claude:architect@shop:cart/public/../private/x.md',
    'claude:architect@shop:cart/public/%2e%2e/private/x.md',
    'claude:architect@shop:cart/public/%2E%2E/private/x.md',
    'claude:architect@shop:cart/public%2f..%2fprivate/x.md',
    'claude:architect@shop:cart/%70ublic/x.md',
    'claude:architect@shop:cart/Public/x.md',
    'claude:architect@shop:cart/PUBLIC/x.md',
    'Claude:architect@shop:cart/public/x.md',
    'claude:architect@SHOP:cart/public/x.md',
    'claude:architect@shop%3Acart/public/x.md',
    'ucxl://claude:architect@shop:cart/public/x.md',
    'ucxl://claude:architect@shop:cart/*^/public/x.md',
    'ucxl://claude:architect@shop%3Acart/*%5E/public/x.md',
    'claude:architect@shop:cart//public/x.md',
    'claude:architect@shop:cart/./public/x.md',
    'claude:architect@shop:cart/*^/public/x.md',
    'claude:architect@shop:cart/public/*',
    'any:any@shop:any/public/x.md',
    'claude:architect@shop:cart/public/x.md?y',
    'claude:architect@shop:cart/public/x.md#y',
    'claude:architect@shop:cart/public/x.md\n',
    ' claude:architect@shop:cart/public/x.md',
    'claude:architect@shop:cart/public/x\u0000.md',
    'x@y:critic@shop:cart/public/x.md',
    'bob:critic@shop:cart@shop:cart/public/x.md',
    '',
    'public',
    'x'.repeat(5000),
  ])('%j is denied', (key) => {
    expect(may(bob.did, 'read', key)).toBe(false)
    for (const operation of OPERATIONS.filter((one) => one !== 'administer'))
      expect(may(bob.did, operation, key)).toBe(false)
  })

  test('is not opened by a trailing slash: it is another context, under the same rules', () => {
    expect(may(bob.did, 'read', 'claude:architect@shop:cart/public/x.md')).toBe(true)
    expect(may(bob.did, 'read', 'claude:architect@shop:cart/public/')).toBe(true)
    expect(may(bob.did, 'read', 'claude:architect@shop:cart/public')).toBe(true)
    expect(may(bob.did, 'read', 'claude:architect@shop:cart/private/')).toBe(false)
    expect(may(null, 'read', 'claude:architect@shop:cart/README.md/')).toBe(false)
  })

  test('is not found among texts of any kind', () => {
    const pieces = [
      'claude',
      'bob',
      ':',
      '@',
      '/',
      'shop',
      'bank',
      'cart',
      'public',
      'private',
      '..',
      '%2e',
      '%2F',
      '*',
      '**',
      'any',
      '~~1',
      '?',
      '#',
      'ucxl://',
      '\\',
      ' ',
      '$self',
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (parts) => {
        const key = parts.join('')
        if (!may(bob.did, 'read', key)) return
        expect(key).toMatch(
          /^(?:bob:[a-z]+@[a-z]+:[a-z]+\/|[a-z]+:[a-z]+@shop:[a-z]+\/public(?:$|\/))/,
        )
      }),
      { numRuns: 3000 },
    )
  })

  test('is not an operation that there is not, nor a key that is no text', () => {
    for (const operation of ['READ', 'constructor', '__proto__', '', undefined])
      expect(may(claude.did, operation as Operation, 'claude:architect@shop:cart/x.md')).toBe(false)
    for (const key of [undefined, null, {}, ['claude:architect@shop:cart/x.md']])
      expect(may(claude.did, 'read', key as string)).toBe(false)
  })

  test('is not a role with a name that objects have', () => {
    f.enter(nobody, grant('constructor', 'constructor', 'tostring'))
    expect(may(nobody.did, 'read', 'claude:architect@shop:cart/x.md')).toBe(false)
  })
})

describe('an open cluster', () => {
  beforeEach(() => {
    f = fixture('open')
    policy = createPolicy({ view: f.cluster.view, now: f.clock.now })
  })

  test('lets everybody read, and write under a name that is theirs or nobody’s', () => {
    const key = 'bob:critic@shop:cart/x.md'
    expect(may(null, 'read', key)).toBe(true)
    expect(may(null, 'write', key)).toBe(false)
    expect(may(bob.did, 'write', key)).toBe(true)
    expect(may(claude.did, 'write', key)).toBe(true)
    f.cluster.view.claim({ name: 'bob', did: bob.did, at: START })
    expect(may(bob.did, 'write', key)).toBe(true)
    expect(policy.decide({ did: claude.did, operation: 'write', key, at: START }).code).toBe(
      'ERR_IDENTITY_NAME',
    )
    expect(policy.decide({ did: bob.did, operation: 'write', key, at: START }).reason).toContain(
      'by first-use',
    )
    expect(may(bob.did, 'administer', key)).toBe(false)
  })

  test('gives the rights of a role to who was certified for it, not to who claims it', () => {
    policy = createPolicy({
      view: f.cluster.view,
      rules: { ...RULES, members: OPEN_RULES.members },
      now: f.clock.now,
    })
    f.cluster.view.claim({ name: 'mallory', did: nobody.did, at: START })
    expect(may(nobody.did, 'write', 'mallory:architect@shop:cart/x.md')).toBe(true)
    expect(may(nobody.did, 'read', 'claude:architect@shop:cart/x.md')).toBe(false)
    expect(may(nobody.did, 'administer', 'mallory:boss@shop:cart/x.md')).toBe(false)
  })
})

describe('access', () => {
  test('of a key goes by the clock', () => {
    const access = policy.accessFor(claude.did)
    const key = 'claude:architect@shop:cart/x.md'
    expect(access.may('write', key)).toBe(true)
    f.clock.set(START + 366 * DAY)
    expect(access.may('write', key)).toBe(false)
    expect(access.explain('write', key).code).toBe('ERR_IDENTITY_EXPIRED')
  })

  test('of a token has its roles, and writes only under its name', () => {
    const reader = policy.accessFor({ roles: ['critic'] })
    expect(reader.may('read', 'claude:architect@shop:cart/public/x')).toBe(true)
    expect(reader.may('read', 'claude:architect@shop:cart/x')).toBe(false)
    expect(reader.may('write', 'bob:critic@shop:cart/reviews/x')).toBe(false)
    const writer = policy.accessFor({ roles: ['architect'], name: 'deploy' })
    expect(writer.may('write', 'deploy:architect@shop:cart/x')).toBe(true)
    expect(writer.may('write', 'claude:architect@shop:cart/x')).toBe(false)
    expect(writer.may('write', 'deploy:critic@shop:cart/x')).toBe(false)
  })

  test('of nobody is what is for everyone', () => {
    const access = policy.accessFor(null)
    expect(access.may('read', 'claude:architect@shop:cart/README.md')).toBe(true)
    expect(access.may('read', 'claude:architect@shop:cart/x')).toBe(false)
  })
})

describe('rules', () => {
  test.each<[string, unknown, string]>([
    ['nothing', null, 'the whole'],
    ['another version', { version: 2, roles: {} }, 'version'],
    ['an unknown list', { version: 1, roles: {}, nobody: [] }, 'the whole'],
    ['a role that is no name', { version: 1, roles: { Boss: [] } }, 'roles.Boss'],
    [
      'an unknown operation',
      withRule({ patterns: ['ucxl://any:any@any:any/**'], operations: ['fly'] }),
      'roles.a.0.operations.0',
    ],
    [
      'no operation',
      withRule({ patterns: ['ucxl://any:any@any:any/**'], operations: [] }),
      'roles.a.0.operations',
    ],
    [
      'a pattern that is none',
      withRule({ patterns: ['any/**'], operations: ['read'] }),
      'roles.a.0',
    ],
    [
      'a pattern with an unknown word',
      withRule({ patterns: ['ucxl://$me:any@any:any/**'], operations: ['read'] }),
      'roles.a.0',
    ],
  ])('with %s are refused, and it is said where', (_, rules, where) => {
    const make = (): unknown =>
      createPolicy({ view: f.cluster.view, rules: rules as PolicyRules, now: f.clock.now })
    expect(make).toThrow(code('ERR_IDENTITY_POLICY'))
    expect(make).toThrow(`; ${where} is wrong`)
  })

  function withRule(rule: unknown): unknown {
    return { version: 1, roles: { a: [rule] } }
  }
})
