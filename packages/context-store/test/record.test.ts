import { canonicalText, identityFromSeed } from '@bzzz/identity'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { verifyRecord, type VersionRecord } from '../src/record.ts'
import { signRecord } from '../src/sign-record.ts'

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
  provenance: fc.dictionary(
    word.filter((name) => name !== '__proto__'),
    word,
    { maxKeys: 5 },
  ),
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

test('so is the text of a record that says nothing but a type, and what is no text is refused', () => {
  const id = `bafkrei${'a'.repeat(52)}`
  const plain = { key: 'a:b@c:d/x', version: 1, time: '2025-08-01T00:00:00Z', previous: null }
  const sign = (type: string) =>
    signRecord({ ...plain, content: id, content_type: type, size: 3 }, writer)
  fc.assert(
    fc.property(word, (type) => {
      const { id: own, record, text } = sign(type)
      expect(text).toBe(canonicalText(record))
      expect(verifyRecord(JSON.parse(text))).toEqual({ id: own, record, text })
    }),
  )
  for (const type of ['', 'x'.repeat(256), '\uD800'])
    expect(() => sign(type)).toThrow(/^(?:Not a version record|No canonical form)/)
})

test('a name that an object cannot have is refused, and not dropped', () => {
  const fixed = '"content":null,"content_type":null,"key":"a:b@c:d/x","previous":null,"size":0'
  const text = `{${fixed},"time":"2025-08-01T00:00:00Z","version":1,"provenance":{"__proto__":"x"}}`
  const unsigned = JSON.parse(text) as Omit<VersionRecord, 'signature' | 'writer'>
  expect(() => signRecord(unsigned, writer)).toThrow(/provenance: no name __proto__/)
})
