import { MockError } from './errors.ts'
import { placeOf } from './ids.ts'

/** A number from 0 up to, and without, 1. */
export type Random = () => number

/**
 * How long a message is on its way, in simulated milliseconds: fixed; anything between two bounds alike;
 * around a median, with a long tail (log-normal: `sigma` 0.5 puts one message in 20 above 2.3 times the
 * median); or whatever a function draws.
 */
export type Latency =
  | number
  | { readonly min: number; readonly max: number }
  | { readonly median: number; readonly sigma: number }
  | ((random: Random) => number)

/** Random numbers that depend on the seed alone (sfc32). */
export function createRandom(seed: number | string): Random {
  const { high, low } = placeOf(`seed ${seed}`)
  let [a, b, c, counter] = [high, low, high ^ low, 1]
  const next = (): number => {
    const sum = (a + b + counter++) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return (sum >>> 0) / 0x1_0000_0000
  }
  // The first numbers of neighbouring seeds are alike.
  for (let round = 0; round < 12; round++) next()
  return next
}

/** A function that draws latencies; undefined where there is none at all. @throws `ERR_MOCK_OPTION`. */
export function latencyOf(latency: Latency, random: Random): (() => number) | undefined {
  if (latency === 0) return undefined
  if (typeof latency === 'number') {
    assertTime(latency)
    return () => latency
  }
  if (typeof latency === 'function') return () => assertTime(latency(random))
  if ('min' in latency) {
    const { min, max } = latency
    if (!(min <= max))
      throw optionError('latency', 'min to be at most max', JSON.stringify(latency))
    assertTime(min)
    return () => min + (max - min) * random()
  }
  const { median, sigma } = latency
  assertTime(median)
  assertTime(sigma)
  return () => median * Math.exp(sigma * normal(random))
}

/** Normally distributed around 0 with a deviation of 1 (Box and Muller). */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

function assertTime(ms: number): number {
  if (!(ms >= 0 && ms < Number.POSITIVE_INFINITY)) {
    throw optionError('latency', 'milliseconds, 0 or more', String(ms))
  }
  return ms
}

/** The error for an option that cannot be. */
export function optionError(option: string, expected: string, got: string): MockError {
  return new MockError('ERR_MOCK_OPTION', `Expected ${expected} as ${option}, got ${got}`)
}
