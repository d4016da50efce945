/** A place in the space of ids: 64 bits, as two unsigned halves. Wide enough for millions of nodes. */
export interface Place {
  readonly high: number
  readonly low: number
}

/**
 * The place of a text. Not cryptographic: in a simulation nobody grinds for a place, and each put and
 * get of a large network pays for it.
 */
export function placeOf(text: string): Place {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    high = Math.imul(high ^ unit, 0x9e3779b1)
    low = Math.imul(low ^ unit, 0x5f356495)
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35)
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35)
  return { high: high >>> 0, low: low >>> 0 }
}

/** Below zero where `a` is closer to the target than `b`, by the exclusive or of their bits. */
export function compareDistance(a: Place, b: Place, target: Place): number {
  const high = ((a.high ^ target.high) >>> 0) - ((b.high ^ target.high) >>> 0)
  if (high !== 0) return high
  return ((a.low ^ target.low) >>> 0) - ((b.low ^ target.low) >>> 0)
}

/** How many leading bits two places have in common, 0 to 64. */
export function commonBits(a: Place, b: Place): number {
  const high = a.high ^ b.high
  return high === 0 ? 32 + Math.clz32(a.low ^ b.low) : Math.clz32(high)
}
