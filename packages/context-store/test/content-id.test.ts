import { hash } from 'node:crypto'
import fc from 'fast-check'
import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import { expect, test } from 'vitest'
import { contentIdOf, createContentHash, isContentId } from '../src/content-id.ts'

/** The same id by the library of those who defined it. */
function byLibrary(bytes: Uint8Array): string {
  return CID.createV1(0x55, create(0x12, hash('sha256', bytes, 'buffer'))).toString()
}

test('an id is the CIDv1 that others make of the same bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const id = contentIdOf(bytes)
      expect(id).toBe(byLibrary(bytes))
      expect(isContentId(id)).toBe(true)
    }),
  )
})

test('an id does not depend on the pieces in which the bytes come', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), (pieces) => {
      const hashed = createContentHash()
      for (const piece of pieces) hashed.add(piece)
      expect(hashed.id()).toBe(contentIdOf(Buffer.concat(pieces)))
    }),
  )
})

test('what is no id is told from one', () => {
  const id = contentIdOf(new Uint8Array(0))
  for (const text of [
    '',
    id.slice(1),
    `${id}a`,
    id.toUpperCase(),
    id.replace('bafkrei', 'bafybei'),
  ])
    expect(isContentId(text)).toBe(false)
})
