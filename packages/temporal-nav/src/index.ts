/**
 * Timelines, time travel and snapshots over any versioned store.
 *
 * ```ts
 * const index = createMemoryIndex()
 * index.append('claude:architect@shop:checkout/plan.md', { version: 1, time: 1754049600000, content: 'bafk…' })
 *
 * const navigator = await createNavigator(index, 'claude:architect@shop:checkout/plan.md')
 * navigator.current.version // 1
 * await navigator.back() // throws TemporalError ERR_TEMPORAL_OUT_OF_RANGE
 * ```
 *
 * @packageDocumentation
 */
export { resolveTemporal } from './resolve.ts'
export { createNavigator } from './create-navigator.ts'
export type { Navigator, NavigatorInit, Place } from './navigator.ts'
export { createMemoryIndex } from './memory-index.ts'
export type { MemoryIndex } from './memory-index.ts'
export { validAt } from './valid-at.ts'
export type { ValidAtQuery } from './valid-at.ts'
export { snapshot } from './snapshot.ts'
export type { SnapshotOptions } from './snapshot.ts'
export { snapshotDigest, snapshotLine } from './digest.ts'
export type { SnapshotDigestOptions, SnapshotHasher } from './digest.ts'
export { compareSnapshots } from './compare-snapshots.ts'
export type { SnapshotChange } from './compare-snapshots.ts'
export { diffEntries } from './diff.ts'
export type { ContentDiff, ContentDiffer, VersionDiff } from './diff.ts'
export { TemporalError } from './errors.ts'
export type { Asked, TemporalErrorCode, TemporalErrorDetails, TemporalErrorInit } from './errors.ts'

// For those who write versions, or an index of their own.
export { assertNotAhead, isAhead, MAX_AHEAD_MS, nextTime } from './clock.ts'
export { fromInstant, toInstant } from './instant.ts'
export type {
  CallOptions,
  SnapshotEntry,
  SnapshotIndex,
  TemporalSelector,
  TimelineIndex,
  VersionEntry,
  VersionRange,
} from './timeline.ts'
