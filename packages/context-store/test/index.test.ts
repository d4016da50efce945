import { identityFromSeed } from '@bzzz/identity'
import type { VersionEntry } from '@bzzz/temporal-nav'
import { timelineIndexConformance, type IndexUnderTest } from '@bzzz/temporal-nav/conformance'
import { parse, type Address } from '@bzzz/ucxl-address'
import { describe, expect, test } from 'vitest'
import { createMemoryStore, type ContextStore } from '../src/index.ts'
import { openSqliteStore } from '../src/sqlite.ts'

const writer = identityFromSeed(new Uint8Array(32).fill(1))
const now = (): number => Date.UTC(2040, 0, 1)
const pattern = (text: string): Address => parse(`ucxl://${text.replace('/', '/*^/')}`)

/** A store as the index that navigators work on; its content ids are its own. */
async function indexOf(store: ContextStore): Promise<IndexUnderTest<Address>> {
  return {
    index: store.index,
    selectors: {
      every: pattern('any:any@any:any/**'),
      under: (folder) => pattern(`${folder}*/**`),
    },
    async append(key, entries) {
      await store.putAll(
        entries.map(({ content, time, validFrom, validTo }) => ({
          address: pattern(key),
          content: content === null ? null : new TextEncoder().encode(content),
          time,
          ...(validFrom === undefined ? {} : { validFrom }),
          ...(validTo === undefined ? {} : { validTo }),
        })),
      )
      const [first, last] = [entries[0]?.version ?? 1, entries.at(-1)?.version ?? 0]
      const kept: VersionEntry[] = []
      for await (const entry of store.index.range(key, { from: first, to: last })) kept.push(entry)
      return kept
    },
    close: async () => store.close(),
  }
}

const supports = { snapshots: true, aliveBefore: true }
const stores = {
  memory: () => createMemoryStore({ writer, now }),
  SQLite: () => openSqliteStore({ file: ':memory:', writer, now }),
}

describe.each(Object.entries(stores))('the index of the store in %s', (_, open) => {
  const cases = timelineIndexConformance(async () => indexOf(open()), supports)
  test.for(cases)('$name', async ({ run, skip }, context) => {
    context.skip(skip !== undefined, skip)
    await expect(run()).resolves.toBeUndefined()
  })
})
