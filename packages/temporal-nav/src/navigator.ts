import type { ContentDiff, ContentDiffer, VersionDiff } from './diff.ts'
import type { CallOptions, TemporalSelector, VersionEntry } from './timeline.ts'

/** A place on a timeline: a version number, or a selector that is read from where one stands. */
export type Place = number | TemporalSelector

/** How a navigator starts. */
export interface NavigatorInit extends CallOptions {
  /** Where it stands at first, read without a cursor; the newest version if left out. */
  readonly start?: TemporalSelector
}

/**
 * Stands on one version of a timeline and moves along it, without ever loading a content.
 *
 * - Every move is one look-up, and gives the entry of the version that it ends on.
 * - A move that would leave the timeline rejects with `ERR_TEMPORAL_OUT_OF_RANGE`; it is never
 *   clamped, and the navigator stays where it was, as after any other error.
 * - It can stand on a tombstone (`content` is null): otherwise nobody could walk past a deletion.
 *   Reading by address does not; see `resolveTemporal`.
 * - Moves that are not awaited follow one another in the order of the calls: two `back()` are two
 *   steps. A move whose signal fires while it waits its turn is left out.
 * - What does not move (`between`, `diff`, `canGoBack`, `canGoForward`) reads from where it stands when
 *   it is called.
 * - The timeline may grow meanwhile; `forward` and `latest` see what is new.
 */
export interface Navigator {
  readonly key: string
  /** The version that it stands on now. */
  readonly current: VersionEntry
  /** Goes `steps` versions (1 if left out) towards the first. */
  back(steps?: number, options?: CallOptions): Promise<VersionEntry>
  /** Goes `steps` versions (1 if left out) towards the newest. */
  forward(steps?: number, options?: CallOptions): Promise<VersionEntry>
  /** Goes to the oldest version. */
  first(options?: CallOptions): Promise<VersionEntry>
  /** Goes to the newest version. */
  latest(options?: CallOptions): Promise<VersionEntry>
  /** Goes to the version of this number, counted from 1. */
  at(version: number, options?: CallOptions): Promise<VersionEntry>
  /** Goes where a selector points; `~~N` and `^^N` count from `current`. */
  goto(selector: TemporalSelector, options?: CallOptions): Promise<VersionEntry>
  /** Whether a version `steps` (1 if left out) before `current` exists. */
  canGoBack(steps?: number, options?: CallOptions): Promise<boolean>
  /** Whether a version `steps` (1 if left out) after `current` exists by now. */
  canGoForward(steps?: number, options?: CallOptions): Promise<boolean>
  /**
   * Lists the versions from `a` to `b`, both included and newest first where `a` is the newer one.
   * Does not move. Both places must exist: iterating rejects as moving there would.
   */
  between(a: Place, b: Place, options?: CallOptions): AsyncIterable<VersionEntry>
  /** Compares two versions and, where their content ids differ, their contents with the differ. */
  diff<Content, Changes>(
    a: Place,
    b: Place,
    options: CallOptions & ContentDiffer<Content, Changes>,
  ): Promise<ContentDiff<Changes>>
  /** Compares two versions by their entries. Does not move. Rejects as moving there would. */
  diff(a: Place, b: Place, options?: CallOptions): Promise<VersionDiff>
}
