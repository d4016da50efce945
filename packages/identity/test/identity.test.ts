import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  didOf,
  exportSeed,
  generateIdentity,
  identityFromSeed,
  peerIdOf,
  publicKeyOfDid,
  viewOnlyIdentity,
} from '../src/index.ts'
import { code, hex } from './support.ts'

const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 })

describe('an identity', () => {
  test('has the public key and the signatures of RFC 8032, section 7.1, test 2', () => {
    const identity = identityFromSeed(
      hex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb'),
    )
    expect(Buffer.from(identity.publicKey).toString('hex')).toBe(
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    )
    expect(Buffer.from(identity.sign(hex('72'))).toString('hex')).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    )
  })

  test('of the seed of zeros has the did:key of the method’s test vectors, and the peer id of libp2p', async () => {
    const identity = identityFromSeed(new Uint8Array(32))
    expect(identity.did).toBe('did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp')
    expect(identity.peerId).toBe('12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN')
  })

  test('that was generated takes its seed from the random source that is passed in', () => {
    const identity = generateIdentity((bytes) => new Uint8Array(bytes).fill(7))
    expect(identity.did).toBe(identityFromSeed(new Uint8Array(32).fill(7)).did)
    expect(generateIdentity().did).not.toBe(generateIdentity().did)
  })

  test('that is view-only has all the names, and neither signs nor gives a seed', () => {
    const whole = identityFromSeed(new Uint8Array(32).fill(1))
    const view = viewOnlyIdentity(whole.publicKey)
    expect({ ...view.toJSON(), canSign: true }).toEqual(whole.toJSON())
    expect(view.canSign).toBe(false)
    expect(() => view.sign(hex('00'))).toThrow(code('ERR_IDENTITY_VIEW_ONLY'))
    expect(() => exportSeed(view)).toThrow(code('ERR_IDENTITY_VIEW_ONLY'))
  })

  test('signs beside the main thread as it does on it', async () => {
    const identity = identityFromSeed(new Uint8Array(32).fill(1))
    expect(Buffer.from(await identity.signAsync(hex('72')))).toEqual(identity.sign(hex('72')))
    const view = viewOnlyIdentity(identity.publicKey)
    await expect(view.signAsync(hex('72'))).rejects.toThrow(code('ERR_IDENTITY_VIEW_ONLY'))
  })

  test('of a key or seed of a wrong size is refused', () => {
    for (const size of [0, 31, 33, 64]) {
      expect(() => identityFromSeed(new Uint8Array(size))).toThrow(code('ERR_IDENTITY_KEY'))
      expect(() => viewOnlyIdentity(new Uint8Array(size))).toThrow(code('ERR_IDENTITY_KEY'))
      expect(() => peerIdOf(new Uint8Array(size))).toThrow(code('ERR_IDENTITY_KEY'))
    }
  })
})

describe('a did:key', () => {
  test('names its public key: there and back is the same', () => {
    fc.assert(
      fc.property(seeds, (publicKey) => {
        expect(Uint8Array.from(publicKeyOfDid(didOf(publicKey)))).toEqual(publicKey)
      }),
    )
  })

  test.each([
    '',
    'did:key:',
    'did:web:example.org',
    'did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp0',
    'did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooW0',
    'did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBm',
    'did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc',
  ])('%j is none of Ed25519', (text) => {
    expect(() => publicKeyOfDid(text)).toThrow(code('ERR_IDENTITY_DID'))
  })

  test('no text whatever fails in another way', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          publicKeyOfDid(`did:key:z6Mk${text}`)
        } catch (error) {
          expect(error).toEqual(code('ERR_IDENTITY_DID'))
        }
      }),
    )
  })
})
