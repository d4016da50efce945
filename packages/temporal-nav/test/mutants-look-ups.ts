import type { VersionEntry } from '../src/index.ts'
import { rekey, replace } from './mutant.ts'
import type { Lookup, Mutant } from './mutant.ts'

const EXACT = 'as of a time is the newest version not after it'
const BEFORE = 'as of a time before the first version there is nothing'
const AFTER = 'as of a time after the newest version it is the newest'
const BY_NUMBER = 'finds each version by its number, and none of another number'
const ODD = 'takes keys as they are: escapes, folders, prefixes of each other'

export const lookUpMutants: readonly Mutant[] = [
  {
    name: 'takes "not after" for "before" in asOf',
    mutate: (index) => replace(index, { asOf: (key, time, o) => index.asOf(key, time - 1, o) }),
    noticedBy: EXACT,
  },
  {
    name: 'is a millisecond ahead in asOf',
    mutate: (index) => replace(index, { asOf: (key, time, o) => index.asOf(key, time + 1, o) }),
    noticedBy: EXACT,
  },
  {
    name: 'gives the nearest version in asOf',
    mutate: (index) =>
      replace(index, { asOf: (key, time, o) => index.asOf(key, time + 30_000, o) }),
    noticedBy: EXACT,
  },
  {
    name: 'compares seconds in asOf',
    mutate: (index) =>
      replace(index, {
        asOf: (key, time, o) => index.asOf(key, Math.floor(time / 1000) * 1000 + 999, o),
      }),
    noticedBy: 'keeps versions that are one millisecond apart apart',
  },
  {
    name: 'clamps asOf to the first version',
    mutate: (index) =>
      replace(index, {
        asOf: async (key, time, o): Lookup =>
          (await index.asOf(key, time, o)) ?? (await index.first(key, o)),
      }),
    noticedBy: BEFORE,
  },
  {
    name: 'knows nothing after the newest version',
    mutate: (index) =>
      replace(index, {
        asOf: async (key, time, o): Lookup => {
          const newest = await index.latest(key, o)
          return newest && time > newest.time ? undefined : await index.asOf(key, time, o)
        },
      }),
    noticedBy: AFTER,
  },
  {
    name: 'takes times for positive',
    mutate: (index) =>
      replace(index, { asOf: (key, time, o) => index.asOf(key, Math.abs(time), o) }),
    noticedBy: 'takes times before 1970 and irregular gaps',
  },
  {
    name: 'clamps at to the newest version',
    mutate: (index) =>
      replace(index, {
        at: async (key, version, o): Lookup => {
          const newest = await index.latest(key, o)
          return await index.at(key, Math.min(version, newest?.version ?? 1), o)
        },
      }),
    noticedBy: BY_NUMBER,
  },
  {
    name: 'clamps at to the first version',
    mutate: (index) =>
      replace(index, { at: (key, version, o) => index.at(key, Math.max(version, 1), o) }),
    noticedBy: BY_NUMBER,
  },
  {
    name: 'counts negative numbers from the end',
    mutate: (index) =>
      replace(index, {
        at: async (key, version, o): Lookup => {
          const newest = await index.latest(key, o)
          return await index.at(key, version < 0 ? (newest?.version ?? 0) + 1 + version : version)
        },
      }),
    noticedBy: BY_NUMBER,
  },
  {
    name: 'counts from 0',
    mutate: (index) => replace(index, { at: (key, version, o) => index.at(key, version + 1, o) }),
    noticedBy: BY_NUMBER,
  },
  {
    name: 'skips tombstones in latest',
    mutate: (index) =>
      replace(index, {
        latest: async (key, o): Lookup => {
          const newest = await index.latest(key, o)
          return newest?.content === null ? await index.aliveBefore(key, newest.version) : newest
        },
      }),
    noticedBy: 'a tombstone is a version like any other',
  },
  {
    name: 'forgets validity',
    mutate: (index) =>
      replace(index, {
        at: async (key, version, o): Lookup => {
          const found = await index.at(key, version, o)
          return found && { version: found.version, time: found.time, content: found.content }
        },
      }),
    noticedBy: 'gives validity where it was given, and none where not',
  },
  {
    name: 'swaps the ends of validity',
    mutate: (index) =>
      replace(index, {
        at: async (key, version, o): Lookup => {
          const found = await index.at(key, version, o)
          if (found?.validFrom === undefined || found.validTo === undefined) return found
          return { ...found, validFrom: found.validTo, validTo: found.validFrom }
        },
      }),
    noticedBy: 'gives validity where it was given, and none where not',
  },
  {
    name: 'mixes timelines up',
    mutate: (index) => {
      let last = ''
      return replace(index, {
        async at(key, version, o): Lookup {
          last = key
          await Promise.resolve()
          return await index.at(last, version, o)
        },
        async asOf(key, time, o): Lookup {
          last = key
          await Promise.resolve()
          return await index.asOf(last, time, o)
        },
      })
    },
    noticedBy: 'answers 200 questions asked at once, each its own',
  },
  {
    name: 'decodes the escapes of keys',
    mutate: (index) => rekey(index, (key) => decodeURIComponent(key)),
    noticedBy: ODD,
  },
  {
    name: 'drops the slash at the end of keys',
    mutate: (index) => rekey(index, (key) => key.replace(/\/$/, '')),
    noticedBy: ODD,
  },
  {
    name: 'takes keys in lower case',
    mutate: (index) => rekey(index, (key) => key.toLowerCase()),
    noticedBy: ODD,
  },
  {
    name: 'takes an underscore in a key for any character',
    mutate: (index) => rekey(index, (key) => key.replace(/note[_s]$/, 'note?')),
    noticedBy: ODD,
  },
  {
    name: 'keeps the newest version in a stale cache',
    mutate: (index) => {
      const cache = new Map<string, VersionEntry>()
      return replace(index, {
        async latest(key, o): Lookup {
          const found = cache.get(key) ?? (await index.latest(key, o))
          if (found) cache.set(key, found)
          return found
        },
      })
    },
    noticedBy: 'sees what was written since the last look',
  },
  {
    name: 'remembers that there was no such version',
    mutate: (index) => {
      const missing = new Set<string>()
      return replace(index, {
        async at(key, version, o): Lookup {
          const found = missing.has(`${version} ${key}`)
            ? undefined
            : await index.at(key, version, o)
          if (!found) missing.add(`${version} ${key}`)
          return found
        },
      })
    },
    noticedBy: 'sees what was written since the last look',
  },
  {
    name: 'gives the tombstone itself for the last alive',
    mutate: (index) =>
      replace(index, { aliveBefore: (key, version, o) => index.at(key, version - 1, o) }),
    noticedBy: 'finds the last version that was alive before another',
  },
  {
    name: 'takes "before" for "not after" in aliveBefore',
    mutate: (index) =>
      replace(index, { aliveBefore: (key, version, o) => index.aliveBefore(key, version + 1, o) }),
    noticedBy: 'finds the last version that was alive before another',
  },
  {
    name: 'has no aliveBefore though it declares it',
    mutate: (index) => Object.assign(replace(index, {}), { aliveBefore: undefined }),
    noticedBy: 'has aliveBefore exactly if it declares it',
  },
]
