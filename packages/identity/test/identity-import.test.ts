import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { exportSeed, identitiesFromSeed, identityFromSeed, importIdentity } from '../src/index.ts'
import { code, hex, toHex } from './support.ts'

const SEED = '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb'
const { did } = identityFromSeed(hex(SEED))
// `openssl pkey` writes exactly this for the seed above: RFC 8410, section 7.
const PEM = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7
-----END PRIVATE KEY-----
`

describe('a private key from elsewhere', () => {
  test('is read as bytes, as hexadecimal and as PEM', () => {
    expect(importIdentity(hex(SEED)).did).toBe(did)
    expect(importIdentity(SEED).did).toBe(did)
    expect(importIdentity(` ${SEED.toUpperCase()}\n`).did).toBe(did)
    expect(importIdentity(PEM).did).toBe(did)
    expect(toHex(exportSeed(importIdentity(PEM)))).toBe(SEED)
  })

  test('that is none is refused, and not repeated', () => {
    const { privateKey: rsa } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const encrypted = createPrivateKey(PEM).export({
      format: 'pem',
      type: 'pkcs8',
      cipher: 'aes-256-cbc',
      passphrase: 'secret',
    })
    const refused = [
      new Uint8Array(31),
      '',
      SEED.slice(1),
      `${SEED}00`,
      `0x${SEED.slice(2)}`,
      PEM.replace('MC4C', 'MC4D'),
      PEM.replace('PRIVATE', 'PUBLIC'),
      rsa.export({ format: 'pem', type: 'pkcs8' }),
      encrypted,
    ]
    for (const material of refused) {
      const run = (): unknown => importIdentity(material)
      expect(run).toThrow(code('ERR_IDENTITY_KEY'))
      try {
        run()
      } catch (error) {
        expect((error as Error).cause).toBeUndefined()
        expect((error as Error).message).not.toMatch(/4ccd089b|MC4/)
      }
    }
  })
})

describe('many identities from one seed', () => {
  test('are the same ones wherever the batch begins, and all different', () => {
    const seed = new Uint8Array(32).fill(5)
    const batch = identitiesFromSeed(seed, 20).map((identity) => identity.did)
    const again = [0, 7, 19].map((from) => identitiesFromSeed(seed, 1, { from })[0]!.did)
    expect(again).toEqual([batch[0], batch[7], batch[19]])
    expect(new Set(batch).size).toBe(20)
    expect(batch).not.toContain(identityFromSeed(seed).did)
    expect(identitiesFromSeed(seed, 0)).toEqual([])
  })

  test('of a wrong number, or from a wrong seed, are refused', () => {
    const seed = new Uint8Array(32)
    for (const count of [-1, 1.5, Number.NaN, 2 ** 32 + 1])
      expect(() => identitiesFromSeed(seed, count)).toThrow(code('ERR_IDENTITY_KEY'))
    expect(() => identitiesFromSeed(seed, 1, { from: 2 ** 32 })).toThrow(code('ERR_IDENTITY_KEY'))
    expect(() => identitiesFromSeed(new Uint8Array(31), 1)).toThrow(code('ERR_IDENTITY_KEY'))
  })
})
