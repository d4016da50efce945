import { TemporalError } from './errors.ts'
import { assertTime, toInstant } from './instant.ts'
import { compareKeys } from './keys.ts'
import type {
  CallOptions,
  SnapshotEntry,
  SnapshotIndex,
  TimelineIndex,
  VersionEntry,
  VersionRange,
} from './timeline.ts'

/** Timelines in memory; snapshots are selected by a predicate on keys. */
export interface MemoryIndex extends TimelineIndex, SnapshotIndex<(key: string) => boolean> {
  /**
   * Adds the next version to the end of a key's timeline, and begins the timeline if need be.
   *
   * @returns the frozen copy that is kept
   * @throws TemporalError `ERR_TEMPORAL_ORDER` unless its number is one more than the newest one's
   *   and its time is later; `ERR_TEMPORAL_INVALID` for a time that is none, or a validity that
   *   ends before it begins
   */
  append(key: string, entry: VersionEntry): VersionEntry
  aliveBefore(
    key: string,
    version: number,
    options?: CallOptions,
  ): Promise<VersionEntry | undefined>
}

/**
 * Makes an empty index in memory: arrays and binary search. An append and a look-up by number cost
 * the same however long the timeline, an instant O(log n); a snapshot costs one binary search for
 * each key that matches.
 */
export function createMemoryIndex(): MemoryIndex {
  return new ArrayIndex()
}

interface Timeline {
  /** Version n is at n - 1. */
  readonly entries: VersionEntry[]
  /** The times alone: searched without touching the entries. */
  readonly times: number[]
  /** For each tombstone's number, the last version before it that was alive; made at the first. */
  alive: Map<number, VersionEntry | undefined> | undefined
}

class ArrayIndex implements MemoryIndex {
  readonly #timelines = new Map<string, Timeline>()
  /** Undefined while a key was added since it was last sorted. */
  #sorted: readonly string[] | undefined

  append(key: string, entry: VersionEntry): VersionEntry {
    const timeline: Timeline = this.#timelines.get(key) ?? {
      entries: [],
      times: [],
      alive: undefined,
    }
    const kept = checked(key, entry, timeline.entries.at(-1))
    if (timeline.entries.length === 0) {
      this.#timelines.set(key, timeline)
      this.#sorted = undefined
    }
    if (kept.content === null) {
      timeline.alive ??= new Map()
      timeline.alive.set(kept.version, aliveBefore(timeline, kept.version))
    }
    timeline.entries.push(kept)
    timeline.times.push(kept.time)
    return kept
  }

  async first(key: string, options: CallOptions = {}): Promise<VersionEntry | undefined> {
    options.signal?.throwIfAborted()
    return this.#timelines.get(key)?.entries[0]
  }

  async latest(key: string, options: CallOptions = {}): Promise<VersionEntry | undefined> {
    options.signal?.throwIfAborted()
    return this.#timelines.get(key)?.entries.at(-1)
  }

  async at(
    key: string,
    version: number,
    options: CallOptions = {},
  ): Promise<VersionEntry | undefined> {
    options.signal?.throwIfAborted()
    return this.#timelines.get(key)?.entries[version - 1]
  }

  async asOf(
    key: string,
    time: number,
    options: CallOptions = {},
  ): Promise<VersionEntry | undefined> {
    options.signal?.throwIfAborted()
    return currentAt(this.#timelines.get(key), time)
  }

  async *range(
    key: string,
    range: VersionRange,
    options: CallOptions = {},
  ): AsyncGenerator<VersionEntry> {
    options.signal?.throwIfAborted()
    const entries = this.#timelines.get(key)?.entries ?? []
    const low = Math.max(Math.ceil(range.from), 1)
    const high = Math.min(Math.floor(range.to), entries.length)
    for (let offset = 0; offset <= high - low; offset++) {
      options.signal?.throwIfAborted()
      const entry = entries[(range.reverse ? high - offset : low + offset) - 1]
      if (entry) yield entry
    }
  }

  async aliveBefore(
    key: string,
    version: number,
    options: CallOptions = {},
  ): Promise<VersionEntry | undefined> {
    options.signal?.throwIfAborted()
    const timeline = this.#timelines.get(key)
    return timeline && aliveBefore(timeline, version)
  }

  async *currentAt(
    selector: (key: string) => boolean,
    time: number,
    options: CallOptions = {},
  ): AsyncGenerator<SnapshotEntry> {
    options.signal?.throwIfAborted()
    this.#sorted ??= [...this.#timelines.keys()].toSorted(compareKeys)
    for (const key of this.#sorted) {
      options.signal?.throwIfAborted()
      const entry = selector(key) ? currentAt(this.#timelines.get(key), time) : undefined
      if (entry) yield Object.freeze({ key, ...entry })
    }
  }
}

/** The newest entry whose time is not after `time`. */
function currentAt(timeline: Timeline | undefined, time: number): VersionEntry | undefined {
  if (timeline === undefined) return undefined
  const { times } = timeline
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? Infinity) <= time) low = middle + 1
    else high = middle
  }
  return timeline.entries[low - 1]
}

function aliveBefore(timeline: Timeline, version: number): VersionEntry | undefined {
  const before = timeline.entries[Math.min(Math.ceil(version) - 1, timeline.entries.length) - 1]
  return before?.content === null ? timeline.alive?.get(before.version) : before
}

function checked(key: string, entry: VersionEntry, last: VersionEntry | undefined): VersionEntry {
  const { version, time, content, validFrom, validTo } = entry
  assertTime(time)
  if (validFrom !== undefined) assertTime(validFrom)
  if (validTo !== undefined) assertTime(validTo)
  const expected = (last?.version ?? 0) + 1
  if (version !== expected || time <= (last?.time ?? -Infinity)) {
    const later = last ? ` with a time after ${toInstant(last.time)}` : ''
    throw new TemporalError('ERR_TEMPORAL_ORDER', {
      message: `Expected version ${expected} of ${key}${later}, got version ${String(version)} of ${toInstant(time)}; nextTime gives a time that fits.`,
      details: { key, ...(last && { after: last }) },
    })
  }
  if (validFrom !== undefined && validTo !== undefined && validTo <= validFrom) {
    throw new TemporalError('ERR_TEMPORAL_INVALID', {
      message: `Expected version ${version} of ${key} to be valid until after ${toInstant(validFrom)}, got until ${toInstant(validTo)}.`,
      details: { received: validTo },
    })
  }
  return Object.freeze({
    version,
    time,
    content,
    ...(validFrom !== undefined && { validFrom }),
    ...(validTo !== undefined && { validTo }),
  })
}
