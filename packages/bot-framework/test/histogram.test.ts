import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import * as hdr from 'hdr-histogram-js'
import { describe, expect, test } from 'vitest'
import { decodeHistogram, encodeHistogram, Histogram } from '../src/metrics.ts'

const HIGHEST = 60_000_000
const values = fc.array(
  fc.oneof(fc.nat(5_000), fc.nat(HIGHEST), fc.constantFrom(0, 2_047, 2_048, 4_095, 4_096, HIGHEST)),
  { minLength: 1, maxLength: 300 },
)
const percents = [0.1, 1, 25, 50, 90, 95, 99, 99.9, 100]
const of = (recorded: readonly number[]): Histogram => {
  const histogram = new Histogram(HIGHEST)
  for (const value of recorded) histogram.record(value)
  return histogram
}
const reference = (recorded: readonly number[]): hdr.Histogram => {
  const histogram = hdr.build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false,
  })
  for (const value of recorded) histogram.recordValue(value)
  return histogram
}

describe('a histogram', () => {
  test('knows every percentile to a thousandth, and the ends and the mean exactly', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 100, noNaN: true }), (recorded, percent) => {
        const histogram = of(recorded)
        const sorted = recorded.toSorted((a, b) => a - b)
        const exact = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length - 1e-6) - 1)]!
        const found = histogram.percentile(percent)
        expect(found).toBeGreaterThanOrEqual(exact)
        expect(found - exact).toBeLessThanOrEqual(exact / 1_000)
        expect([histogram.count, histogram.min, histogram.max]).toEqual([
          sorted.length,
          sorted[0],
          sorted.at(-1),
        ])
        expect(histogram.mean).toBeCloseTo(recorded.reduce((a, b) => a + b) / recorded.length, 3)
      }),
    )
  })

  test('says what HdrHistogram says', () => {
    fc.assert(
      fc.property(values, (recorded) => {
        const [own, other] = [of(recorded), reference(recorded)]
        const limit = other.maxValue
        for (const percent of percents) {
          expect([percent, own.percentile(percent)]).toEqual([
            percent,
            Math.min(other.getValueAtPercentile(percent), limit, own.max),
          ])
        }
      }),
    )
  })

  test('added to another counts what both did', () => {
    fc.assert(
      fc.property(values, values, (first, second) => {
        const sum = of(first)
        sum.add(of(second))
        const whole = of([...first, ...second])
        expect([...sum.buckets()]).toEqual([...whole.buckets()])
        expect([sum.count, sum.min, sum.max, sum.mean]).toEqual([
          whole.count,
          whole.min,
          whole.max,
          expect.closeTo(whole.mean, 3),
        ])
      }),
    )
  })

  test('counts what is too high as the highest, and says how many these were', () => {
    const histogram = new Histogram(1_000)
    for (const value of [5, 1_001, Number.POSITIVE_INFINITY, Number.NaN, -3])
      histogram.record(value)
    expect([histogram.count, histogram.clamped, histogram.max, histogram.min]).toEqual([
      5, 3, 1_000, 0,
    ])
    const low = new Histogram(100)
    low.add(histogram)
    expect([low.count, low.max, low.clamped]).toEqual([5, 100, 6])
    histogram.reset()
    expect([histogram.count, histogram.clamped, histogram.percentile(50), histogram.mean]).toEqual([
      0, 0, 0, 0,
    ])
    expect(() => new Histogram(1)).toThrow(expect.objectContaining({ code: 'ERR_BOT_OPTION' }))
  })

  // A target that answers in 1 ms, and once stands still for a second while one in 10 ms was expected.
  test('corrected for what was not measured tells of the time that a target stood still', () => {
    const [plain, corrected] = [new Histogram(), new Histogram()]
    const other = reference([])
    for (let second = 0; second < 100; second++) {
      const taken = second === 50 ? 1_000_000 : 1_000
      plain.record(taken)
      corrected.recordCorrected(taken, 10_000)
      other.recordValueWithExpectedInterval(taken, 10_000)
    }
    expect(plain.percentile(98)).toBe(1_000)
    expect(corrected.count).toBe(199)
    expect(corrected.percentile(98)).toBeGreaterThan(950_000)
    expect(corrected.percentile(98)).toBe(other.getValueAtPercentile(98))
  })
})

describe('the encoding', () => {
  test('gives back what was recorded', () => {
    fc.assert(
      fc.property(values, (recorded) => {
        const histogram = of(recorded)
        const back = decodeHistogram(encodeHistogram(histogram))
        expect([...back.buckets()]).toEqual([...histogram.buckets()])
        expect(back.highest).toBe(HIGHEST)
      }),
    )
  })

  test('is what HdrHistogram reads and writes', () => {
    fc.assert(
      fc.property(values, (recorded) => {
        const text = encodeHistogram(of(recorded))
        const read = hdr.decodeFromCompressedBase64(text)
        expect(read.totalCount).toBe(recorded.length)
        for (const percent of percents) {
          expect(read.getValueAtPercentile(percent)).toBe(
            reference(recorded).getValueAtPercentile(percent),
          )
        }
        const written = decodeHistogram(hdr.encodeIntoCompressedBase64(reference(recorded)))
        expect([...written.buckets()]).toEqual([...of(recorded).buckets()])
      }),
      { numRuns: 30 },
    )
  })

  test('holds counts beyond 32 bits', () => {
    const histogram = new Histogram()
    histogram.record(7, 2 ** 50)
    expect(decodeHistogram(encodeHistogram(histogram)).count).toBe(2 ** 50)
  })

  test('of anything else is refused', () => {
    const refused = expect.objectContaining({ code: 'ERR_BOT_HISTOGRAM' })
    const good = Buffer.from(encodeHistogram(of([1, 2, 3])), 'base64')
    for (let place = 0; place < good.length; place++) {
      expect(() => decodeHistogram(good.subarray(0, place).toString('base64'))).toThrow(refused)
    }
    const packed = (change: (payload: Buffer) => Buffer | void): string => {
      const payload = Buffer.alloc(43)
      payload.writeInt32BE(0x1c849313, 0)
      payload.writeInt32BE(3, 4)
      payload.writeInt32BE(3, 12)
      payload.writeBigInt64BE(1n, 16)
      payload.writeBigInt64BE(60n, 24)
      payload.writeDoubleBE(1, 32)
      const zipped = deflateSync(change(payload) ?? payload)
      const head = Buffer.alloc(8)
      head.writeInt32BE(0x1c849314, 0)
      head.writeInt32BE(zipped.length, 4)
      return Buffer.concat([head, zipped]).toString('base64')
    }
    expect(decodeHistogram(packed(() => {})).count).toBe(0)
    for (const change of [
      (payload: Buffer) => void payload.writeInt32BE(2, 12),
      (payload: Buffer) => void payload.writeBigInt64BE(1n << 40n, 24),
      (payload: Buffer) => void payload.writeInt32BE(9, 4),
      (payload: Buffer) => void payload.fill(0xff, 40),
      // Zeros beyond the highest value, and then a count.
      (payload: Buffer) => payload.set([0xff, 0x7f, 2], 40),
      () => Buffer.alloc(2 << 20),
    ]) {
      expect(() => decodeHistogram(packed(change))).toThrow(refused)
    }
  })
})
