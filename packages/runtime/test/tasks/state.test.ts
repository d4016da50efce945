import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Claim } from '../../src/tasks/claim.ts'
import { CLOCK_SKEW_MS, stateOf, type TaskState, type TaskTerms } from '../../src/tasks/state.ts'

const at = (second: number): string => new Date(second * 1000).toISOString()
const TASK: TaskTerms = { attempts: 3, status: 'open', time: 0 }

function claim(over: Partial<Claim> = {}): Claim {
  return {
    task: 'ada:lead@shop:fix/task.json',
    task_version: 1,
    state: 'claimed',
    lease: 1,
    attempt: 1,
    since: at(10),
    until: at(40),
    writer: 'did:key:z6MkA',
    time: 10_000,
    ...over,
  }
}

const holderOf = (state: TaskState): string | undefined =>
  state.status === 'held' ? state.holder.writer : undefined

describe('how a task stands', () => {
  test('is open until it is claimed, and then held by whoever claimed it', () => {
    expect(stateOf(TASK, [], 0)).toEqual({ status: 'open', lease: 1, attempt: 1 })
    const mine = claim()
    const until = 40_000 + CLOCK_SKEW_MS
    expect(stateOf(TASK, [mine], 20_000)).toEqual({ status: 'held', holder: mine, until })
  })

  test('of two with one lease the earlier one holds it, then the smaller did', () => {
    const early = claim({ writer: 'did:key:z6MkB', since: at(9) })
    expect(holderOf(stateOf(TASK, [claim(), early], 20_000))).toBe('did:key:z6MkB')
    const same = claim({ writer: 'did:key:z6MkB' })
    expect(holderOf(stateOf(TASK, [same, claim()], 20_000))).toBe('did:key:z6MkA')
    const withdrawn = claim({ state: 'withdrawn' })
    expect(holderOf(stateOf(TASK, [withdrawn, same], 20_000))).toBe('did:key:z6MkB')
  })

  test('a lease that is not renewed is over, for others a little later', () => {
    const dead = claim()
    expect(stateOf(TASK, [dead], 40_000 + CLOCK_SKEW_MS - 1).status).toBe('held')
    expect(stateOf(TASK, [dead], 40_000 + CLOCK_SKEW_MS)).toEqual({
      status: 'open',
      lease: 2,
      attempt: 2,
      last: dead,
    })
  })

  test('nobody holds a task for longer than an hour without a sign of life, nor uses up the numbers', () => {
    const forever = claim({ until: '9999-12-31T00:00:00Z' })
    expect(stateOf(TASK, [forever], 3_600_000).status).toBe('held')
    expect(stateOf(TASK, [forever], 3_611_000).status).toBe('open')
    const last = claim({ lease: 1_000_000, state: 'failed' })
    expect(stateOf(TASK, [last], 0)).toEqual({ status: 'failed', last })
  })

  test('the next lease counts, whatever the old holder says later', () => {
    const next = claim({
      lease: 2,
      attempt: 2,
      since: at(50),
      until: at(80),
      writer: 'did:key:z6MkB',
    })
    const renewed = claim({ until: at(90) })
    expect(holderOf(stateOf(TASK, [renewed, next], 60_000))).toBe('did:key:z6MkB')
  })

  test('what fails is tried again, as often as the task allows', () => {
    const failed = claim({ state: 'failed', attempt: 2, lease: 4 })
    expect(stateOf(TASK, [failed], 0)).toMatchObject({ status: 'open', lease: 5, attempt: 3 })
    const last = claim({ state: 'failed', attempt: 3, lease: 5 })
    expect(stateOf(TASK, [failed, last], 0)).toEqual({ status: 'failed', last })
  })

  test('what is handed back costs no attempt, and what is withdrawn neither', () => {
    const released = claim({ state: 'released', attempt: 3 })
    expect(stateOf(TASK, [released], 0)).toMatchObject({ status: 'open', lease: 2, attempt: 3 })
    const withdrawn = claim({ state: 'withdrawn', lease: 7, attempt: 2 })
    expect(stateOf(TASK, [withdrawn], 0)).toMatchObject({ status: 'open', lease: 8, attempt: 2 })
  })

  test('done is done; of two results that of the higher lease counts', () => {
    const one = claim({ state: 'done' })
    const two = claim({ state: 'done', lease: 2, writer: 'did:key:z6MkB' })
    expect(stateOf(TASK, [one, claim({ lease: 3, writer: 'did:key:z6MkC' })], 0)).toEqual({
      status: 'done',
      by: one,
    })
    expect(stateOf(TASK, [one, two], 0)).toEqual({ status: 'done', by: two })
  })

  test('cancelled is cancelled, but for what was done before', () => {
    const cancelled: TaskTerms = { ...TASK, status: 'cancelled', time: 20_000 }
    expect(stateOf(cancelled, [claim()], 20_000).status).toBe('cancelled')
    expect(stateOf(cancelled, [claim({ state: 'done', time: 20_000 })], 0).status).toBe('done')
    expect(stateOf(cancelled, [claim({ state: 'done', time: 20_001 })], 0).status).toBe('cancelled')
  })

  test('a deadline ends it, in whatever state, unless it is done', () => {
    const late: TaskTerms = { ...TASK, deadline: '1970-01-01T01:00:30+01:00' }
    expect(stateOf(late, [claim()], 29_999).status).toBe('held')
    expect(stateOf(late, [claim()], 30_000).status).toBe('expired')
    expect(stateOf(late, [claim({ state: 'done' })], 30_000).status).toBe('done')
  })
})

const writers = [
  'did:key:z6MkA',
  'did:key:z6MkB',
  'did:key:z6MkC',
  'did:key:z6MkD',
  'did:key:z6MkE',
]
const second = fc.integer({ min: 0, max: 60 })
const anyClaim = (writer: string) =>
  fc
    .record({
      state: fc.constantFrom('claimed', 'done', 'failed', 'released', 'withdrawn' as const),
      lease: fc.integer({ min: 1, max: 3 }),
      attempt: fc.integer({ min: 1, max: 3 }),
      since: second,
      length: second,
      time: second,
    })
    .map(({ since, length, time, ...rest }) =>
      claim({ ...rest, writer, since: at(since), until: at(since + length), time: time * 1000 }),
    )
const anyClaims = fc
  .subarray(writers)
  .chain((some) => fc.tuple(...some.map((writer) => anyClaim(writer))))
const anyTask = fc.record({
  attempts: fc.integer({ min: 1, max: 3 }),
  status: fc.constantFrom('open', 'cancelled' as const),
  time: second.map((seconds) => seconds * 1000),
})
const anyNow = fc.integer({ min: 0, max: 120_000 })

describe('whoever sees the same', () => {
  test('says the same, in whatever order it came', () => {
    fc.assert(
      fc.property(
        anyTask,
        anyClaims.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
        ),
        anyNow,
        (task, [one, other], now) => {
          expect(stateOf(task, other, now)).toEqual(stateOf(task, one, now))
        },
      ),
    )
  })

  test('sees one holder at most, whose lease is the highest and holds', () => {
    fc.assert(
      fc.property(anyTask, anyClaims, anyNow, (task, claims, now) => {
        const state = stateOf(task, claims, now)
        if (state.status !== 'held') return
        const began = claims.filter((one) => one.state !== 'withdrawn')
        const top = Math.max(...began.map(({ lease }) => lease))
        expect(state.holder).toMatchObject({ lease: top, state: 'claimed' })
        expect(now).toBeLessThan(Date.parse(state.holder.until) + CLOCK_SKEW_MS)
        // All others that claim see that they are not it.
        const believing = claims.filter((one) => holderOf(state) === one.writer)
        expect(believing).toHaveLength(1)
      }),
    )
  })

  test('takes a lease that nobody had before, and within the attempts', () => {
    fc.assert(
      fc.property(anyTask, anyClaims, anyNow, (task, claims, now) => {
        const state = stateOf(task, claims, now)
        if (state.status !== 'open') return
        expect(claims.every(({ lease }) => lease < state.lease)).toBe(true)
        const mine = claim({
          ...state,
          since: at(now / 1000),
          until: at(1000),
          writer: 'did:key:z6MkZ',
        })
        expect(holderOf(stateOf(task, [...claims, mine], now))).toBe('did:key:z6MkZ')
      }),
    )
  })
})
