import { TemporalError } from './errors.ts'
import { toInstant } from './instant.ts'
import { locate } from './locate.ts'
import type { CallOptions, TemporalSelector, TimelineIndex, VersionEntry } from './timeline.ts'

/**
 * Reads one version without a cursor: what the temporal segment of an address means by itself.
 * Nothing is ever clamped. Costs one look-up, or two for `~~N` and `^^N`.
 *
 * A tombstone is *gone*. The error names the last version that was alive: one look-up more, as the
 * version before a tombstone nearly always is alive. Only in an index without `aliveBefore`, and
 * only where tombstones follow each other, does it list back over that run of tombstones.
 *
 * @returns the version's entry, never a tombstone
 * @throws TemporalError `ERR_TEMPORAL_NOT_FOUND` (the key has no version), `_OUT_OF_RANGE` (outside
 *   the timeline), `_GONE` (a tombstone), `_MISSING` (not held by this index), `_INVALID` (no
 *   selector); or the signal's reason
 */
export async function resolveTemporal(
  index: TimelineIndex,
  key: string,
  selector: TemporalSelector,
  options: CallOptions = {},
): Promise<VersionEntry> {
  const entry = await locate(index, { key, selector }, options)
  return entry.content === null ? await gone(index, { key, tombstone: entry }, options) : entry
}

/** Throws that this version is gone, and which was the last alive. */
export async function gone(
  index: TimelineIndex,
  where: { readonly key: string; readonly tombstone: VersionEntry },
  options: CallOptions,
): Promise<never> {
  const { key, tombstone } = where
  const lastAlive = await findAlive(index, where, options)
  const hint = lastAlive
    ? `version ${lastAlive.version} (${toInstant(lastAlive.time)}) was the last alive; read it with *~${lastAlive.version}`
    : 'no version before it was alive'
  throw new TemporalError('ERR_TEMPORAL_GONE', {
    message: `Expected a version with a content, but version ${tombstone.version} (${toInstant(tombstone.time)}) of ${key} deleted it: ${hint}.`,
    details: { key, tombstone, ...(lastAlive && { lastAlive }) },
  })
}

async function findAlive(
  index: TimelineIndex,
  where: { readonly key: string; readonly tombstone: VersionEntry },
  options: CallOptions,
): Promise<VersionEntry | undefined> {
  const { key, tombstone } = where
  if (index.aliveBefore) return await index.aliveBefore(key, tombstone.version, options)
  if (tombstone.version === 1) return undefined
  const before = await index.at(key, tombstone.version - 1, options)
  if (before && before.content !== null) return before
  const older = { from: 1, to: tombstone.version - 2, reverse: true }
  for await (const entry of index.range(key, older, options)) {
    if (entry.content !== null) return entry
  }
  return undefined
}
