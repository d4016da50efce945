import * as noble from '@noble/ed25519'
import { sha512 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import nacl from 'tweetnacl'
import { describe, expect, test } from 'vitest'
import { verifySignature as inBrowser } from '../src/browser.ts'
import { didOf, identityFromSeed, verifyBatch, verifySignature } from '../src/index.ts'
import { code, hex, json } from './support.ts'

noble.hashes.sha512 = sha512
const { cases } = json('test/fixtures/ed25519-speccheck.json') as {
  cases: { what: string; message: string; publicKey: string; signature: string; holds: boolean }[]
}
const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 })
const ways = { node: verifySignature, browser: inBrowser }

describe.each(Object.entries(ways))('verifying by %s', (_, verify) => {
  test.each(cases)('$what: $holds', ({ message, publicKey, signature, holds }) => {
    expect(verify(didOf(hex(publicKey)), hex(message), hex(signature))).toBe(holds)
  })

  test('believes what was signed, and nothing else', () => {
    fc.assert(
      fc.property(seeds, fc.uint8Array({ minLength: 1 }), fc.nat(), (seed, bytes, place) => {
        const identity = identityFromSeed(seed)
        const signature = identity.sign(bytes)
        expect(verify(identity.did, bytes, signature)).toBe(true)
        const changed = Uint8Array.from(bytes)
        changed[place % bytes.length]! ^= 1
        expect(verify(identity.did, changed, signature)).toBe(false)
        const forged = Uint8Array.from(signature)
        forged[place % 64]! ^= 1
        expect(verify(identity.did, bytes, forged)).toBe(false)
      }),
      { numRuns: 15 },
    )
  })

  test('believes no signature under a point of small order', () => {
    // With the neutral point as the key, R = B·S for any S holds for every message.
    const neutral = didOf(Uint8Array.of(1, ...new Uint8Array(31)))
    const signature = new Uint8Array(64)
    signature[0] = 1
    expect(verify(neutral, hex('00'), signature)).toBe(false)
  })

  test('does not believe a signature of another size, nor a key that is no point', () => {
    const { did } = identityFromSeed(new Uint8Array(32))
    for (const size of [0, 63, 65]) expect(verify(did, hex('00'), new Uint8Array(size))).toBe(false)
    expect(verify(didOf(new Uint8Array(32).fill(0xff)), hex('00'), new Uint8Array(64))).toBe(false)
    expect(verify(didOf(new Uint8Array(32).fill(2)), hex('00'), new Uint8Array(64))).toBe(false)
    expect(() => verify('nobody', hex('00'), new Uint8Array(64))).toThrow(code('ERR_IDENTITY_DID'))
  })
})

test('signatures are those of other implementations', () => {
  fc.assert(
    fc.property(seeds, fc.uint8Array(), (seed, bytes) => {
      const signature = identityFromSeed(seed).sign(bytes)
      expect(signature).toEqual(Buffer.from(noble.sign(bytes, seed)))
      const { secretKey } = nacl.sign.keyPair.fromSeed(seed)
      expect(signature).toEqual(Buffer.from(nacl.sign.detached(bytes, secretKey)))
    }),
    { numRuns: 5 },
  )
})

describe('a batch', () => {
  const identity = identityFromSeed(new Uint8Array(32).fill(3))
  const item = (text: string): { did: string; bytes: Uint8Array; signature: Uint8Array } => {
    const bytes = Buffer.from(text)
    return { did: identity.did, bytes, signature: identity.sign(bytes) }
  }

  test.each([0, 1, 7, 8, 50])('of %i has a verdict for each, in order', async (count) => {
    const items = Array.from({ length: count }, (_, place) => {
      const good = item(`text ${place}`)
      return place % 3 === 1 ? { ...good, bytes: Buffer.from('another') } : good
    })
    const expected = items.map((_, place) => place % 3 !== 1)
    expect(await verifyBatch(items)).toEqual(expected)
  })

  test.each([1, 8])('of %i is not voided by a broken item', async (times) => {
    const broken = [
      { ...item('a'), did: 'nobody' },
      { ...item('b'), signature: new Uint8Array(3) },
      { ...item('c'), did: didOf(new Uint8Array(32)) },
    ]
    const items = Array.from({ length: times }, () => [item('x'), ...broken.slice(0, 2)]).flat()
    items.push(broken[2]!)
    const verdicts = await verifyBatch(items)
    expect(verdicts.filter(Boolean).length).toBe(times)
  })

  test('ends where it is told to', async () => {
    const items = Array.from({ length: 20 }, () => item('x'))
    await expect(verifyBatch(items, { signal: AbortSignal.abort('enough') })).rejects.toBe('enough')
    const control = new AbortController()
    const running = verifyBatch(items, { signal: control.signal })
    control.abort('enough')
    await expect(running).rejects.toBe('enough')
  })
})
