import { canonicalText, identityFromSeed } from '@bzzz/identity'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { signRecord, verifyRecord, type VersionRecord } from '../src/record.ts'

const writer = identityFromSeed(new Uint8Array(32).fill(1))
// What could be taken for the field before which a signature is put.
const tricky = fc.constantFrom(
  '"size":',
  'size',
  '\\"size\\":1',
  '"signature":"x"',
  '"',
  '\\',
  '{}',
)
const word = fc.oneof(tricky, fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }))

const body: fc.Arbitrary<Omit<VersionRecord, 'signature' | 'writer'>> = fc.record({
  key: fc.constantFrom('a:b@c:d/x', 'claude:architect@shop:checkout/size'),
  version: fc.constant(1),
  time: fc.constant('2025-08-01T00:00:00Z'),
  previous: fc.constant(null),
  content: fc.constant(null),
  content_type: fc.constant(null),
  size: fc.constant(0),
  tags: fc.array(word, { maxLength: 5 }),
  provenance: fc.dictionary(word, word, { maxKeys: 5 }),
})

test('the text that is signed, hashed and kept is the canonical one, whatever is in it', () => {
  fc.assert(
    fc.property(body, (unsigned) => {
      const sealed = signRecord(unsigned, writer)
      expect(sealed.text).toBe(canonicalText(sealed.record))
      const again = verifyRecord(JSON.parse(sealed.text))
      expect(again.id).toBe(sealed.id)
      expect(again.text).toBe(sealed.text)
    }),
  )
})
