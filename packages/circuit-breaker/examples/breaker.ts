import assert from 'node:assert/strict'
import { BreakerError, createBreaker } from '@bzzz/circuit-breaker'

let [time, isUp] = [0, false]
const breaker = createBreaker<{ status: number }>({
  failures: 2,
  waitMs: 1_000,
  now: () => time,
  isOutage: ({ status }) => status >= 500,
})
const ask = async () => breaker.run(async () => ({ status: isUp ? 200 : 503 }))

await ask()
await ask()
assert.deepEqual(breaker.state(), { state: 'open', until: 1_000 })
await assert.rejects(ask, (error) => BreakerError.is(error) && error.waitMs === 1_000)

time = 1_000
isUp = true
assert.equal((await ask()).status, 200)
assert.deepEqual(breaker.state(), { state: 'closed' })
