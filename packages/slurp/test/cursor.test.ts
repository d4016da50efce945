import { expect, test } from 'vitest'
import { readKey, readMark, readNumber, writeCursor } from '../src/cursor.ts'
import { SlurpError } from '../src/errors.ts'

test.each([
  ['a mark', readMark, { rank: 1.5, key: 'claude:architect@shop:checkout/a' }],
  ['a key', readKey, 'claude:architect@shop:checkout/a'],
  ['a number', readNumber, 0],
])('%s is read as it was written', (_, read, value) => {
  expect(read(writeCursor(value))).toEqual(value)
})

test.each([
  ['a mark', readMark, ['x', 1, null, [], { rank: '1', key: 'a' }, { rank: 1 }, { key: 'a' }]],
  ['a key', readKey, [1, null, {}, []]],
  ['a number', readNumber, ['1', -1, 1.5, 2 ** 53, null, {}]],
])('what is no cursor of %s is refused with its code', (_, read, values) => {
  const texts = values.map((value) => Buffer.from(JSON.stringify(value)).toString('base64url'))
  for (const text of ['', '{', 'x'.repeat(5000), ...texts]) {
    let thrown: unknown
    try {
      read(text)
    } catch (error) {
      thrown = error
    }
    expect(SlurpError.is(thrown, 'ERR_SLURP_CURSOR'), text.slice(0, 60)).toBe(true)
  }
})
