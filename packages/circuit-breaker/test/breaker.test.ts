import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BreakerError, createBreaker } from '../src/index.ts'

type Outcome = 'down' | 'up'

function setUp() {
  const clock = { now: 1000 }
  const told: string[] = []
  const breaker = createBreaker<Outcome>({
    isOutage: (outcome) => outcome === 'down',
    failures: 2,
    waitMs: 500,
    now: () => clock.now,
    onOpen: (until) => told.push(`open until ${until}`),
    onClose: () => told.push('closed'),
  })
  const attempt = async (outcome: Outcome) => breaker.run(async () => outcome)
  /** An attempt that goes on until it is ended. */
  const begin = () => {
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
    return { ended: breaker.run(async () => promise), resolve, reject }
  }
  return { clock, told, breaker, attempt, begin }
}

test('it goes by the clock that it is given', async () => {
  const { clock, told, breaker, attempt } = setUp()
  await attempt('down')
  expect(breaker.waitMs()).toBe(0)
  await attempt('down')
  expect(breaker.waitMs()).toBe(500)
  expect(breaker.state()).toEqual({ state: 'open', until: 1500 })
  clock.now = 1499
  await expect(attempt('up')).rejects.toMatchObject({ code: 'ERR_BREAKER_OPEN', waitMs: 1 })
  clock.now = 1500
  expect(breaker.waitMs()).toBe(0)
  expect(breaker.state()).toEqual({ state: 'half-open' })
  expect(await attempt('down')).toBe('down')
  expect(breaker.waitMs()).toBe(500)
  clock.now = 2000
  expect(await attempt('up')).toBe('up')
  expect(breaker.state()).toEqual({ state: 'closed' })
  expect(told).toEqual(['open until 1500', 'open until 2000', 'closed'])
})

test('one success begins the count again, also after it was open', async () => {
  const { clock, told, attempt } = setUp()
  for (const outcome of ['down', 'up', 'down', 'up', 'down', 'down'] as const)
    await attempt(outcome)
  clock.now = 1500
  for (const outcome of ['up', 'down', 'up', 'down'] as const) await attempt(outcome)
  expect(told).toEqual(['open until 1500', 'closed'])
})

test('a clock that is set back does not keep it open', async () => {
  const { clock, breaker, attempt } = setUp()
  await attempt('down')
  await attempt('down')
  clock.now = -1_000_000
  expect(breaker.waitMs()).toBe(0)
  expect(await attempt('up')).toBe('up')
})

describe('an attempt to see', () => {
  async function halfOpen() {
    const place = setUp()
    await place.attempt('down')
    await place.attempt('down')
    place.clock.now = 1500
    return place
  }

  test('is one: others fail at once, and do not wait for it', async () => {
    const { begin, attempt, breaker } = await halfOpen()
    const probe = begin()
    const refused = await attempt('up').catch((error: unknown) => error)
    expect([BreakerError.is(refused), refused]).toEqual([
      true,
      expect.objectContaining({ waitMs: 0 }),
    ])
    probe.resolve('up')
    await probe.ended
    expect(breaker.state()).toEqual({ state: 'closed' })
  })

  test('whose caller gave up says nothing, and is followed by another one', async () => {
    const { begin, attempt, breaker, told } = await halfOpen()
    const probe = begin()
    probe.reject(new Error('enough'))
    await expect(probe.ended).rejects.toThrow('enough')
    expect(breaker.state()).toEqual({ state: 'half-open' })
    expect(await attempt('up')).toBe('up')
    expect(told).toEqual(['open until 1500', 'closed'])
  })
})

test('what was begun before it opened neither closes it nor keeps it open', async () => {
  const { begin, attempt, breaker, clock } = setUp()
  const [well, ill] = [begin(), begin()]
  await attempt('down')
  await attempt('down')
  clock.now = 1400
  well.resolve('up')
  ill.resolve('down')
  await Promise.all([well.ended, ill.ended])
  expect(breaker.state()).toEqual({ state: 'open', until: 1500 })
})

test('what is thrown counts for nothing', async () => {
  const { breaker, attempt, told } = setUp()
  await attempt('down')
  await expect(breaker.run(async () => Promise.reject(new Error('x')))).rejects.toThrow('x')
  await attempt('down')
  expect(told).toEqual(['open until 1500'])
})

test('an error of another kind is none of its own', () => {
  expect([BreakerError.is(new Error('x')), BreakerError.is(undefined)]).toEqual([false, false])
})

test('whatever happens, it is open for no longer than it should, and never without failures', async () => {
  const steps = fc.array(
    fc.oneof(fc.constantFrom<Outcome>('down', 'up'), fc.integer({ min: 1, max: 700 })),
    { maxLength: 60 },
  )
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const { clock, breaker, attempt } = setUp()
      let [inRow, openedAt] = [0, -Infinity]
      for (const step of all) {
        if (typeof step === 'number') {
          clock.now += step
          continue
        }
        const isOpen = clock.now < openedAt + 500
        expect(breaker.state().state === 'open').toBe(isOpen)
        const made = await attempt(step).then(
          () => true,
          () => false,
        )
        expect(made).toBe(!isOpen)
        if (!made) continue
        inRow = step === 'up' ? 0 : inRow + 1
        if (step === 'up') openedAt = -Infinity
        else if (inRow >= 2) openedAt = clock.now
      }
    }),
  )
})
