import assert from 'node:assert/strict'
import { compilePattern, createAddress, format, keyOf, parse, safeParse } from '@bzzz/ucxl-address'

const payment = parse('ucxl://claude:architect@shop:checkout/decisions/payment.json')
assert.equal(payment.project, 'shop')
assert.equal(keyOf(payment), 'claude:architect@shop:checkout/decisions/payment.json')

const before = createAddress({ ...payment, temporal: '~~2' })
assert.equal(format(before), 'ucxl://claude:architect@shop:checkout/~~2/decisions/payment.json')

const decisions = compilePattern(parse('ucxl://any:any@shop:any/*^/decisions/**'))
assert.ok(decisions.test(payment) && decisions.testKey(keyOf(payment)))

const result = safeParse('ucxl://claude:architect@shop:checkout/2025-02-30/plan.md')
assert.ok(!result.success && result.error.code === 'ERR_ADDRESS_TEMPORAL')
assert.equal(result.error.offset, 38)
