import { createDecipheriv } from 'node:crypto'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { sealTo } from '../src/age.ts'
import {
  createKeyRing,
  isSealed,
  OVERHEAD_BYTES,
  type KeyRing,
  type StoredContent,
  type WrappedKey,
} from '../src/contents.ts'
import { canonicalBytes, recipientOf, type Identity } from '../src/index.ts'
import { clockAt, DAY, person, START, type Clock } from './cluster-fixture.ts'
import { code } from './support.ts'

const claude = person(1)
const bob = person(2)
const carol = person(3)
const KEY = 'claude:architect@shop:cart/plan.md'
const content = Buffer.from('The plan: sell the shop.')
let clock: Clock
let writer: KeyRing
let wrapped: WrappedKey

beforeEach(async () => {
  clock = clockAt(START)
  writer = createKeyRing({ identity: claude, now: clock.now, maxRecords: 1000 })
  wrapped = await writer.newPeriod('architect', [recipientOf(bob)])
})

async function ringOf(identity: Identity, ...keys: unknown[]): Promise<KeyRing> {
  const ring = createKeyRing({ identity, now: clock.now })
  for (const key of keys) await ring.add(key)
  return ring
}
const sealed = (): StoredContent => writer.seal('architect', { key: KEY, bytes: content })

describe('an encrypted content', () => {
  test('is read by its writer and by who the key was wrapped for, also through JSON', async () => {
    const stored = sealed()
    expect(Buffer.from(writer.open(stored)).toString()).toBe('The plan: sell the shop.')
    const bobs = await ringOf(bob, JSON.parse(JSON.stringify(wrapped)))
    expect(Buffer.from(bobs.open(stored)).toString()).toBe('The plan: sell the shop.')
    const again = await ringOf(claude, wrapped)
    expect(Buffer.from(again.open(stored)).toString()).toBe('The plan: sell the shop.')
  })

  test('is never garbage to who has no key: it is refused with what to do', async () => {
    const carols = createKeyRing({ identity: carol, now: clock.now })
    expect(await carols.add(wrapped)).toBe(false)
    const stored = sealed()
    expect(() => carols.open(stored)).toThrow(code('ERR_IDENTITY_NO_CONTENT_KEY'))
    expect(() => carols.open(stored)).toThrow(/ask a reader of the context to wrap it/)
    await expect(carols.wrapFor(wrapped.key, [recipientOf(carol)])).rejects.toThrow(
      code('ERR_IDENTITY_NO_CONTENT_KEY'),
    )
  })

  test('has the form that is written down, byte by byte', async () => {
    const random = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(7)
    const ring = createKeyRing({ identity: claude, now: clock.now, random })
    await ring.newPeriod('architect', [])
    const { bytes, encryption } = ring.seal('architect', { key: KEY, bytes: content })
    expect(Buffer.from(bytes.subarray(0, 8)).toString('hex')).toBe('89425a5a5a45010a')
    const id = Buffer.from(bytes.subarray(8, 40))
    expect(encryption).toEqual({ method: 'aes-256-gcm', key: id.toString('base64url') })
    expect(id.toString('hex')).toBe(
      'cbadea7f07730fe4285fc3d07e9757208ea95a8b459f0b6163fc10ced9a89a3b',
    )
    expect(Buffer.from(bytes.subarray(40, 52))).toEqual(Buffer.alloc(12, 7))
    expect(bytes.length).toBe(content.length + OVERHEAD_BYTES)
    expect(OVERHEAD_BYTES).toBe(68)
    const decipher = createDecipheriv('aes-256-gcm', Buffer.alloc(32, 7), bytes.subarray(40, 52))
    decipher.setAAD(Buffer.concat([bytes.subarray(0, 40), Buffer.from(KEY)]))
    decipher.setAuthTag(bytes.subarray(-16))
    const text = Buffer.concat([decipher.update(bytes.subarray(52, -16)), decipher.final()])
    expect(text).toEqual(content)
  })

  test('there and back is the same, for contents and addresses of any kind', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (bytes, key) => {
        const stored = writer.seal('architect', { key, bytes })
        expect(Buffer.from(writer.open(stored))).toEqual(Buffer.from(bytes))
        expect(isSealed(stored.bytes)).toBe(true)
      }),
    )
  })

  test('of which any one bit was changed is refused', () => {
    const stored = sealed()
    fc.assert(
      fc.property(fc.nat(stored.bytes.length * 8 - 1), (bit) => {
        const bytes = Uint8Array.from(stored.bytes)
        bytes[bit >> 3]! ^= 1 << (bit & 7)
        expect(() => writer.open({ ...stored, bytes })).toThrow(
          code(bit < 64 ? 'ERR_IDENTITY_CONTENT_DOWNGRADE' : 'ERR_IDENTITY_CONTENT'),
        )
      }),
    )
  })

  test('that was cut is refused', () => {
    const stored = sealed()
    for (const length of [8, 39, 40, 52, 67, stored.bytes.length - 1])
      expect(() => writer.open({ ...stored, bytes: stored.bytes.subarray(0, length) })).toThrow(
        code('ERR_IDENTITY_CONTENT'),
      )
  })

  test('that was moved to another address is refused', () => {
    const stored = sealed()
    for (const key of ['claude:architect@shop:cart/other.md', `${KEY}/`, KEY.toUpperCase(), ''])
      expect(() => writer.open({ ...stored, key })).toThrow(code('ERR_IDENTITY_CONTENT'))
  })

  test('under another key than its record says is refused', async () => {
    const first = sealed()
    await writer.newPeriod('architect', [])
    const second = sealed()
    expect(() => writer.open({ ...first, encryption: second.encryption })).toThrow(
      code('ERR_IDENTITY_CONTENT'),
    )
    const relabelled = Uint8Array.from(first.bytes)
    relabelled.set(second.bytes.subarray(0, 40))
    expect(() => writer.open({ ...second, bytes: relabelled })).toThrow(
      code('ERR_IDENTITY_CONTENT'),
    )
    const other = { ...first.encryption!, method: 'none' as 'aes-256-gcm' }
    expect(() => writer.open({ ...first, encryption: other })).toThrow(code('ERR_IDENTITY_CONTENT'))
  })

  test('that was downgraded is refused, in either direction', () => {
    const stored = sealed()
    expect(() => writer.open({ ...stored, bytes: content })).toThrow(
      code('ERR_IDENTITY_CONTENT_DOWNGRADE'),
    )
    expect(() => writer.open({ key: KEY, bytes: stored.bytes })).toThrow(
      code('ERR_IDENTITY_CONTENT_DOWNGRADE'),
    )
    expect(writer.open({ key: KEY, bytes: content })).toBe(content)
    expect(writer.open({ key: KEY, bytes: new Uint8Array() }).length).toBe(0)
  })

  test('is another one each time: no nonce comes twice', () => {
    const seen = Array.from({ length: 700 }, () => {
      const { bytes } = writer.seal('architect', { key: KEY, bytes: content })
      return Buffer.from(bytes.subarray(40, 52)).toString('hex')
    })
    expect(new Set(seen).size).toBe(700)
  })
})

describe('a period', () => {
  test('ends after a day', async () => {
    clock.set(START + DAY - 1)
    expect(writer.period('architect')?.records).toBe(0)
    sealed()
    clock.set(START + DAY)
    expect(writer.period('architect')).toBeUndefined()
    expect(() => sealed()).toThrow(code('ERR_IDENTITY_CONTENT_PERIOD'))
    const next = await writer.newPeriod('architect', [recipientOf(bob)])
    expect(next.key).not.toBe(wrapped.key)
    expect(next.started).toBe('2025-08-02T00:00:00Z')
    sealed()
  })

  test('ends after so many contents', async () => {
    const ring = createKeyRing({ identity: claude, now: clock.now, maxRecords: 3 })
    await ring.newPeriod('architect', [])
    for (let count = 0; count < 3; count++) ring.seal('architect', { key: KEY, bytes: content })
    expect(() => ring.seal('architect', { key: KEY, bytes: content })).toThrow(
      code('ERR_IDENTITY_CONTENT_PERIOD'),
    )
  })

  test('ends when a member leaves: who left reads nothing that comes after', async () => {
    const bobs = await ringOf(bob, wrapped)
    const before = sealed()
    writer.endPeriod('architect')
    expect(() => sealed()).toThrow(code('ERR_IDENTITY_CONTENT_PERIOD'))
    expect(await bobs.add(await writer.newPeriod('architect', [recipientOf(carol)]))).toBe(false)
    expect(() => bobs.open(sealed())).toThrow(code('ERR_IDENTITY_NO_CONTENT_KEY'))
    expect(Buffer.from(bobs.open(before))).toEqual(content)
  })

  test('is of one role, and of who began it', async () => {
    expect(() => writer.seal('critic', { key: KEY, bytes: content })).toThrow(
      code('ERR_IDENTITY_CONTENT_PERIOD'),
    )
    const bobs = await ringOf(bob, wrapped)
    expect(() => bobs.seal('architect', { key: KEY, bytes: content })).toThrow(
      code('ERR_IDENTITY_CONTENT_PERIOD'),
    )
  })

  test('is not begun for a recipient that is none', async () => {
    for (const recipient of ['', 'age1', claude.did, `${recipientOf(bob).slice(0, -1)}q`])
      await expect(writer.newPeriod('critic', [recipient])).rejects.toThrow(
        code('ERR_IDENTITY_ADDRESS'),
      )
    expect(writer.period('critic')).toBeUndefined()
  })
})

describe('a new member', () => {
  test('reads from then on, and what came before when a reader wraps those keys again', async () => {
    const before = sealed()
    clock.set(START + DAY)
    const next = await writer.newPeriod('architect', [recipientOf(bob), recipientOf(carol)])
    const carols = await ringOf(carol, wrapped, next)
    expect(Buffer.from(carols.open(sealed()))).toEqual(content)
    expect(() => carols.open(before)).toThrow(code('ERR_IDENTITY_NO_CONTENT_KEY'))
    const bobs = await ringOf(bob, next, wrapped)
    expect(bobs.keys().map(({ key }) => key)).toEqual([wrapped.key, next.key])
    for (const { key } of bobs.keys())
      await carols.add(await bobs.wrapFor(key, [recipientOf(carol)]))
    expect(Buffer.from(carols.open(before))).toEqual(content)
    expect(carols.keys()[0]).toEqual({
      key: wrapped.key,
      role: 'architect',
      started: '2025-08-01T00:00:00Z',
    })
  })
})

describe('a wrapped key', () => {
  test('that is not what its id says, or whose words were changed, is refused', async () => {
    const bobs = createKeyRing({ identity: bob, now: clock.now })
    await expect(bobs.add({ ...wrapped, role: 'critic' })).rejects.toThrow(
      code('ERR_IDENTITY_SIGNATURE'),
    )
    await expect(bobs.add({ ...wrapped, by: carol.did })).rejects.toThrow(
      code('ERR_IDENTITY_SIGNATURE'),
    )
    for (const value of [null, 'x', {}, { ...wrapped, extra: 1 }, { ...wrapped, key: 'short' }])
      await expect(bobs.add(value)).rejects.toThrow(code('ERR_IDENTITY_STATEMENT'))
    const mine = await sealTo([recipientOf(bob)], new Uint8Array(32).fill(9))
    const { signature: _old, ...rest } = wrapped
    const body = { ...rest, by: carol.did, sealed: Buffer.from(mine).toString('base64') }
    const signature = Buffer.from(carol.sign(canonicalBytes(body))).toString('base64url')
    await expect(bobs.add({ ...body, signature })).rejects.toThrow(code('ERR_IDENTITY_CONTENT'))
    expect(bobs.keys()).toEqual([])
  })
})

test('a ring shows no key', async () => {
  const random = (bytes: number): Uint8Array =>
    Uint8Array.from({ length: bytes }, (_, place) => 0xc0 + place)
  const ring = createKeyRing({ identity: claude, now: clock.now, random })
  const shared = await ring.newPeriod('architect', [])
  const shown = [
    inspect(ring, { showHidden: true, depth: 9, customInspect: false }),
    JSON.stringify([ring, shared, ring.keys(), ring.period('architect')]),
  ].join('\n')
  const secret = Buffer.from(random(32))
  for (const form of ['hex', 'base64', 'base64url'] as const)
    expect(shown).not.toContain(secret.toString(form).slice(0, 20))
})
