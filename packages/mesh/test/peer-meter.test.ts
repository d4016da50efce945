import { describe, expect, test } from 'vitest'
import { PeerMeter } from '../src/peer-meter.ts'

const clock = { now: 1_000_000 }
const meter = (): PeerMeter =>
  new PeerMeter({
    now: () => clock.now,
    burst: 3,
    perSecond: 2,
    limit: 20,
    mutedMs: 60_000,
    peers: 2,
  })

describe('the meter', () => {
  test('lets a peer send a burst, and then so many a second', () => {
    const one = meter()
    expect([1, 2, 3, 4].map(() => one.take('a'))).toEqual([true, true, true, false])
    expect(one.take('b')).toBe(true)
    clock.now += 1000
    expect([1, 2, 3].map(() => one.take('a'))).toEqual([true, true, false])
    clock.now += 60_000
    expect([1, 2, 3, 4].map(() => one.take('a'))).toEqual([true, true, true, false])
  })

  test('cuts off who does wrong again and again, once, and for a while', () => {
    const one = meter()
    expect(one.punish('a', 10)).toBe(false)
    clock.now += 5000
    expect(one.points('a')).toBe(5)
    expect(one.punish('a', 10)).toBe(false)
    expect(one.isMuted('a')).toBe(false)
    expect(one.punish('a', 10)).toBe(true)
    expect(one.punish('a', 10)).toBe(false)
    expect([one.isMuted('a'), one.isMuted('b'), one.points('b')]).toEqual([true, false, 0])
    clock.now += 60_000
    expect([one.isMuted('a'), one.points('a')]).toEqual([false, 0])
  })

  test('remembers as many peers as it was told, those heard of last', () => {
    const one = meter()
    one.punish('a', 5)
    for (let number = 0; number < 100; number++) one.take(`peer ${number}`)
    expect(one.size).toBe(2)
    expect(one.points('a')).toBe(0)
  })

  test('is not confused by a clock that goes back', () => {
    const one = meter()
    for (let number = 0; number < 3; number++) one.take('a')
    clock.now -= 10_000
    expect(one.take('a')).toBe(false)
  })
})
