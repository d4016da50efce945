import { strictEqual } from 'node:assert/strict'
import {
  assertEntries,
  createCase,
  KEY,
  OTHER_KEY,
  versions,
  write,
} from './conformance-subject.ts'
import type { ConformanceCase, IndexUnderTest, Setup } from './conformance-subject.ts'
import type { VersionEntry, VersionRange } from './timeline.ts'

/** Each range with the first and the last version that it lists of a timeline of ten. */
const RANGES: readonly (readonly [string, VersionRange, number, number])[] = [
  ['the whole timeline', { from: 1, to: 10 }, 1, 10],
  ['the whole timeline, newest first', { from: 1, to: 10, reverse: true }, 10, 1],
  ['a part, both ends included', { from: 3, to: 6 }, 3, 6],
  ['a part, newest first', { from: 3, to: 6, reverse: true }, 6, 3],
  ['a single version', { from: 4, to: 4 }, 4, 4],
  ['a single version, newest first', { from: 4, to: 4, reverse: true }, 4, 4],
  ['an explicit reverse: false', { from: 9, to: 10, reverse: false }, 9, 10],
  ['what there is of a range past the end', { from: 8, to: 99 }, 8, 10],
  ['what there is of it, newest first', { from: 8, to: 99, reverse: true }, 10, 8],
  ['what there is of a range from before the beginning', { from: -5, to: 2 }, 1, 2],
  ['what there is of that, newest first', { from: -5, to: 2, reverse: true }, 2, 1],
  ['a range with room on both sides', { from: 0, to: 999_999_999 }, 1, 10],
]

const EMPTY: readonly (readonly [string, VersionRange])[] = [
  ['from is greater than to', { from: 6, to: 5 }],
  ['from is greater than to, newest first', { from: 6, to: 3, reverse: true }],
  ['all of it is past the end', { from: 11, to: 20 }],
  ['all of it is past the end, newest first', { from: 11, to: 20, reverse: true }],
  ['all of it is before the beginning', { from: -3, to: 0 }],
]

export function rangeCases<Selector>(setup: Setup<Selector>): ConformanceCase[] {
  const make = (
    name: string,
    work: (subject: IndexUnderTest<Selector>) => Promise<void>,
  ): ConformanceCase => createCase(setup, name, work)

  return [
    ...RANGES.map(([what, range, first, last]) =>
      make(`range lists ${what}`, async (subject) => {
        const kept = await write(subject, KEY, versions(10))
        await write(subject, OTHER_KEY, versions(12, 7))
        const wanted = kept.slice(Math.min(first, last) - 1, Math.max(first, last))
        const expected = first > last ? wanted.toReversed() : wanted
        await assertEntries(subject.index.range(KEY, range), expected, what)
      }),
    ),
    make('range lists nothing where there is nothing to list', async (subject) => {
      await write(subject, KEY, versions(10))
      for (const [why, range] of EMPTY) {
        await assertEntries(subject.index.range(KEY, range), [], why)
      }
    }),
    make('a listing can be left half way, and another begun', async (subject) => {
      const kept = await write(subject, KEY, versions(10))
      for (let round = 0; round < 20; round++) {
        let read = 0
        for await (const entry of subject.index.range(KEY, { from: 1, to: 10 })) {
          read += 1
          if (entry.version === 3) break
        }
        strictEqual(read, 3, 'entries read before leaving')
      }
      const all = subject.index.range(KEY, { from: 1, to: 10 })
      await assertEntries(all, kept, 'after leaving others')
    }),
    make('listings that run at once do not disturb each other', async (subject) => {
      await write(subject, KEY, versions(10))
      const up = subject.index.range(KEY, { from: 1, to: 10 })[Symbol.asyncIterator]()
      const down = subject.index.range(KEY, { from: 1, to: 10, reverse: true })
      const back = down[Symbol.asyncIterator]()
      for (let i = 1; i <= 10; i++) {
        strictEqual(versionOf(await up.next()), i, 'forwards, while another runs backwards')
        strictEqual(versionOf(await back.next()), 11 - i, 'backwards, while another runs forwards')
      }
      strictEqual((await up.next()).done, true, 'the listing forwards has ended')
      strictEqual((await back.next()).done, true, 'the listing backwards has ended')
    }),
  ]
}

function versionOf(result: IteratorResult<VersionEntry>): number | undefined {
  return result.done ? undefined : result.value.version
}
