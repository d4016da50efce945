import { collectionOf as asTheMeshHasIt } from '@bzzz/mesh'
import { expect, test } from 'vitest'
import { collectionOf } from '../src/collection.ts'

test.each([
  'claude:architect@shop:checkout/plan.md',
  'a:b@c:d/',
  'claude:architect@shop:checkout/a:b@c:d/e@f:g.md',
])('a collection is named as the mesh names it: %s', (key) => {
  expect(collectionOf(key)).toBe(asTheMeshHasIt(key))
})
