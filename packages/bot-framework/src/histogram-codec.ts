import { deflateSync, inflateSync } from 'node:zlib'
import { BotError } from './errors.ts'
import { firstOf, Histogram, lastOf, MOST_HIGHEST } from './histogram.ts'

// The V2 encoding of HdrHistogram, which its other implementations read and write.
const COOKIE = 0x1c849313
const COMPRESSED_COOKIE = 0x1c849314
const HEADER_BYTES = 40
const DIGITS = 3
const MOST_BYTES = 1 << 20

/** A histogram as base64 text: HdrHistogram's compressed V2 encoding. */
export function encodeHistogram(histogram: Histogram): string {
  const compressed = deflateSync(payloadOf(histogram))
  const head = Buffer.alloc(8)
  head.writeInt32BE(COMPRESSED_COOKIE, 0)
  head.writeInt32BE(compressed.length, 4)
  return Buffer.concat([head, compressed]).toString('base64')
}

/**
 * Reads what {@link encodeHistogram}, or another implementation with three digits, wrote. Minimum, maximum
 * and mean are as exact as the counters are.
 *
 * @throws `ERR_BOT_HISTOGRAM` for anything else.
 */
export function decodeHistogram(text: string): Histogram {
  try {
    const bytes = Buffer.from(text.slice(0, MOST_BYTES), 'base64')
    require(bytes.length > 8 && bytes.readInt32BE(0) === COMPRESSED_COOKIE, 'the head')
    require(bytes.readInt32BE(4) === bytes.length - 8, 'the length')
    return read(inflateSync(bytes.subarray(8), { maxOutputLength: MOST_BYTES }))
  } catch (error) {
    if (BotError.is(error)) throw error
    throw refused('what cannot be unpacked', error)
  }
}

function payloadOf(histogram: Histogram): Buffer {
  const counters = histogram.counters()
  const payload: number[] = []
  for (let index = 0; index < counters.length; index++) {
    let zeros = 0
    while (counters[index] === 0) {
      zeros++
      index++
    }
    if (zeros > 0) writeNumber(payload, -zeros)
    writeNumber(payload, counters[index]!)
  }
  const head = Buffer.alloc(HEADER_BYTES)
  head.writeInt32BE(COOKIE, 0)
  head.writeInt32BE(payload.length, 4)
  head.writeInt32BE(DIGITS, 12)
  head.writeBigInt64BE(1n, 16)
  head.writeBigInt64BE(BigInt(histogram.highest), 24)
  head.writeDoubleBE(1, 32)
  return Buffer.concat([head, Buffer.from(payload)])
}

function read(bytes: Buffer): Histogram {
  require(bytes.length >= HEADER_BYTES && bytes.readInt32BE(0) === COOKIE, 'the inner head')
  // The JavaScript implementation writes 1 as the offset, means 0, and the ratio as a whole number.
  const [offset, isJs] = [bytes.readInt32BE(8), bytes.readBigInt64BE(32) === 1n]
  require(isJs ? offset === 1 : offset === 0 && bytes.readDoubleBE(32) === 1, 'offset and ratio')
  require(bytes.readInt32BE(12) === DIGITS && bytes.readBigInt64BE(16) === 1n, 'the digits')
  const highest = bytes.readBigInt64BE(24)
  require(highest >= 2n && highest <= BigInt(MOST_HIGHEST), 'the highest value')
  const end = HEADER_BYTES + bytes.readInt32BE(4)
  require(end === bytes.length, 'the inner length')
  const histogram = new Histogram(Number(highest))
  let index = 0
  for (let place = HEADER_BYTES; place < end;) {
    const { value, next } = readNumber(bytes, place)
    place = next
    if (value < 0) {
      index -= value
      continue
    }
    require(firstOf(index) <= histogram.highest, 'the number of counters')
    // As exact as it can be: the middle, and for a counter of one value that value.
    const middle = Math.floor((firstOf(index) + lastOf(index)) / 2)
    if (value > 0) histogram.record(Math.min(middle, histogram.highest), value)
    index++
  }
  return histogram
}

/** ZigZag and LEB128. Counters are below 2^53, so that the ninth byte, which is special, is not reached. */
function writeNumber(into: number[], value: number): void {
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  while (rest >= 0x80) {
    into.push((rest % 0x80) + 0x80)
    rest = Math.floor(rest / 0x80)
  }
  into.push(rest)
}

function readNumber(bytes: Buffer, start: number): { value: number; next: number } {
  let whole = 0
  for (let place = start; place < start + 8; place++) {
    const byte = bytes[place]
    require(byte !== undefined, 'the last number')
    whole += (byte & 0x7f) * 2 ** (7 * (place - start))
    if (byte < 0x80) {
      const value = whole % 2 === 0 ? whole / 2 : -(whole + 1) / 2
      require(Number.isSafeInteger(value), 'a number')
      return { value, next: place + 1 }
    }
  }
  throw refused('a number that is too long')
}

function require(holds: boolean, what: string): asserts holds {
  if (!holds) throw refused(`something else, by ${what}`)
}

function refused(what: string, cause?: unknown): BotError {
  return new BotError(
    'ERR_BOT_HISTOGRAM',
    `Expected an HdrHistogram of three digits in the V2 encoding, got ${what}`,
    { cause },
  )
}
