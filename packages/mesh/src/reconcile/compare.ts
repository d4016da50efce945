import type { HeadItem, HeadsSummary } from '@bzzz/context-store'
import { compilePattern, parse, type CompiledPattern } from '@bzzz/ucxl-address'
import { MeshError } from '../errors.ts'
import type { CallOptions, SyncClient } from '../sync-client.ts'
import { LISTED, MAX_DEPTH, MAX_RANGES, type Listed, type RangeAnswer } from './messages.ts'

/** In what two nodes differ. */
export interface Differences {
  /** Timelines that the other node has. */
  readonly theirCount: number
  /** Places of timelines that it has, and this one has not, or not as they are there. */
  readonly theirs: readonly string[]
  /** Timelines that this node has, and the other one has not at all. */
  readonly onlyOurs: readonly HeadItem[]
  /** True for a key of which the other node takes what it is offered. */
  readonly takes: (key: string) => boolean
  /** Messages, one after the other, that it took. */
  readonly rounds: number
}

interface Found {
  readonly theirs: string[]
  readonly onlyOurs: HeadItem[]
}

/** A range that differs, with how many timelines the other node says are in it. */
interface Range {
  readonly prefix: string
  readonly count: number
}

// Timelines, and ranges, that may be more than the other node said: it is written to meanwhile.
const SPARE = 1024
const DIGITS = '0123456789abcdef'

/**
 * Finds what differs: where the fingerprints of a range differ, its parts are looked at, all ranges of
 * one depth in one message, until they are small enough to be listed.
 *
 * @throws `ERR_MESH_PROTOCOL` where the other node names more ranges, or more in a range, than it said
 *   there are, lists them in no order, or answers something else than was asked.
 */
export async function compare(
  client: SyncClient,
  own: HeadsSummary,
  { pattern, ...options }: { readonly pattern: string } & CallOptions,
): Promise<Differences> {
  const { count, fingerprint, takes } = await client.summary(pattern, options)
  const taken = takes.map((one) => compile(client, one))
  const found: Found = { theirs: [], onlyOurs: [] }
  let rounds = 1
  // A range is asked for only where there is something in it, and one of many is parted only once.
  let allowed = SPARE + count
  let wanted: Range[] =
    hex(own.range('').fingerprint) === fingerprint ? [] : [{ prefix: '', count }]
  while (wanted.length > 0) {
    const asked = wanted.slice(0, MAX_RANGES)
    allowed -= asked.length
    if (allowed < 0) throw protocolError(client, `more ranges than ${count} timelines can fill`)
    const prefixes = asked.map(({ prefix }) => prefix)
    const answers = await client.ranges({ pattern, prefixes }, options)
    rounds++
    const next: Range[] = []
    for (const [place, range] of asked.slice(0, answers.length).entries()) {
      const answer = answers[place] ?? { listed: [] }
      const why = lieOf(answer, range)
      if (why !== undefined) throw protocolError(client, why)
      next.push(...follow(range.prefix, answer, own, found))
    }
    // Breadth first: the rounds are then as many as there are depths.
    wanted = [...wanted.slice(answers.length), ...next]
  }
  return {
    theirCount: count,
    ...found,
    takes: (key) => taken.some((one) => one.testKey(key)),
    rounds,
  }
}

/** What no honest node answers, though it is written to meanwhile. */
function lieOf(answer: RangeAnswer, { prefix, count }: Range): string | undefined {
  const smallest = prefix.length >= MAX_DEPTH
  if ('listed' in answer)
    return answer.listed.length > LISTED && !smallest
      ? `${answer.listed.length} timelines listed one by one`
      : undefined
  const total = answer.parts.reduce((sum, part) => sum + part.count, 0)
  if (total <= LISTED || smallest) return 'a range in parts that is small enough to be listed'
  return total > count + SPARE ? `${total} timelines where it said ${count}` : undefined
}

/** Takes note of what an answer tells, and gives the ranges to look at next. */
function follow(prefix: string, answer: RangeAnswer, own: HeadsSummary, found: Found): Range[] {
  if ('listed' in answer) {
    merge(own.items(prefix), answer.listed, found)
    return []
  }
  const next: Range[] = []
  for (const [place, { count, fingerprint }] of answer.parts.entries()) {
    const range = prefix + (DIGITS[place] ?? '')
    const ours = own.range(range)
    if (count === 0) for (const item of own.items(range)) found.onlyOurs.push(item)
    else if (count !== ours.count || fingerprint !== hex(ours.fingerprint))
      next.push({ prefix: range, count })
  }
  return next
}

function merge(ours: readonly HeadItem[], listed: readonly Listed[], found: Found): void {
  const own = new Map(ours.map((item) => [item.place, item]))
  for (const { place, digest } of listed) {
    const item = own.get(place)
    own.delete(place)
    if (!item || hex(item.digest) !== digest) found.theirs.push(place)
  }
  for (const item of own.values()) found.onlyOurs.push(item)
}

function compile(client: SyncClient, pattern: string): CompiledPattern {
  try {
    return compilePattern(parse(pattern))
  } catch {
    throw protocolError(client, `it takes ${pattern.slice(0, 200)}, which is no pattern`)
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function protocolError(client: SyncClient, what: string): MeshError {
  return new MeshError('ERR_MESH_PROTOCOL', `${client.peer} does not keep to the protocol: ${what}`)
}
