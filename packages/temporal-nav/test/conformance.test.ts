import { describe, expect, test } from 'vitest'
import { timelineIndexConformance } from '../src/conformance.ts'
import type { IndexUnderTest } from '../src/conformance.ts'
import { createMemoryIndex } from '../src/index.ts'
import type { MemoryIndex } from '../src/index.ts'
import { watched } from './fixtures.ts'
import type { MutantIndex } from './mutant.ts'
import { listingMutants } from './mutants-listings.ts'
import { lookUpMutants } from './mutants-look-ups.ts'
import { signalMutants } from './mutants-signals.ts'

type KeyFilter = (key: string) => boolean

/** Sets up an index around one in memory. */
function around(wrap: (index: MemoryIndex) => MutantIndex) {
  return async (): Promise<IndexUnderTest<KeyFilter>> => {
    const index = wrap(createMemoryIndex())
    return {
      index,
      append: async (key, entries) => {
        for (const entry of entries) index.append(key, entry)
      },
      selectors: {
        every: () => true,
        under: (folder) => (key) => key.startsWith(folder),
      },
    }
  }
}

const inMemory = around((index) => index)

async function lookUpsAlone(): Promise<IndexUnderTest> {
  const { index, append } = await inMemory()
  return { index: watched(index), append }
}

async function ownContents(): Promise<IndexUnderTest<KeyFilter>> {
  const memory = createMemoryIndex()
  return {
    ...(await inMemory()),
    index: memory,
    append: async (key, entries) =>
      entries.map((entry) => {
        const content = entry.content === null ? null : `own ${entry.content}`
        return memory.append(key, { ...entry, content })
      }),
  }
}

describe.for([
  ['the index in memory', timelineIndexConformance(inMemory, { aliveBefore: true })],
  [
    'an index with the five look-ups alone',
    timelineIndexConformance(lookUpsAlone, { snapshots: false }),
  ],
  [
    'an index that makes content ids of its own',
    timelineIndexConformance(ownContents, { aliveBefore: true }),
  ],
] as const)('%s', ([, cases]) => {
  test.for(cases)('$name', async ({ run, skip }, context) => {
    context.skip(skip !== undefined, skip)
    await expect(run()).resolves.toBeUndefined()
  })
})

/** The names of the cases that fail. */
async function failures(wrap: (index: MemoryIndex) => MutantIndex): Promise<string[]> {
  const failed: string[] = []
  for (const { name, run } of timelineIndexConformance(around(wrap), { aliveBefore: true })) {
    try {
      await run()
    } catch {
      failed.push(name)
    }
  }
  return failed
}

describe('the suite notices an index that', () => {
  test.for([...lookUpMutants, ...listingMutants, ...signalMutants])(
    '$name',
    async ({ mutate, noticedBy }) => {
      expect(await failures(mutate)).toContain(noticedBy)
    },
  )
})

test('no two cases have one name', () => {
  const names = timelineIndexConformance(inMemory).map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(names).toHaveLength(49)
})

test('what an index does not support is skipped with the reason, and does nothing', async () => {
  let set = 0
  const setup = async (): Promise<IndexUnderTest> => {
    set += 1
    return await lookUpsAlone()
  }
  const skipped = timelineIndexConformance(setup, { snapshots: false }).filter(({ skip }) => skip)
  for (const { run } of skipped) await run()
  expect(set).toBe(0)
  const reasons = skipped.map(({ name, skip }) => `${name}: ${skip}`)
  expect(reasons).toEqual([
    'finds the last version that was alive before another: the index declares no aliveBefore',
    'aliveBefore rejects with the reason of a signal that has fired: the index declares no aliveBefore',
    'a snapshot stops where its signal fires: the index declares no snapshots',
    'a snapshot of an empty index is empty: the index declares no snapshots',
    'a snapshot lists each context once, in the order of the keys: the index declares no snapshots',
    'a snapshot has the version that was current at that time: the index declares no snapshots',
    'a snapshot lists what its selector selects, and nothing else: the index declares no snapshots',
    'a snapshot of the past does not change by what is written later: the index declares no snapshots',
    'a snapshot agrees with asOf for every context: the index declares no snapshots',
  ])
})

test('an index that takes snapshots has to bring selectors, or to declare that it does not', async () => {
  const cases = timelineIndexConformance(lookUpsAlone)
  const empty = cases.find(({ name }) => name === 'a snapshot of an empty index is empty')
  await expect(empty?.run()).rejects.toThrow(
    'expected currentAt and selectors, or the declaration { snapshots: false }',
  )
})

test('every index that is set up is closed, also where a case fails', async () => {
  let open = 0
  let failed = 0
  const setup = async (): Promise<IndexUnderTest<KeyFilter>> => {
    open += 1
    const broken = {
      ...watched(createMemoryIndex()),
      latest: () => Promise.reject(new Error('no')),
    }
    return {
      index: broken,
      append: async () => {},
      close: async () => {
        open -= 1
      },
    }
  }
  for (const { run } of timelineIndexConformance(setup)) {
    await run().catch(() => {
      failed += 1
    })
  }
  expect(failed).toBeGreaterThan(20)
  expect(open).toBe(0)
})
