import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import type { SnapshotIndex, TimelineIndex, VersionEntry } from './timeline.ts'

/** One thing that an index must do; rejects with what it did instead. */
export interface ConformanceCase {
  readonly name: string
  readonly run: () => Promise<void>
  /** Why the case does not apply; absent where it does. `run` then does nothing. */
  readonly skip?: string
}

/** An empty index to be tried, and how to write to it. */
export interface IndexUnderTest<Selector = never> {
  readonly index: TimelineIndex & Partial<SnapshotIndex<Selector>>
  /**
   * Writes versions to the end of a key's timeline; called several times for one key, and with up
   * to 10,000 entries. Resolves with the entries as they are kept where the index makes content ids
   * of its own, with nothing where it keeps those given (`content-1`, `content-2` …).
   */
  readonly append: (
    key: string,
    entries: readonly VersionEntry[],
  ) => Promise<readonly VersionEntry[] | void>
  /** What the snapshot cases select by; needed unless snapshots are declared as not supported. */
  readonly selectors?: {
    /** Selects every context. */
    readonly every: Selector
    /** Selects the contexts in a folder: those whose key begins with this, and goes on. */
    readonly under: (folder: string) => Selector
  }
  /** Called at the end of each case. */
  readonly close?: () => Promise<void>
}

/** What an index declares to do beyond the five look-ups. */
export interface Supports {
  /** It is a {@link SnapshotIndex} as well; true if left out. */
  readonly snapshots?: boolean
  /** It has {@link TimelineIndex.aliveBefore}; false if left out. */
  readonly aliveBefore?: boolean
}

export type Setup<Selector> = () => Promise<IndexUnderTest<Selector>>

export const KEY = 'claude:architect@shop:checkout/decisions/payment.json'
export const OTHER_KEY = 'gpt-4.1:reviewer@shop:checkout/decisions/payment.json'
/** 2025-08-01T12:00:00Z, the time of most first versions. */
export const START = 1_754_049_600_000
export const MINUTE = 60_000

/** Makes the case that `work` describes: an index is set up for it, and closed whatever happens. */
export function createCase<Selector>(
  setup: Setup<Selector>,
  name: string,
  work: (subject: IndexUnderTest<Selector>) => Promise<void>,
): ConformanceCase {
  return {
    name,
    async run() {
      const subject = await setup()
      try {
        await work(subject)
      } finally {
        await subject.close?.()
      }
    },
  }
}

/** The same case, left out where there is a reason to. */
export function skipIf(reason: string | undefined, made: ConformanceCase): ConformanceCase {
  return reason === undefined ? made : { name: made.name, skip: reason, run: async () => {} }
}

/** Versions 1 to `length`, `step` milliseconds apart, each with a content of its own. */
export function versions(length: number, step = MINUTE): VersionEntry[] {
  return Array.from({ length }, (_, i) => entry(i + 1, START + i * step))
}

export function entry(
  version: number,
  time: number,
  more: Partial<VersionEntry> = {},
): VersionEntry {
  return { version, time, content: `content-${version}`, ...more }
}

/** Writes, and gives what is to be read: the entries as kept. */
export async function write(
  subject: Pick<IndexUnderTest, 'append'>,
  key: string,
  entries: readonly VersionEntry[],
): Promise<readonly VersionEntry[]> {
  const kept = (await subject.append(key, entries)) ?? entries
  deepStrictEqual(
    kept.map(({ version, time }) => ({ version, time })),
    entries.map(({ version, time }) => ({ version, time })),
    'append must keep versions and times as they are given',
  )
  return kept
}

/** Compares what an entry says, and not what it is made of or what else it carries. */
export function assertEntry(
  actual: VersionEntry | undefined,
  expected: VersionEntry | undefined,
  asked: string,
): void {
  deepStrictEqual(actual && plain(actual), expected && plain(expected), asked)
}

/** One by one: the difference between two lists of 10,000 would take all memory to show. */
export async function assertEntries(
  actual: AsyncIterable<VersionEntry>,
  expected: readonly VersionEntry[],
  asked: string,
): Promise<void> {
  let read = 0
  for await (const listed of actual) {
    assertEntry(listed, expected[read], `${asked}: entry ${read} of ${expected.length}`)
    read += 1
  }
  strictEqual(read, expected.length, `${asked}: number of entries`)
}

function plain(value: VersionEntry): VersionEntry {
  const { version, time, content } = value
  return {
    version,
    time,
    content,
    ...('validFrom' in value && { validFrom: value.validFrom }),
    ...('validTo' in value && { validTo: value.validTo }),
  }
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = []
  for await (const item of items) collected.push(item)
  return collected
}
