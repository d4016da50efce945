import type { MemoryIndex, TimelineIndex, VersionEntry, VersionRange } from '../src/index.ts'

/** An index with one fault, and the case of the suite that has to notice it. */
export interface Mutant {
  readonly name: string
  readonly mutate: (index: MemoryIndex) => MutantIndex
  readonly noticedBy: string
}

/** All that an index in memory has, but perhaps not the optional look-up. */
export type MutantIndex = Omit<MemoryIndex, 'aliveBefore'> & Pick<TimelineIndex, 'aliveBefore'>

export type Lookup = Promise<VersionEntry | undefined>

/** The index with some of its methods replaced. */
export function replace(index: MemoryIndex, methods: Partial<MemoryIndex>): MemoryIndex {
  return {
    append: (key, entry) => index.append(key, entry),
    first: (key, options) => index.first(key, options),
    latest: (key, options) => index.latest(key, options),
    at: (key, version, options) => index.at(key, version, options),
    asOf: (key, time, options) => index.asOf(key, time, options),
    range: (key, range, options) => index.range(key, range, options),
    aliveBefore: (key, version, options) => index.aliveBefore(key, version, options),
    currentAt: (selector, time, options) => index.currentAt(selector, time, options),
    ...methods,
  }
}

/** A store that takes some keys for equal. */
export function rekey(index: MemoryIndex, change: (key: string) => string): MemoryIndex {
  return replace(index, {
    append: (key, entry) => index.append(change(key), entry),
    first: (key, options) => index.first(change(key), options),
    latest: (key, options) => index.latest(change(key), options),
    at: (key, version, options) => index.at(change(key), version, options),
    asOf: (key, time, options) => index.asOf(change(key), time, options),
    range: (key, range, options) => index.range(change(key), range, options),
  })
}

export async function* mapRange(
  entries: AsyncIterable<VersionEntry>,
  change: (entries: VersionEntry[]) => VersionEntry[],
): AsyncGenerator<VersionEntry> {
  const collected: VersionEntry[] = []
  for await (const entry of entries) collected.push(entry)
  yield* change(collected)
}

export const rangeMutant = (
  change: (range: VersionRange) => VersionRange,
): ((index: MemoryIndex) => MemoryIndex) => {
  return (index) =>
    replace(index, { range: (key, range, options) => index.range(key, change(range), options) })
}
