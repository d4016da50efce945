import { expect, test } from 'vitest'
import { collectionOf } from '../src/index.ts'

test.each([
  ['claude:architect@shop:checkout/plan.md', 'claude@shop'],
  ['a:b@c:d/', 'a@c'],
  ['claude:architect@shop:checkout/a:b@c:d/e@f:g.md', 'claude@shop'],
])('the collection of %s is %s', (key, collection) => {
  expect(collectionOf(key)).toBe(collection)
})
