import { createHash, createPrivateKey, createPublicKey, hkdfSync } from 'node:crypto'
import * as noble from '@noble/ed25519'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import nacl from 'tweetnacl'
import { describe, expect, test } from 'vitest'
import * as browser from '../src/browser.ts'
import * as root from '../src/index.ts'
import { bech32Of } from './bech32.ts'
import { code, hex, json, toHex } from './support.ts'

interface Names {
  id: string
  seed: string
  publicKey: string
  did: string
  peerId: string
  ax: string
  dx: string
  recipient: string
}
const vectors = json('vectors/identity.json') as {
  identities: Names[]
  seed: string
  derived: (Names & { index: number })[]
  invalidAddresses: { id: string; text: string; why: string }[]
}
const all = [...vectors.identities, ...vectors.derived]
noble.hashes.sha512 = sha512

describe('the vectors of identities', () => {
  test('are all there', () => {
    expect(vectors.identities.length).toBe(6)
    expect(vectors.derived.map(({ index }) => index)).toEqual([0, 1, 2, 9, 10, 9999])
    expect(vectors.invalidAddresses.length).toBe(10)
  })

  test.each(all)('$id: the seed gives all its names', (vector) => {
    const identity = root.identityFromSeed(hex(vector.seed))
    expect(toHex(identity.publicKey)).toBe(vector.publicKey)
    const { did, peerId, ax, dx } = vector
    expect(identity.toJSON()).toEqual({ did, peerId, ax, dx, canSign: true })
    expect(root.recipientOf(identity)).toBe(vector.recipient)
  })

  test.each(all)('$id: the browser’s functions give the same names', (vector) => {
    const key = hex(vector.publicKey)
    expect(browser.didOf(key)).toBe(vector.did)
    expect(browser.peerIdOf(key)).toBe(vector.peerId)
    expect(browser.axAddressOf(key)).toBe(vector.ax)
    expect(browser.dxAddressOf(key)).toBe(vector.dx)
  })

  test.each(all)('$id: other implementations find the same', (vector) => {
    const seed = hex(vector.seed)
    expect(toHex(noble.getPublicKey(seed))).toBe(vector.publicKey)
    expect(toHex(nacl.sign.keyPair.fromSeed(seed).publicKey)).toBe(vector.publicKey)
    const blake = createHash('blake2s256').update(hex(vector.publicKey)).digest()
    expect(bech32Of('ax', blake)).toBe(vector.ax)
    expect(bech32Of('dx', blake)).toBe(vector.dx)
    const secret = hkdf(sha256, seed, undefined, Buffer.from('bzzz age-x25519 v1'), 32)
    const head = hex('302e020100300506032b656e04220420')
    const key = createPrivateKey({
      key: Buffer.concat([head, secret]),
      format: 'der',
      type: 'pkcs8',
    })
    const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
    expect(bech32Of('age', spki.subarray(-32))).toBe(vector.recipient)
  })

  test.each(vectors.derived)('$id: follows from the seed by its number', (vector) => {
    const [identity] = root.identitiesFromSeed(hex(vectors.seed), 1, { from: vector.index })
    expect(toHex(root.exportSeed(identity!))).toBe(vector.seed)
    const info = `bzzz identity v1 #${vector.index}`
    const seed = hkdfSync('sha256', hex(vectors.seed), new Uint8Array(0), info, 32)
    expect(Buffer.from(seed).toString('hex')).toBe(vector.seed)
  })

  test.each(vectors.invalidAddresses)('$id is no address: $why', ({ text }) => {
    expect(root.isChainAddress(text)).toBe(false)
    expect(() => root.parseChainAddress(text)).toThrow(code('ERR_IDENTITY_ADDRESS'))
  })
})
