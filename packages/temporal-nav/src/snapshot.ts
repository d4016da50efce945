import { TemporalError } from './errors.ts'
import { assertTime, toInstant } from './instant.ts'
import { compareKeys } from './keys.ts'
import type { CallOptions, SnapshotEntry, SnapshotIndex } from './timeline.ts'

/** How a snapshot is read. */
export interface SnapshotOptions extends CallOptions {
  /**
   * Whether contexts that were deleted by then are listed, with their tombstone; true if left out.
   * A digest is meant over a snapshot with them.
   */
  readonly tombstones?: boolean
}

/**
 * Reads a pattern as it stood at an instant: for every context that matches, the version that was
 * current then, ordered by key.
 *
 * A snapshot of the past stays as it is while writers keep to the clock; versions that an importer
 * adds with old times, or that arrive late from another node, do change it.
 *
 * @param instantMs milliseconds since 1970-01-01T00:00:00Z; `fromInstant` reads an address's one
 * @throws TemporalError while iterating: `ERR_TEMPORAL_INVALID` where `instantMs` is no time,
 *   `ERR_TEMPORAL_ORDER` where the index gives keys out of order or a version from after the instant
 */
export async function* snapshot<Selector>(
  index: SnapshotIndex<Selector>,
  selector: Selector,
  instantMs: number,
  options: SnapshotOptions = {},
): AsyncGenerator<SnapshotEntry> {
  const { tombstones = true, ...call } = options
  assertTime(instantMs)
  let previous: string | undefined
  for await (const entry of index.currentAt(selector, instantMs, call)) {
    assertKeyOrder(previous, entry.key)
    previous = entry.key
    if (entry.time > instantMs) throw tooLate(entry, instantMs)
    if (tombstones || entry.content !== null) yield entry
  }
}

/** @throws TemporalError `ERR_TEMPORAL_ORDER` unless `key` comes after the key before it, if any */
export function assertKeyOrder(previous: string | undefined, key: string): void {
  if (previous === undefined || compareKeys(previous, key) < 0) return
  throw new TemporalError('ERR_TEMPORAL_ORDER', {
    message: `Expected a key after ${JSON.stringify(previous)} in the order of UTF-8 bytes, got ${JSON.stringify(key)}: list each key once, sorted.`,
    details: { key, after: previous },
  })
}

function tooLate(entry: SnapshotEntry, instantMs: number): TemporalError {
  return new TemporalError('ERR_TEMPORAL_ORDER', {
    message: `Expected a version of ${entry.key} not after ${toInstant(instantMs)}, got version ${entry.version} of ${toInstant(entry.time)}.`,
    details: { key: entry.key },
  })
}
