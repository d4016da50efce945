import { z } from 'zod'
import { MeshError } from '../errors.ts'

/** Ranges asked for in one message, at most. */
export const MAX_RANGES = 256
/** Timelines in one message by their places or heads, at most: keys may be 2 KiB long each. */
export const MAX_PLACES = 250
/** Timelines asked for together, at most. */
export const MAX_MANY = 64
/** Records in the answer to that, at most. */
export const MAX_MANY_RECORDS = 512
/** Bytes of records and contents in it, at most. */
export const MANY_BYTES = 256 * 1024
/** Heads offered in one message, at most: the other side fetches all of them before it answers. */
export const MAX_OFFERED = 50
/** Patterns that a node takes offers of, at most: as many as it may follow. */
export const MAX_TAKES = 64
/** Timelines that a node can say it has, at most. */
const MAX_TIMELINES = 10_000_000
/** A range with no more timelines than this is listed, and not parted. */
export const LISTED = 32
/** Digits of the smallest range that is parted; a smaller one is listed, however full. */
export const MAX_DEPTH = 12
/** Timelines listed of one range, at most: more have the same first digits only where someone tries. */
export const MAX_LISTED = 1024
/** Bytes of ranges in one message: when it has reached this, the rest is asked for again. */
export const RANGES_BYTES = 256 * 1024

const PLACE_BYTES = 16
const FINGERPRINT_BYTES = 16
const COUNT_BYTES = 4
const PARTS = 16
const PARTED = 0
const IN_FULL = 1

const id = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
const type = <Name extends string>(name: Name) => ({ id, type: z.literal(name) })
// A pattern is at most an address long; '' is all timelines.
const pattern = z.string().max(2048)
const key = z.string().min(1).max(2048)
const version = z.int().min(0).max(999_999_999)
const headTuple = z.tuple([key, z.int().min(1).max(999_999_999), z.string().max(64)])

/**
 * What is asked when two nodes compare what they have.
 *
 * - `summary`: how many timelines match a pattern, their fingerprint, and the patterns of which the
 *   other node takes what it is offered; begins a comparison;
 * - `ranges`: for each range its sixteen parts, each with count and fingerprint, or, where it is
 *   small, all that is in it, by place and digest; in the bytes after the head;
 * - `places`: the newest versions of the timelines at these places;
 * - `many`: the records of several timelines, each after a version number, with contents that are small;
 * - `offer`: newest versions that the other node lacks, and fetches before it answers.
 */
export const reconcileRequests = [
  z.object({ ...type('summary'), pattern }),
  z.object({
    ...type('ranges'),
    pattern,
    prefixes: z.array(z.string().regex(/^[0-9a-f]{0,12}$/)).max(MAX_RANGES),
  }),
  z.object({
    ...type('places'),
    pattern,
    places: z.array(z.string().regex(/^[0-9a-f]{32}$/)).max(MAX_PLACES),
  }),
  z.object({ ...type('many'), after: z.array(z.tuple([key, version])).max(MAX_MANY) }),
  z.object({ ...type('offer'), heads: z.array(headTuple).max(MAX_OFFERED) }),
] as const

export const reconcileResponses = [
  z.object({
    ...type('summary'),
    count: z.int().min(0).max(MAX_TIMELINES),
    fingerprint: z.string().regex(/^[0-9a-f]{32}$/),
    takes: z.array(pattern).max(MAX_TAKES),
  }),
  z.object({ ...type('ranges'), answered: z.int().min(0).max(MAX_RANGES) }),
  z.object({ ...type('places'), heads: z.array(headTuple).max(MAX_PLACES) }),
  z.object({
    ...type('many'),
    answered: z.int().min(0).max(MAX_MANY),
    // Each record is checked by the store that takes it in.
    records: z.array(z.unknown()).max(MAX_MANY_RECORDS),
    contents: z.array(z.tuple([z.string().max(64), version])).max(MAX_MANY_RECORDS),
  }),
  z.object({ ...type('offer'), records: id, contents: id, refused: id }),
] as const

/** Count and fingerprint of one part of a range; the fingerprint is empty where nothing is in it. */
interface Part {
  readonly count: number
  readonly fingerprint: string
}

/** A timeline in a range, by place and digest, both in hexadecimal. */
export interface Listed {
  readonly place: string
  readonly digest: string
}

/** What a node says of a range: the sixteen parts of it, or all that is in it. */
export type RangeAnswer =
  | { readonly parts: readonly Part[] }
  | { readonly listed: readonly Listed[] }

export function encodeRange(answer: RangeAnswer): Buffer {
  if ('listed' in answer) {
    const head = Buffer.alloc(1 + COUNT_BYTES)
    head.writeUInt8(IN_FULL)
    head.writeUInt32BE(answer.listed.length, 1)
    const items = answer.listed.map(({ place, digest }) => place + digest)
    return Buffer.concat([head, Buffer.from(items.join(''), 'hex')])
  }
  const pieces = answer.parts.map(({ count, fingerprint }) => {
    const size = Buffer.alloc(COUNT_BYTES)
    size.writeUInt32BE(count)
    return count > 0 ? Buffer.concat([size, Buffer.from(fingerprint, 'hex')]) : size
  })
  return Buffer.concat([Buffer.from([PARTED]), ...pieces])
}

/**
 * Reads what a node said of these ranges.
 *
 * @throws `ERR_MESH_PROTOCOL` where it is cut short, has more than was asked for, or lists what is
 *   in no order, or in another range.
 */
export function decodeRanges(body: Uint8Array, prefixes: readonly string[]): RangeAnswer[] {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  let at = 0
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw broken('ranges that are cut short')
    at += length
    return bytes.subarray(at - length, at)
  }
  const answers = prefixes.map((prefix): RangeAnswer => {
    const kind = take(1).readUInt8()
    if (kind === PARTED) {
      const parts = Array.from({ length: PARTS }, () => {
        const count = take(COUNT_BYTES).readUInt32BE()
        return { count, fingerprint: count > 0 ? take(FINGERPRINT_BYTES).toString('hex') : '' }
      })
      return { parts }
    }
    const count = take(COUNT_BYTES).readUInt32BE()
    if (kind !== IN_FULL || count > MAX_LISTED) throw broken('a range of no known kind')
    const listed: Listed[] = []
    for (let last = ''; listed.length < count;) {
      const place = take(PLACE_BYTES).toString('hex')
      if (place <= last || !place.startsWith(prefix)) throw broken('timelines out of order')
      last = place
      listed.push({ place, digest: take(FINGERPRINT_BYTES).toString('hex') })
    }
    return { listed }
  })
  if (at < bytes.length) throw broken('more ranges than were asked for')
  return answers
}

function broken(what: string): MeshError {
  return new MeshError('ERR_MESH_PROTOCOL', `Expected what was asked for, got ${what}`)
}
