import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createVirtualClock, sleep, systemClock } from '../src/index.ts'
import { EventHeap } from '../src/event-heap.ts'

describe('the virtual clock', () => {
  test('calls back in time, in order, and lets promises settle between', async () => {
    const clock = createVirtualClock({ startMs: 1_000 })
    const seen: string[] = []
    clock.schedule(20, () => seen.push(`second at ${clock.now()}`))
    clock.schedule(10, () => {
      void Promise.resolve()
        .then(() => null)
        .then(() => clock.schedule(5, () => seen.push(`between at ${clock.now()}`)))
      seen.push(`first at ${clock.now()}`)
    })
    await clock.advance(20)
    expect(seen).toEqual(['first at 1010', 'between at 1015', 'second at 1020'])
    expect(clock.now()).toBe(1_020)
  })

  test('passes until a promise is settled, and says where it never would be', async () => {
    const clock = createVirtualClock()
    await expect(clock.until(sleep(clock, 3_600_000).then(() => 7))).resolves.toBe(7)
    expect(clock.now()).toBe(3_600_000)
    await expect(clock.until(new Promise(() => {}))).rejects.toMatchObject({
      code: 'ERR_BOT_STALLED',
    })
    await expect(clock.advance(-1)).rejects.toMatchObject({ code: 'ERR_BOT_OPTION' })
  })

  test('sleep ends with the reason of its signal', async () => {
    const clock = createVirtualClock()
    const stop = new AbortController()
    const sleeping = sleep(clock, 100, stop)
    stop.abort(new Error('enough'))
    await expect(sleeping).rejects.toThrow('enough')
    await expect(sleep(clock, 1, stop)).rejects.toThrow('enough')
    expect(clock.pending).toBe(0)
  })
})

describe('the clock of the machine', () => {
  test('never calls back too early, and not at all where it was cancelled', async () => {
    const before = systemClock.now()
    const cancel = systemClock.schedule(1, () => expect.unreachable())
    cancel()
    await sleep(systemClock, 5.5)
    expect(systemClock.now() - before).toBeGreaterThanOrEqual(5.5)
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(60_000)
  })

  test('waits longer than a timer can hold', async () => {
    let called = false
    const cancel = systemClock.schedule(2 ** 40, () => (called = true))
    await sleep(systemClock, 2)
    cancel()
    expect(called).toBe(false)
  })
})

test('the heap gives events by time, in the order of scheduling, and without those cancelled', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ at: fc.nat(20), cancel: fc.boolean() }), { maxLength: 3_000 }),
      (wanted) => {
        const heap = new EventHeap()
        const events = wanted.map(({ at }) => heap.add(at, () => {}))
        for (const [place, { cancel }] of wanted.entries()) if (cancel) heap.cancel(events[place]!)
        const kept = events.filter((_, place) => !wanted[place]!.cancel)
        expect(heap.size).toBe(kept.length)
        const expected = kept.toSorted((a, b) => a.at - b.at || a.order - b.order)
        const taken = Array.from({ length: kept.length }, () => heap.take())
        expect(taken).toEqual(expected)
        expect(heap.take()).toBeUndefined()
      },
    ),
  )
})
