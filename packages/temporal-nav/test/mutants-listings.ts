import type { VersionEntry } from '../src/index.ts'
import { collect } from './fixtures.ts'
import { mapRange, rangeMutant, replace } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const WHOLE = 'range lists the whole timeline'

export const listingMutants: readonly Mutant[] = [
  {
    name: 'skips tombstones in a range',
    mutate: (index) =>
      replace(index, {
        range: (key, range, o) =>
          mapRange(index.range(key, range, o), (all) => all.filter((e) => e.content !== null)),
      }),
    noticedBy: 'a tombstone is a version like any other',
  },
  {
    name: 'leaves the upper end out of a range',
    mutate: rangeMutant((range) => ({ ...range, to: range.to - 1 })),
    noticedBy: WHOLE,
  },
  {
    name: 'leaves the lower end out of a range',
    mutate: rangeMutant((range) => ({ ...range, from: range.from + 1 })),
    noticedBy: WHOLE,
  },
  {
    name: 'takes to for a count',
    mutate: rangeMutant((range) => ({ ...range, to: range.from + range.to - 1 })),
    noticedBy: 'range lists a part, both ends included',
  },
  {
    name: 'ignores reverse',
    mutate: rangeMutant(({ from, to }) => ({ from, to })),
    noticedBy: 'range lists the whole timeline, newest first',
  },
  {
    name: 'always lists backwards',
    mutate: rangeMutant((range) => ({ ...range, reverse: true })),
    noticedBy: WHOLE,
  },
  {
    name: 'swaps the ends of an empty range',
    mutate: rangeMutant((range) => ({
      ...range,
      from: Math.min(range.from, range.to),
      to: Math.max(range.from, range.to),
    })),
    noticedBy: 'range lists nothing where there is nothing to list',
  },
  {
    name: 'clamps a range to the timeline',
    mutate: rangeMutant((range) => ({ ...range, from: Math.min(range.from, 10) })),
    noticedBy: 'range lists nothing where there is nothing to list',
  },
  {
    name: 'lists unsorted',
    mutate: (index) =>
      replace(index, {
        range: (key, range, o) =>
          mapRange(index.range(key, range, o), (all) =>
            all.toSorted((a, b) => String(a.version).localeCompare(String(b.version))),
          ),
      }),
    noticedBy: WHOLE,
  },
  {
    name: 'lists at most a page of 1,000',
    mutate: (index) =>
      replace(index, {
        range: (key, range, o) => mapRange(index.range(key, range, o), (all) => all.slice(0, 1000)),
      }),
    noticedBy: 'holds 10,000 versions on one timeline',
  },
  {
    name: 'shares one cursor among all listings',
    mutate: (index) => {
      let shared: AsyncIterator<VersionEntry> | undefined
      return replace(index, {
        range(key, range, o) {
          const fresh = index.range(key, range, o)[Symbol.asyncIterator]()
          shared = fresh
          const next = (): Promise<IteratorResult<VersionEntry>> => (shared ?? fresh).next()
          return { [Symbol.asyncIterator]: () => ({ next }) }
        },
      })
    },
    noticedBy: 'listings that run at once do not disturb each other',
  },
  {
    name: 'lists a snapshot in the order in which contexts were written',
    mutate: (index) =>
      replace(index, {
        async *currentAt(selector, time, options) {
          const entries = await collect(index.currentAt(selector, time, options))
          yield* entries.toSorted((a, b) => a.key.length - b.key.length)
        },
      }),
    noticedBy: 'a snapshot lists each context once, in the order of the keys',
  },
  {
    name: 'sorts a snapshot as people sort words',
    mutate: (index) =>
      replace(index, {
        async *currentAt(selector, time, options) {
          const entries = await collect(index.currentAt(selector, time, options))
          yield* entries.toSorted((a, b) => a.key.localeCompare(b.key, 'en', { numeric: true }))
        },
      }),
    noticedBy: 'a snapshot lists each context once, in the order of the keys',
  },
  {
    name: 'always gives the newest version in a snapshot',
    mutate: (index) =>
      replace(index, {
        currentAt: (selector, _time, options) => index.currentAt(selector, Infinity, options),
      }),
    noticedBy: 'a snapshot has the version that was current at that time',
  },
  {
    name: 'is a millisecond late in a snapshot',
    mutate: (index) =>
      replace(index, {
        currentAt: (selector, time, options) => index.currentAt(selector, time - 1, options),
      }),
    noticedBy: 'a snapshot has the version that was current at that time',
  },
  {
    name: 'leaves deleted contexts out of a snapshot',
    mutate: (index) =>
      replace(index, {
        async *currentAt(selector, time, options) {
          for await (const entry of index.currentAt(selector, time, options)) {
            if (entry.content !== null) yield entry
          }
        },
      }),
    noticedBy: 'a snapshot has the version that was current at that time',
  },
  {
    name: 'ignores the selector of a snapshot',
    mutate: (index) =>
      replace(index, {
        currentAt: (_selector, time, options) => index.currentAt(() => true, time, options),
      }),
    noticedBy: 'a snapshot lists what its selector selects, and nothing else',
  },
]
