import type { HeadItem, HeadsSummary } from '@bzzz/context-store'
import { MeshError } from '../errors.ts'
import type { CallOptions, SyncClient } from '../sync-client.ts'
import { MAX_RANGES, type Listed, type RangeAnswer } from './messages.ts'

/** In what two nodes differ. */
export interface Differences {
  /** Timelines that the other node has. */
  readonly theirCount: number
  /** Places of timelines that it has, and this one has not, or not as they are there. */
  readonly theirs: readonly string[]
  /** Timelines that this node has, and the other one has not at all. */
  readonly onlyOurs: readonly HeadItem[]
  /** Messages, one after the other, that it took. */
  readonly rounds: number
}

interface Found {
  readonly theirs: string[]
  readonly onlyOurs: HeadItem[]
}

// Ranges asked for that no claim of the other node explains.
const SPARE_RANGES = 1024
const DIGITS = '0123456789abcdef'

/**
 * Finds what differs: where the fingerprints of a range differ, its parts are looked at, all ranges of
 * one depth in one message, until they are small enough to be listed.
 *
 * @throws `ERR_MESH_PROTOCOL` where the other node names more ranges than the timelines that it says
 *   it has could fill, lists them in no order, or answers something else than was asked.
 */
export async function compare(
  client: SyncClient,
  own: HeadsSummary,
  { pattern, ...options }: { readonly pattern: string } & CallOptions,
): Promise<Differences> {
  const { count, fingerprint } = await client.summary(pattern, options)
  const found: Found = { theirs: [], onlyOurs: [] }
  let rounds = 1
  // Each range that is asked for has a timeline in it, and one depth has no more than all of them.
  let allowed = SPARE_RANGES + count
  let wanted = hex(own.range('').fingerprint) === fingerprint ? [] : ['']
  while (wanted.length > 0) {
    const asked = wanted.slice(0, MAX_RANGES)
    allowed -= asked.length
    if (allowed < 0) throw protocolError(client, `more ranges than ${count} timelines can fill`)
    const answers = await client.ranges({ pattern, prefixes: asked }, options)
    rounds++
    const next: string[] = []
    for (const [place, answer] of answers.entries())
      next.push(...follow(asked[place] ?? '', answer, own, found))
    // Breadth first: the depth is then what it takes, and not the number of ranges.
    wanted = [...wanted.slice(answers.length), ...next]
  }
  return { theirCount: count, ...found, rounds }
}

/** Takes note of what an answer tells, and gives the ranges to look at next. */
function follow(prefix: string, answer: RangeAnswer, own: HeadsSummary, found: Found): string[] {
  if ('listed' in answer) {
    merge(own.items(prefix), answer.listed, found)
    return []
  }
  const next: string[] = []
  for (const [place, part] of answer.parts.entries()) {
    const range = prefix + (DIGITS[place] ?? '')
    const ours = own.range(range)
    if (part.count === 0) for (const item of own.items(range)) found.onlyOurs.push(item)
    else if (part.count !== ours.count || part.fingerprint !== hex(ours.fingerprint))
      next.push(range)
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

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function protocolError(client: SyncClient, what: string): MeshError {
  return new MeshError('ERR_MESH_PROTOCOL', `${client.peer} does not keep to the protocol: ${what}`)
}
