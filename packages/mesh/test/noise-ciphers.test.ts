import { createCipheriv } from 'node:crypto'
import { noise } from '@libp2p/noise'
import { Uint8ArrayList } from 'uint8arraylist'
import { expect, test } from 'vitest'
import { keepingKeys, type Bytes, type NoiseCiphers } from '../src/libp2p/noise-ciphers.ts'

const key = Uint8Array.from({ length: 32 }, (_, place) => place)
const nonce = Uint8Array.from({ length: 12 }, (_, place) => place * 3)
const NONE = new Uint8Array(0)
// Of WebAssembly, for what is short, and of node:crypto.
const REFUSED = /Invalid|authenticate/
const SIZES = [0, 1, 16, 1183, 1184, 1199, 1200, 4096, 65_519]

/** Those of libp2p, which others use. */
function theirs(): NoiseCiphers {
  const log = Object.assign(() => {}, { trace() {}, error() {}, enabled: false })
  const encrypter = noise()({ logger: { forComponent: () => log } } as never)
  return (encrypter as unknown as { crypto: NoiseCiphers }).crypto
}

const text = (size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, place) => (place * 31) % 251)
const whole = (bytes: Bytes): Buffer => Buffer.from(bytes.subarray())
/** The same bytes in pieces, as they come from a network. */
function split(bytes: Bytes): Uint8ArrayList {
  const all = whole(bytes)
  const cuts = [0, 1, Math.floor(all.length / 3), all.length - 7, all.length]
  const sorted = cuts.map((cut) => Math.max(0, cut)).toSorted((a, b) => a - b)
  return new Uint8ArrayList(...sorted.slice(1).map((end, at) => all.subarray(sorted[at], end)))
}

test('what one of libp2p encrypts is decrypted, and the other way round, in whatever pieces', () => {
  const other = theirs()
  const own = keepingKeys({ ...other })
  for (const size of SIZES) {
    for (const plain of [text(size), split(text(size))]) {
      const [here, there] = [own, other].map(({ encrypt }) => encrypt(plain, nonce, NONE, key))
      expect(whole(here ?? NONE).equals(whole(there ?? NONE))).toBe(true)
      for (const [ciphers, sealed] of [
        [own, there],
        [other, here],
      ] as const) {
        for (const form of [whole(sealed ?? NONE), split(sealed ?? NONE)]) {
          expect(whole(ciphers.decrypt(form, nonce, NONE, key)).equals(whole(plain))).toBe(true)
        }
      }
    }
  }
})

test('it is ChaCha20-Poly1305, over the associated data too', () => {
  const { encrypt, decrypt } = keepingKeys(theirs())
  const ad = Buffer.from('associated')
  const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 })
  cipher.setAAD(ad, { plaintextLength: 3000 })
  const expected = Buffer.concat([cipher.update(text(3000)), cipher.final(), cipher.getAuthTag()])
  expect(whole(encrypt(text(3000), nonce, ad, key)).equals(expected)).toBe(true)
  expect(whole(decrypt(expected, nonce, ad, key)).equals(text(3000))).toBe(true)
  expect(() => decrypt(expected, nonce, NONE, key)).toThrow(REFUSED)
})

test('a byte that was changed, another key, another nonce and a cut are refused', () => {
  const { encrypt, decrypt } = keepingKeys(theirs())
  for (const size of [20, 5000]) {
    const sealed = whole(encrypt(text(size), nonce, NONE, key))
    for (const place of [0, size - 1, size, size + 15]) {
      const changed = Buffer.from(sealed)
      changed[place] = (changed[place] ?? 0) ^ 1
      expect(() => decrypt(changed, nonce, NONE, key)).toThrow(REFUSED)
      expect(() => decrypt(split(changed), nonce, NONE, key)).toThrow(REFUSED)
    }
    expect(() => decrypt(sealed, nonce, NONE, new Uint8Array(32))).toThrow(REFUSED)
    expect(() => decrypt(sealed, new Uint8Array(12), NONE, key)).toThrow(REFUSED)
    expect(() => decrypt(sealed.subarray(1), nonce, NONE, key)).toThrow(REFUSED)
  }
})

test('each key is its own, however many there are', () => {
  const { encrypt, decrypt } = keepingKeys(theirs())
  const keys = Array.from({ length: 20 }, (_, place) => new Uint8Array(32).fill(place))
  const sealed = keys.map((one) => whole(encrypt(text(2000), nonce, NONE, one)))
  expect(new Set(sealed.map((bytes) => bytes.toString('hex'))).size).toBe(20)
  for (const [place, one] of keys.entries())
    expect(whole(decrypt(sealed[place] ?? NONE, nonce, NONE, one)).equals(text(2000))).toBe(true)
})
