import { TemporalError } from './errors.ts'
import { assertTime, toInstant } from './instant.ts'
import { locate } from './locate.ts'
import { gone } from './resolve.ts'
import type { CallOptions, TemporalSelector, TimelineIndex, VersionEntry } from './timeline.ts'

/** A question on both axes of time. */
export interface ValidAtQuery extends CallOptions {
  /** When the content is to hold (valid time), in milliseconds. */
  readonly validAt: number
  /** As it was believed when (recorded time), in milliseconds; by all that is recorded if left out. */
  readonly recordedAt?: number
}

/**
 * What was believed at one moment about what holds at another: the newest version recorded by
 * `recordedAt` whose validity (`validFrom` included, `validTo` not; open where absent) covers
 * `validAt`.
 *
 * Costs one look-up where the newest of them covers it, as one without a validity always does.
 * Otherwise it lists back from there until one does: as many versions as say nothing of that
 * moment, in the worst case the whole timeline. Give it a signal where others choose the question.
 *
 * @throws TemporalError `ERR_TEMPORAL_NOT_VALID` where no such version covers it; `_GONE` where a
 *   tombstone does; `_NOT_FOUND`, `_OUT_OF_RANGE` (nothing was recorded by then), `_INVALID`
 */
export async function validAt(
  index: TimelineIndex,
  key: string,
  query: ValidAtQuery,
): Promise<VersionEntry> {
  const { validAt: moment, recordedAt, ...options } = query
  assertTime(moment)
  const selector: TemporalSelector =
    recordedAt === undefined
      ? { kind: 'latest' }
      : { kind: 'instant', instant: toInstant(recordedAt) }
  const newest = await locate(index, { key, selector }, options)
  const entry = covers(newest, moment)
    ? newest
    : await walkBack(index, { key, before: newest.version, moment }, options)
  if (entry === undefined) {
    const by = recordedAt === undefined ? '' : `, recorded by ${toInstant(recordedAt)}`
    throw new TemporalError('ERR_TEMPORAL_NOT_VALID', {
      message: `Expected a version of ${key} that is valid at ${toInstant(moment)}${by}: none of versions 1 to ${newest.version} is.`,
      details: { key, validAt: moment, ...(recordedAt !== undefined && { recordedAt }) },
    })
  }
  return entry.content === null ? await gone(index, { key, tombstone: entry }, options) : entry
}

async function walkBack(
  index: TimelineIndex,
  where: { readonly key: string; readonly before: number; readonly moment: number },
  options: CallOptions,
): Promise<VersionEntry | undefined> {
  const older = { from: 1, to: where.before - 1, reverse: true }
  for await (const entry of index.range(where.key, older, options)) {
    if (covers(entry, where.moment)) return entry
  }
  return undefined
}

function covers(entry: VersionEntry, moment: number): boolean {
  const { validFrom = -Infinity, validTo = Infinity } = entry
  return validFrom <= moment && moment < validTo
}
