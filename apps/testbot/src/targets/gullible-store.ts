import {
  contentIdOf,
  type ContextStore,
  type StoredVersion,
  type VersionRecord,
} from '@bzzz/context-store'
import { canonicalBytes } from '@bzzz/identity'
import { keyOf, parse } from '@bzzz/ucxl-address'
import { withChanged } from './with-changed.ts'

/** What was refused, by timeline, in the order in which it came. */
type Kept = Map<string, StoredVersion[]>

/** A store that is broken on purpose: it keeps what it should have refused, and shows it as its own. */
export function gullibleStore(store: ContextStore, kept: Kept = new Map()): ContextStore {
  const newest = (key: string): StoredVersion | undefined => kept.get(key)?.at(-1)
  return withChanged(store, {
    async append(records, options) {
      let added = 0
      for (const record of records)
        added += await store.append([record], options).catch(() => keep(kept, record))
      return added
    },
    head: async (key, options) => newest(key) ?? store.head(key, options),
    async *history(key, options) {
      yield* store.history(key, options)
      yield* kept.get(key) ?? []
    },
    async resolve(address, options) {
      const key = keyOf(typeof address === 'string' ? parse(address) : address)
      return newest(key) ?? store.resolve(address, options)
    },
    restrictedTo: (access) => gullibleStore(store.restrictedTo(access), kept),
  })
}

/** @returns how many are new. */
function keep(kept: Kept, record: VersionRecord): number {
  const id = contentIdOf(canonicalBytes(record))
  const before = kept.get(record.key) ?? []
  if (before.some((one) => one.id === id)) return 0
  kept.set(record.key, [...before, { id, record }])
  return 1
}
