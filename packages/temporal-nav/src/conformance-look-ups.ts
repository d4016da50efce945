import { strictEqual } from 'node:assert/strict'
import {
  assertEntries,
  assertEntry,
  createCase,
  entry,
  KEY,
  MINUTE,
  OTHER_KEY,
  skipIf,
  START,
  versions,
  write,
} from './conformance-subject.ts'
import type { ConformanceCase, IndexUnderTest, Setup, Supports } from './conformance-subject.ts'
import type { TimelineIndex, VersionEntry } from './timeline.ts'

/** Keys that are easily taken for one another, or for something else than a key. */
const ODD_KEYS = [
  'a:b@c:d/',
  'a:b@c:d/notes',
  'a:b@c:d/notes/',
  'a:b@c:d/notes/x',
  'a:b@c:d/notes%2Fx',
  'a:b@c:d/Notes',
  'a:b@c:d/note_',
  'a:b@c:d/note%25',
  'a:b@c:d/note%2F',
  'a:b@c:d/note%2525',
  'a:b@c:d/caf%C3%A9',
  "a:b@c:d/it's",
  'a:b@c:d/(x)+$&,;=~!',
  'a:b@c:d/2025-08-07/x',
  'a:b@c:de/notes',
  'a.b-c_d:b@c:d/notes',
]

export function lookUpCases<Selector>(
  setup: Setup<Selector>,
  supports: Supports,
): ConformanceCase[] {
  const make = (
    name: string,
    work: (subject: IndexUnderTest<Selector>) => Promise<void>,
  ): ConformanceCase => createCase(setup, name, work)

  return [
    make('knows nothing of a key that was never written', async (subject) => {
      await assertUnknown(subject.index, KEY)
      await write(subject, OTHER_KEY, versions(3))
      await assertUnknown(subject.index, KEY)
    }),
    make('a single version is the first, the newest and number 1', async (subject) => {
      const kept = await write(subject, KEY, versions(1))
      await assertTimeline(subject.index, KEY, kept)
    }),
    make('finds each version by its number, and none of another number', async (subject) => {
      const kept = await write(subject, KEY, versions(7))
      await assertTimeline(subject.index, KEY, kept)
      for (const number of [-1, 0, 8, 9, 1_000_000, 999_999_999]) {
        assertEntry(await subject.index.at(KEY, number), undefined, `at ${number} of 7`)
      }
    }),
    make('as of a time is the newest version not after it', async (subject) => {
      const [first, second, third] = await write(subject, KEY, versions(3))
      const { index } = subject
      assertEntry(await index.asOf(KEY, START), first, 'as of the first time')
      assertEntry(await index.asOf(KEY, START + 1), first, 'a millisecond after the first')
      assertEntry(await index.asOf(KEY, START + MINUTE - 1), first, 'just before the second')
      assertEntry(await index.asOf(KEY, START + MINUTE), second, 'as of the second time')
      assertEntry(await index.asOf(KEY, START + 2 * MINUTE - 1), second, 'just before the third')
      assertEntry(await index.asOf(KEY, START + 2 * MINUTE), third, 'as of the newest time')
    }),
    make('as of a time before the first version there is nothing', async (subject) => {
      await write(subject, KEY, versions(3))
      for (const time of [START - 1, START - MINUTE, 0, -1, -62_167_219_200_000]) {
        assertEntry(await subject.index.asOf(KEY, time), undefined, `as of ${time}`)
      }
    }),
    make('as of a time after the newest version it is the newest', async (subject) => {
      const kept = await write(subject, KEY, versions(3))
      for (const time of [START + 3 * MINUTE, 253_402_300_799_999]) {
        assertEntry(await subject.index.asOf(KEY, time), kept.at(-1), `as of ${time}`)
      }
    }),
    make('keeps versions that are one millisecond apart apart', async (subject) => {
      const kept = await write(subject, KEY, versions(50, 1))
      for (const expected of kept) {
        assertEntry(await subject.index.asOf(KEY, expected.time), expected, 'a millisecond apart')
      }
    }),
    make('takes times before 1970 and irregular gaps', async (subject) => {
      const times = [-86_400_000, -1, 0, 1, 1000, START, START + 1, START + 400 * 86_400_000]
      const kept = await write(
        subject,
        KEY,
        times.map((time, i) => entry(i + 1, time)),
      )
      await assertTimeline(subject.index, KEY, kept)
    }),
    make('a tombstone is a version like any other', async (subject) => {
      const kept = await write(subject, KEY, [
        entry(1, START),
        entry(2, START + 10, { content: null }),
        entry(3, START + 20),
        entry(4, START + 30, { content: null }),
        entry(5, START + 40, { content: null }),
      ])
      await assertTimeline(subject.index, KEY, kept)
    }),
    make('gives validity where it was given, and none where not', async (subject) => {
      const kept = await write(subject, KEY, [
        entry(1, START, { validFrom: START - MINUTE, validTo: START + MINUTE }),
        entry(2, START + 10, { validFrom: 0 }),
        entry(3, START + 20, { validTo: START }),
        entry(4, START + 30),
      ])
      await assertTimeline(subject.index, KEY, kept)
    }),
    make('keeps the timelines of different keys apart', async (subject) => {
      const one = await write(subject, KEY, versions(3))
      const other = await write(subject, OTHER_KEY, [entry(1, START + 1), entry(2, START + 5)])
      await assertTimeline(subject.index, KEY, one)
      await assertTimeline(subject.index, OTHER_KEY, other)
    }),
    make('takes keys as they are: escapes, folders, prefixes of each other', async (subject) => {
      const kept = new Map<string, readonly VersionEntry[]>()
      for (const [i, key] of ODD_KEYS.entries()) {
        kept.set(
          key,
          await write(subject, key, [entry(1, START + i), entry(2, START + MINUTE + i)]),
        )
      }
      for (const [key, entries] of kept) await assertTimeline(subject.index, key, entries)
      for (const key of [
        'a:b@c:d/note',
        'a:b@c:d/notes/y',
        'a:b@c:d/caf%C3%A8',
        'a:b@c:d/2025-08-07/',
      ]) {
        await assertUnknown(subject.index, key)
      }
    }),
    make('sees what was written since the last look', async (subject) => {
      const { index } = subject
      const before = await write(subject, KEY, versions(2))
      await assertTimeline(index, KEY, before)
      assertEntry(await index.at(KEY, 3), undefined, 'version 3 before it is written')
      const after = await write(subject, KEY, [entry(3, START + 5 * MINUTE)])
      await assertTimeline(index, KEY, [...before, ...after])
    }),
    make('two indexes share nothing', async (subject) => {
      const another = await setup()
      try {
        const kept = await write(subject, KEY, versions(2))
        await assertUnknown(another.index, KEY)
        await write(another, KEY, [entry(1, START + 7)])
        await assertTimeline(subject.index, KEY, kept)
      } finally {
        await another.close?.()
      }
    }),
    make('answers 200 questions asked at once, each its own', async (subject) => {
      const one = await write(subject, KEY, versions(100))
      const other = await write(subject, OTHER_KEY, versions(100, 2 * MINUTE))
      const { index } = subject
      await Promise.all([
        ...one.map(async (e) => assertEntry(await index.at(KEY, e.version), e, 'at once')),
        ...other.map(async (e) => assertEntry(await index.asOf(OTHER_KEY, e.time), e, 'at once')),
      ])
    }),
    make('holds 10,000 versions on one timeline', async (subject) => {
      const { index } = subject
      const kept = await write(subject, KEY, versions(10_000))
      assertEntry(await index.first(KEY), kept[0], 'first of 10,000')
      assertEntry(await index.latest(KEY), kept[9999], 'newest of 10,000')
      for (let version = 1; version <= 10_000; version += 617) {
        const expected = kept[version - 1]
        const time = START + (version - 1) * MINUTE
        assertEntry(await index.at(KEY, version), expected, `at ${version} of 10,000`)
        assertEntry(await index.asOf(KEY, time), expected, `as of version ${version} of 10,000`)
        assertEntry(await index.asOf(KEY, time + 59_999), expected, `until after ${version}`)
      }
      await assertEntries(index.range(KEY, { from: 1, to: 10_000 }), kept, 'all 10,000')
    }),
    make('has aliveBefore exactly if it declares it', async ({ index }) => {
      strictEqual(typeof index.aliveBefore === 'function', supports.aliveBefore ?? false)
    }),
    skipIf(
      supports.aliveBefore ? undefined : 'the index declares no aliveBefore',
      make('finds the last version that was alive before another', async (subject) => {
        const alive = [1, 2, 5, 9]
        const kept = await write(
          subject,
          KEY,
          versions(10).map((e) => (alive.includes(e.version) ? e : { ...e, content: null })),
        )
        const expected = [undefined, 1, 2, 2, 2, 5, 5, 5, 5, 9, 9, 9]
        for (const [i, version] of expected.entries()) {
          const found = await subject.index.aliveBefore?.(KEY, i + 1)
          const wanted = version === undefined ? undefined : kept[version - 1]
          assertEntry(found, wanted, `alive before version ${i + 1}`)
        }
        const unknown = await subject.index.aliveBefore?.(OTHER_KEY, 2)
        assertEntry(unknown, undefined, 'alive before version 2 of an unknown key')
      }),
    ),
  ]
}

/** Asks everything that can be asked of a timeline whose entries are known. */
async function assertTimeline(
  index: TimelineIndex,
  key: string,
  kept: readonly VersionEntry[],
): Promise<void> {
  assertEntry(await index.first(key), kept[0], `first of ${key}`)
  assertEntry(await index.latest(key), kept.at(-1), `newest of ${key}`)
  for (const [i, expected] of kept.entries()) {
    const { version, time } = expected
    assertEntry(await index.at(key, version), expected, `at ${version} of ${key}`)
    assertEntry(await index.asOf(key, time), expected, `as of ${time} of ${key}`)
    const before = kept[i - 1]
    assertEntry(await index.asOf(key, time - 1), before, `just before version ${version} of ${key}`)
  }
  const all = { from: 1, to: kept.length }
  await assertEntries(index.range(key, all), kept, `all versions of ${key}`)
}

async function assertUnknown(index: TimelineIndex, key: string): Promise<void> {
  assertEntry(await index.first(key), undefined, `first of the unknown key ${key}`)
  assertEntry(await index.latest(key), undefined, `newest of the unknown key ${key}`)
  assertEntry(await index.at(key, 1), undefined, `at 1 of the unknown key ${key}`)
  assertEntry(await index.asOf(key, START * 2), undefined, `as of, of the unknown key ${key}`)
  await assertEntries(index.range(key, { from: 1, to: 10 }), [], `range of the unknown key ${key}`)
}
