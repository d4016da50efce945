import { inspect } from 'node:util'
import type * as shamir from 'shamir-secret-sharing'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { openCluster } from '../src/cluster.ts'
import {
  canonicalBytes,
  exportSeed,
  recipientOf,
  viewOnlyIdentity,
  type Identity,
} from '../src/index.ts'
import {
  issueWithShares,
  openShare,
  renewShares,
  resealShare,
  splitAdminKey,
  type SealedShare,
  type Share,
  type ShareSet,
} from '../src/shares.ts'
import { sealTo } from '../src/age.ts'
import { shareCommitment } from '../src/share-set.ts'
import { cluster as fixture, grant, person, START, type Fixture } from './cluster-fixture.ts'
import { code } from './support.ts'

const combined = vi.hoisted(() => ({ secrets: [] as Uint8Array[], parts: [] as Uint8Array[] }))
vi.mock('shamir-secret-sharing', async (original) => {
  const real = await original<typeof shamir>()
  return {
    split: async (...args: Parameters<typeof real.split>) => {
      const parts = await real.split(...args)
      combined.parts.push(args[0], ...parts)
      return parts
    },
    combine: async (parts: Uint8Array[]) => {
      const secret = await real.combine(parts)
      combined.secrets.push(secret)
      combined.parts.push(...parts)
      return secret
    },
  }
})

const founders = [person(1), person(2), person(3)]
const names = ['claude', 'bob', 'carol']
const members = founders.map((identity, place) => ({
  name: names[place]!,
  recipient: recipientOf(identity),
}))
const mallory = person(66)
let f: Fixture
let set: ShareSet
let sealed: SealedShare[]

beforeEach(async () => {
  combined.secrets.length = 0
  combined.parts.length = 0
  f = fixture()
  const split = await splitAdminKey({ admin: f.admin, threshold: 2, members, now: f.clock.now })
  set = split.set
  sealed = split.shares
})

const open = async (...places: number[]): Promise<Share[]> =>
  Promise.all(places.map(async (place) => openShare(founders[place]!, sealed[place])))
const draft = (): ReturnType<Fixture['cluster']['draft']> => {
  const dave = person(4)
  return f.cluster.draft({
    ...grant('dave', 'critic'),
    did: dave.did,
    recipient: recipientOf(dave),
  })
}
const zero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0)

describe('an admin key in shares', () => {
  test.each([
    [0, 1],
    [1, 2],
    [2, 0],
    [0, 1, 2],
  ])('signs with shares %i and %i, as it would whole', async (...places) => {
    const shares = await open(...places.filter((place) => place !== undefined))
    const unsigned = draft()
    const certificate = await issueWithShares(shares, unsigned)
    const whole = Buffer.from(f.admin.sign(canonicalBytes(unsigned))).toString('base64url')
    expect(certificate).toEqual({ ...unsigned, signature: whole })
    expect(f.cluster.view.add(certificate)).toBe(true)
    expect(f.cluster.view.check({ did: person(4).did, name: 'dave', at: START }).status).toBe(
      'valid',
    )
  })

  test('revokes, for a cluster whose admin nobody holds', async () => {
    f.enter(person(4), grant('dave', 'critic'))
    const keyless = openCluster(f.cluster.toJSON(), {
      admin: viewOnlyIdentity(f.admin.publicKey),
      now: f.clock.now,
    })
    const unsigned = keyless.draftRevocation({ did: person(4).did, reason: 'left' })
    keyless.view.add(await issueWithShares(await open(0, 2), unsigned))
    expect(keyless.view.check({ did: person(4).did, name: 'dave', at: START }).status).toBe(
      'revoked',
    )
  })

  test('leaves nothing behind: key and shares are overwritten', async () => {
    expect(combined.parts.length).toBe(4)
    expect(combined.parts.every(zero)).toBe(true)
    combined.parts.length = 0
    const shares = await open(0, 1)
    await issueWithShares(shares, draft())
    expect(combined.secrets.length).toBe(1)
    expect([...combined.secrets, ...combined.parts].every(zero)).toBe(true)
    await expect(issueWithShares(shares, draft())).rejects.toThrow(code('ERR_IDENTITY_SHARE'))
  })

  test('shows in nothing that is printed or sent', async () => {
    const [share] = await open(0)
    const seed = Buffer.from(exportSeed(f.admin))
    const shown = [
      inspect(share, { showHidden: true, depth: 9, customInspect: false }),
      JSON.stringify({ share, set, sealed }),
      inspect(structuredClone(share), { depth: 9 }),
    ].join('\n')
    for (const form of ['hex', 'base64', 'base64url'] as const)
      expect(shown).not.toContain(seed.toString(form).slice(0, 20))
    expect(Object.keys(share!)).toEqual(['set', 'index', 'member'])
  })

  test('goes through JSON, and from hand to hand', async () => {
    const gatherer = person(9)
    const mine = JSON.parse(JSON.stringify(sealed[0])) as SealedShare
    const handed = await resealShare(founders[0]!, mine, recipientOf(gatherer))
    await expect(openShare(founders[0]!, handed)).rejects.toThrow(code('ERR_IDENTITY_SHARE'))
    const shares = [await openShare(gatherer, handed), ...(await open(1))]
    expect((await issueWithShares(shares, draft())).name).toBe('dave')
  })
})

describe('a wrong share', () => {
  async function refusedAs(shares: Promise<Share[]> | Share[], expected: object): Promise<void> {
    const run = issueWithShares(await shares, draft())
    await expect(run).rejects.toMatchObject(expected)
    expect(combined.secrets).toEqual([])
  }

  test('is not opened by another key, nor when it is damaged', async () => {
    await expect(openShare(mallory, sealed[0])).rejects.toMatchObject({
      code: 'ERR_IDENTITY_SHARE',
      shares: [1],
      message: expect.stringContaining('The share 1 of claude'),
    })
    const bytes = Buffer.from(sealed[0]!.sealed, 'base64')
    bytes[bytes.length - 1]! ^= 1
    const damaged = { ...sealed[0], sealed: bytes.toString('base64') }
    await expect(openShare(founders[0]!, damaged)).rejects.toThrow(code('ERR_IDENTITY_SHARE'))
  })

  test('that somebody made up is known by its hash', async () => {
    const bytes = new Uint8Array(33).fill(9)
    const forged = await forge(founders[0]!, sealed[0]!, bytes)
    await expect(openShare(founders[0]!, forged)).rejects.toThrow(code('ERR_IDENTITY_SHARE'))
    const other = { ...sealed[0]!, index: 2 }
    await expect(openShare(founders[0]!, other)).rejects.toThrow(code('ERR_IDENTITY_SHARE'))
  })

  test('whose set was made to fit is known by the admin key’s signature', async () => {
    const bytes = new Uint8Array(33).fill(9)
    const changed = set.members.map((member) =>
      member.index === 1 ? { ...member, commitment: shareCommitment(set.id, 1, bytes) } : member,
    )
    const forgedSet = { ...set, members: changed }
    const forged = await forge(founders[0]!, { ...sealed[0]!, set: forgedSet }, bytes)
    await expect(openShare(founders[0]!, forged)).rejects.toThrow(code('ERR_IDENTITY_SHARE'))
    for (const changes of [{ threshold: 3 }, { secret: '0'.repeat(64) }, { issuer: mallory.did }]) {
      const other = { ...sealed[0]!, set: { ...set, ...changes } }
      await expect(openShare(founders[0]!, other)).rejects.toThrow(code('ERR_IDENTITY_SHARE'))
    }
  })

  test('that was forgotten is named, and the others are left as they were', async () => {
    const [first, second, third] = await open(0, 1, 2)
    second!.forget()
    await refusedAs([first!, second!, third!], { code: 'ERR_IDENTITY_SHARE', shares: [2] })
    expect((await issueWithShares([first!, third!], draft())).name).toBe('dave')
  })

  test('of another splitting is named', async () => {
    const again = await splitAdminKey({ admin: f.admin, threshold: 2, members, now: f.clock.now })
    const foreign = await openShare(founders[1]!, again.shares[1])
    await refusedAs([...(await open(0)), foreign], {
      code: 'ERR_IDENTITY_SHARE_SET',
      shares: [2],
      message: expect.stringContaining('2 of bob is not of the same set as the share 1 of claude'),
    })
  })

  test('of another key cannot sign for this one', async () => {
    const theirs = await splitAdminKey({ admin: mallory, threshold: 2, members, now: f.clock.now })
    const shares = [0, 1].map(async (place) => openShare(founders[place]!, theirs.shares[place]))
    await refusedAs(Promise.all(shares), { code: 'ERR_IDENTITY_SHARE_SET', shares: [1, 2] })
  })

  test('that comes twice does not count twice', async () => {
    const [first] = await open(0)
    await refusedAs([first!, first!], { code: 'ERR_IDENTITY_SHARE_SET', shares: [1] })
    await refusedAs(open(0, 0), { code: 'ERR_IDENTITY_SHARE_SET', shares: [1] })
  })

  test('too few are said to be too few', async () => {
    await refusedAs(open(1), { code: 'ERR_IDENTITY_SHARE_COUNT' })
    await refusedAs([], { code: 'ERR_IDENTITY_SHARE_COUNT' })
  })

  test('that somebody wrote by hand is none', async () => {
    const [real] = await open(0)
    const byHand = { set, index: 2, member: 'bob', forget: () => undefined }
    await refusedAs([real!, byHand], { code: 'ERR_IDENTITY_SHARE', shares: [2] })
    for (const value of [null, {}, { ...sealed[0], extra: 1 }, { ...sealed[0], sealed: '!' }])
      await expect(openShare(founders[0]!, value)).rejects.toThrow(code('ERR_IDENTITY_STATEMENT'))
  })

  test('a draft that is none is not signed', async () => {
    const shares = await open(0, 1)
    for (const wrong of [{ ...draft(), name: 'any' }, { ...draft(), type: 'bzzz-handover' }, {}])
      await expect(issueWithShares(shares, wrong as never)).rejects.toThrow(
        code('ERR_IDENTITY_STATEMENT'),
      )
    expect(combined.secrets).toEqual([])
  })
})

describe('renewing', () => {
  test('gives other shares of the same key, also to other members', async () => {
    const dave = person(4)
    const next = [members[0]!, { name: 'dave', recipient: recipientOf(dave) }, members[2]!]
    const renewed = await renewShares(await open(0, 1), {
      threshold: 3,
      members: next,
      now: f.clock.now,
    })
    expect(renewed.set).toMatchObject({ issuer: f.admin.did, threshold: 3 })
    expect(renewed.set.id).not.toBe(set.id)
    expect(combined.secrets.every(zero)).toBe(true)
    const people = [founders[0]!, dave, founders[2]!]
    const shares = await Promise.all(
      people.map(async (who, place) => openShare(who, renewed.shares[place])),
    )
    expect((await issueWithShares(shares, draft())).issuer).toBe(f.admin.did)
    const mixed = [await openShare(dave, renewed.shares[1]), ...(await open(0, 2))]
    await expect(issueWithShares(mixed, draft())).rejects.toThrow(code('ERR_IDENTITY_SHARE_SET'))
  })

  test('with numbers out of range is refused before anything is combined', async () => {
    const shares = await open(0, 1)
    for (const threshold of [1, 4, 2.5, Number.NaN]) {
      const init = { threshold, members, now: f.clock.now }
      await expect(renewShares(shares, init)).rejects.toThrow(code('ERR_IDENTITY_SHARE_COUNT'))
      await expect(splitAdminKey({ ...init, admin: f.admin })).rejects.toThrow(
        code('ERR_IDENTITY_SHARE_COUNT'),
      )
    }
    expect(combined.secrets).toEqual([])
  })
})

async function forge(to: Identity, share: SealedShare, bytes: Uint8Array): Promise<SealedShare> {
  const sealedBytes = await sealTo([recipientOf(to)], bytes)
  return { ...share, sealed: Buffer.from(sealedBytes).toString('base64') }
}
