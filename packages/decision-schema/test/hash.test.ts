import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentIdOf } from '../src/content-id.ts'
import { decisionBytes } from '../src/index.ts'
import { portableSha256, sha256 } from '../src/sha256.ts'
import { decision } from './fixtures.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('SHA-256', () => {
  it.each([
    // FIPS 180-4, examples; the last is the one with two blocks.
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('of %j is that of the standard, with and without the platform', (text, digest) => {
    expect(hex(sha256(utf8(text)))).toBe(digest)
    expect(hex(portableSha256(utf8(text)))).toBe(digest)
  })

  it('is without the platform what it is with it, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const expected = createHash('sha256').update(bytes).digest('hex')
        expect(hex(portableSha256(bytes))).toBe(expected)
        expect(hex(sha256(bytes))).toBe(expected)
      }),
    )
  })
})

describe('content ids', () => {
  it('are CIDv1, raw, sha2-256, in base32', () => {
    expect(contentIdOf(utf8(''))).toBe(
      'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku',
    )
    expect(contentIdOf(utf8('hello world'))).toBe(
      'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e',
    )
  })

  it('of a decision are those of the bytes that are kept', () => {
    const text = new TextDecoder().decode(decisionBytes(decision('a', { title: 'T' })))
    expect(text).toMatch(/^\{"agent_id":"claude","decision_id":"/)
  })
})
