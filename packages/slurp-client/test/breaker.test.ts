import { expect, test } from 'vitest'
import { createBreaker } from '../src/breaker.ts'
import type { DeliveryOutcome } from '../src/index.ts'

const FAILED: DeliveryOutcome = { outcome: 'failed', reason: 'down' }
const TAKEN: DeliveryOutcome = { outcome: 'delivered', state: 'accepted' }

function setUp() {
  const clock = { now: 1000 }
  const told: string[] = []
  const breaker = createBreaker<DeliveryOutcome>({
    isOutage: ({ outcome }) => outcome === 'failed',
    failures: 2,
    waitMs: 500,
    now: () => clock.now,
    onOpen: (until) => told.push(`open until ${until}`),
    onClose: () => told.push('closed'),
  })
  const attempt = async (outcome: DeliveryOutcome) => breaker.run(async () => outcome)
  return { clock, told, breaker, attempt }
}

test('it goes by the clock that it is given', async () => {
  const { clock, told, breaker, attempt } = setUp()
  await attempt(FAILED)
  expect(breaker.waitMs()).toBe(0)
  await attempt(FAILED)
  expect(breaker.waitMs()).toBe(500)
  expect(breaker.state()).toEqual({ state: 'open', until: 1500 })
  clock.now = 1499
  await expect(attempt(TAKEN)).rejects.toThrow('circuit breaker')
  clock.now = 1500
  expect(breaker.waitMs()).toBe(0)
  expect(breaker.state()).toEqual({ state: 'half-open' })
  expect(await attempt(FAILED)).toEqual(FAILED)
  expect(breaker.waitMs()).toBe(500)
  clock.now = 2000
  expect(await attempt(TAKEN)).toEqual(TAKEN)
  expect(breaker.state()).toEqual({ state: 'closed' })
  expect(told).toEqual(['open until 1500', 'open until 2000', 'closed'])
})

test('one success begins the count again', async () => {
  const { told, attempt } = setUp()
  for (const outcome of [FAILED, TAKEN, FAILED, TAKEN, FAILED]) await attempt(outcome)
  expect(told).toEqual([])
})

test('a clock that is set back does not keep it open', async () => {
  const { clock, breaker, attempt } = setUp()
  await attempt(FAILED)
  await attempt(FAILED)
  clock.now = -1_000_000
  expect(breaker.waitMs()).toBe(0)
  expect(await attempt(TAKEN)).toEqual(TAKEN)
})
