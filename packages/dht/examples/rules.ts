import assert from 'node:assert/strict'
import { checkRecord, DhtError, type RuleBook } from '@bzzz/dht'

// What may stand under /price/…, and which of two prices is the better one.
const rules: RuleBook = {
  price: {
    maxBytes: 8,
    validate(_key, value) {
      if (!/^\d+$/.test(String.fromCharCode(...value))) throw new Error('expected digits')
    },
    select: (_key, values) =>
      values.findIndex((value) => value.length === Math.min(...values.map((each) => each.length))),
  },
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
assert.equal(checkRecord(rules, '/price/tea', bytes('42')).maxBytes, 8)
assert.throws(() => checkRecord(rules, '/price/tea', bytes('free')), DhtError)
