import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EventQueue } from '../src/event-queue.ts'
import { commonBits, compareDistance, placeOf, type Place } from '../src/ids.ts'
import { createRandom, latencyOf } from '../src/random.ts'
import { RoutingTable } from '../src/routing-table.ts'

const place = fc.record({ high: fc.nat(0xffffffff), low: fc.nat(0xffffffff) })
const distance = (a: Place, b: Place): bigint =>
  (BigInt((a.high ^ b.high) >>> 0) << 32n) | BigInt((a.low ^ b.low) >>> 0)

describe('places', () => {
  test('are compared by the exclusive or of their bits', () => {
    fc.assert(
      fc.property(place, place, place, (a, b, target) => {
        const difference = distance(a, target) - distance(b, target)
        const expected = difference === 0n ? 0 : difference < 0n ? -1 : 1
        expect(Math.sign(compareDistance(a, b, target))).toBe(expected)
      }),
    )
  })

  test('have as many leading bits in common as their difference has zeros', () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        expect(commonBits(a, b)).toBe(64 - distance(a, b).toString(2).replace(/^0$/, '').length)
      }),
    )
  })

  test('of many texts all differ, and are spread', () => {
    const places = Array.from({ length: 50_000 }, (_, number) => placeOf(`node-${number}`))
    expect(new Set(places.map(({ high, low }) => `${high} ${low}`)).size).toBe(50_000)
    const upper = places.filter(({ high }) => high >= 0x80000000).length
    expect(Math.abs(upper - 25_000)).toBeLessThan(1_000)
  })
})

describe('a routing table', () => {
  test('gives the closest peers that it knows, the closest first', () => {
    fc.assert(
      fc.property(
        fc.array(place, { maxLength: 60 }),
        place,
        place,
        fc.integer({ min: 1, max: 12 }),
        (peers, own, target, count) => {
          const table = new RoutingTable<Place>(own, 8)
          const kept = peers.filter((peer) => table.add(peer))
          const expected = kept.toSorted((a, b) => compareDistance(a, b, target)).slice(0, count)
          expect(table.closest(target, count).map((peer) => distance(peer, target))).toEqual(
            expected.map((peer) => distance(peer, target)),
          )
        },
      ),
    )
  })

  test('keeps the first ones that it met where a bucket is full, and forgets who is removed', () => {
    const own = { high: 0, low: 0 }
    const table = new RoutingTable<Place>(own, 2)
    const [a, b, c] = [1, 2, 3].map((low) => ({ high: 0x80000000, low })) as [Place, Place, Place]
    expect([a, b, c, a].map((peer) => table.add(peer))).toEqual([true, true, false, false])
    expect(table.everyone).toEqual([a, b])
    table.remove(a)
    table.remove(c)
    expect(table.add(c)).toBe(true)
    expect([...table.everyone]).toEqual([b, c])
    expect(table.size).toBe(2)
  })
})

describe('the queue of events', () => {
  test('gives them by time, in the order of scheduling, and without those cancelled', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat(20), cancel: fc.boolean() }), { maxLength: 3000 }),
        (wanted) => {
          const queue = new EventQueue()
          const events = wanted.map(({ at }) => queue.add(at, () => {}))
          for (const [index, { cancel }] of wanted.entries()) {
            if (cancel) queue.cancel(events[index]!)
          }
          const expected = events
            .filter((_, index) => !wanted[index]!.cancel)
            .toSorted((a, b) => a.at - b.at || a.order - b.order)
          const got = []
          while (queue.peek()) got.push(queue.take())
          expect(got).toEqual(expected)
        },
      ),
      { numRuns: 50 },
    )
  })
})

describe('chance', () => {
  test('depends on the seed alone', () => {
    const draw = (seed: number | string): number[] => {
      const random = createRandom(seed)
      return Array.from({ length: 5 }, () => random())
    }
    expect(draw(1)).toEqual(draw(1))
    expect(draw('night')).toEqual(draw('night'))
    expect(draw(1)).not.toEqual(draw(2))
    expect(draw(0).every((number) => number >= 0 && number < 1)).toBe(true)
  })

  test('spreads evenly', () => {
    const random = createRandom(5)
    const tenths = Array.from({ length: 10 }, () => 0)
    for (let draw = 0; draw < 100_000; draw++) tenths[Math.floor(random() * 10)]!++
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(500)
  })

  test('draws latencies as they are described', () => {
    const random = createRandom(2)
    const many = (latency: Parameters<typeof latencyOf>[0]): number[] => {
      const draw = latencyOf(latency, random)!
      return Array.from({ length: 2_001 }, () => draw()).toSorted((a, b) => a - b)
    }
    expect(latencyOf(0, random)).toBeUndefined()
    expect(new Set(many(7))).toEqual(new Set([7]))
    const between = many({ min: 10, max: 20 })
    expect(between[0]).toBeGreaterThanOrEqual(10)
    expect(between.at(-1)).toBeLessThanOrEqual(20)
    expect(Math.abs(between[1_000]! - 15)).toBeLessThan(1)
    const tail = many({ median: 50, sigma: 0.5 })
    expect(Math.abs(tail[1_000]! - 50)).toBeLessThan(5)
    expect(tail[1_900]! / 50).toBeGreaterThan(1.9)
    expect(new Set(many((draw) => (draw() < 2 ? 3 : 0)))).toEqual(new Set([3]))
    for (const wrong of [-1, Number.NaN, { min: 3, max: 1 }, { min: -1, max: 1 }]) {
      expect(() => latencyOf(wrong, random)!()).toThrow(
        expect.objectContaining({ code: 'ERR_MOCK_OPTION' }),
      )
    }
  })
})
