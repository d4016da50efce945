import { contentIdOf } from '@bzzz/context-store'
import { canonicalBytes, identityFromSeed } from '@bzzz/identity'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  collectionOf,
  decodeManifest,
  dhtKeyOf,
  encodeManifest,
  headsDigest,
  manifestRules,
  signManifest,
  type Head,
} from '../src/manifest.ts'

const writer = identityFromSeed(new Uint8Array(32).fill(1))
const COLLECTION = 'claude@shop'
const KEY = '/ucxl/b56de0402bf1cd4e1b5d84a3f2a3a1e19c9f74ba8ec4a9b6a3c4b6cb0c6f5b0e'
const START = Date.UTC(2025, 7, 1)
const manifest = (sequence: number, now = START) =>
  signManifest({ collection: COLLECTION, sequence, heads: [], now }, writer)
const refused = expect.objectContaining({ code: 'ERR_MESH_MANIFEST' }) as Error

describe('a manifest', () => {
  test('is read as it was signed', () => {
    const signed = manifest(7)
    expect(decodeManifest(dhtKeyOf(COLLECTION), encodeManifest(signed))).toEqual(signed)
    expect(signed).toMatchObject({
      collection: COLLECTION,
      sequence: 7,
      time: '2025-08-01T00:00:00Z',
    })
    expect(encodeManifest(signed).length).toBeLessThan(4096)
  })

  test('is refused where anything of it was changed', () => {
    const signed = manifest(7)
    const other = identityFromSeed(new Uint8Array(32).fill(2)).did
    const changes = [
      { sequence: 8 },
      { timelines: 1 },
      { heads: `sha256:${'0'.repeat(64)}` },
      { time: '2025-08-01T00:00:01Z' },
      { writer: other },
      { signature: 'A'.repeat(86) },
    ]
    for (const change of changes) {
      const bytes = canonicalBytes({ ...signed, ...change })
      expect(() => decodeManifest(dhtKeyOf(COLLECTION), bytes), JSON.stringify(change)).toThrow(
        refused,
      )
    }
  })

  test('that is known to be genuine is so under its own key alone, and may be refused later', () => {
    let may = true
    const rules = manifestRules(() => {
      if (!may) throw new Error('revoked')
    })
    const value = encodeManifest(manifest(1))
    const key = dhtKeyOf(COLLECTION)
    for (let turn = 0; turn < 2; turn++) {
      rules.validate(key, value)
      expect(() => rules.validate(dhtKeyOf('other@shop'), value)).toThrow(refused)
      expect(() => rules.validate(key, Uint8Array.of(...value.slice(0, -1), 32))).toThrow(refused)
    }
    may = false
    expect(() => rules.validate(key, value)).toThrow('revoked')
  })

  test('is refused under the key of another collection, and where it is none', () => {
    expect(() => decodeManifest(dhtKeyOf('other@shop'), encodeManifest(manifest(1)))).toThrow(
      refused,
    )
    const more = { ...manifest(1), more: true }
    for (const value of ['', 'null', '{}', '\uFEFF', JSON.stringify(more)]) {
      expect(() => decodeManifest(KEY, new TextEncoder().encode(value))).toThrow(refused)
    }
  })

  test('no bytes whatever are refused in another way', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(() => manifestRules().validate(KEY, bytes)).toThrow(refused)
      }),
    )
  })
})

describe('of several manifests', () => {
  const best = (...values: Uint8Array[]): Uint8Array | undefined =>
    values[manifestRules().select(KEY, values)]

  test('the one with the higher sequence is chosen, then the later, then the smaller content id', () => {
    const [one, two, later] = [manifest(1), manifest(2), manifest(2, START + 1000)].map((each) =>
      encodeManifest(each),
    ) as [Uint8Array, Uint8Array, Uint8Array]
    expect(best(one, two)).toBe(two)
    expect(best(two, later)).toBe(later)
    const twin = encodeManifest(
      signManifest(
        { collection: COLLECTION, sequence: 2, heads: [], now: START },
        identityFromSeed(new Uint8Array(32).fill(9)),
      ),
    )
    const smaller = contentIdOf(two) < contentIdOf(twin) ? two : twin
    expect(best(two, twin)).toBe(smaller)
  })

  test('the choice does not depend on their order', () => {
    const values = [
      manifest(1),
      manifest(3),
      manifest(2),
      manifest(3, START + 1),
      manifest(3, START + 2),
    ]
    const encoded = values.map((each) => encodeManifest(each))
    fc.assert(
      fc.property(fc.shuffledSubarray(encoded, { minLength: encoded.length }), (shuffled) => {
        expect(best(...shuffled)).toBe(encoded[4])
      }),
    )
  })
})

describe('the digest of heads', () => {
  test('is what sha256sum gives of a line for each, by key', () => {
    const heads: Head[] = [
      { key: 'b:r@p:t/x', version: 2, id: 'bafy2' },
      { key: 'a:r@p:t/x', version: 1, id: 'bafy1' },
    ]
    // printf '["a:r@p:t/x",1,"bafy1"]\n["b:r@p:t/x",2,"bafy2"]\n' | sha256sum
    expect(headsDigest(heads)).toBe(
      'sha256:411113c8c1b3c9f12e00e7d66c37f18375433a5c8b7d66d35b77ee90fe753be7',
    )
    expect(headsDigest(heads.toReversed())).toBe(headsDigest(heads))
    expect(headsDigest([])).toBe(
      'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    )
  })
})

describe('a collection', () => {
  test('is the agent and the project of a key', () => {
    expect(collectionOf('claude:architect@shop:checkout/decisions/a:b@c.json')).toBe('claude@shop')
  })
})
