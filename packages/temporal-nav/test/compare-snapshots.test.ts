import { expect, test } from 'vitest'
import { compareSnapshots, createMemoryIndex, snapshot } from '../src/index.ts'
import type { SnapshotEntry } from '../src/index.ts'
import { collect, rejection, START } from './fixtures.ts'

function entry(
  key: string,
  version: number,
  content: string | null = `c${version}`,
): SnapshotEntry {
  return { key, version, time: START + version, content }
}

async function changes(
  before: readonly SnapshotEntry[],
  after: readonly SnapshotEntry[],
): Promise<string[]> {
  const found = await collect(compareSnapshots(before, after))
  return found.map(({ key, change }) => `${key} ${change}`)
}

test('tells what was created, updated and deleted, in the order of the keys', async () => {
  const before = [entry('a', 1), entry('b', 1), entry('c', 3), entry('e', 1)]
  const after = [entry('b', 2), entry('c', 3), entry('d', 1), entry('e', 2, null), entry('f', 1)]
  const found = await collect(compareSnapshots(before, after))
  expect(found).toEqual([
    { key: 'a', change: 'deleted', before: before[0] },
    { key: 'b', change: 'updated', before: before[1], after: after[0] },
    { key: 'd', change: 'created', after: after[2] },
    { key: 'e', change: 'deleted', before: before[3], after: after[3] },
    { key: 'f', change: 'created', after: after[4] },
  ])
})

test('what is there in neither is gone, if its tombstone is new or another one', async () => {
  expect(await changes([], [entry('a', 2, null)])).toEqual(['a gone'])
  expect(await changes([entry('a', 2, null)], [])).toEqual(['a gone'])
  expect(await changes([entry('a', 2, null)], [entry('a', 4, null)])).toEqual(['a gone'])
  expect(await changes([entry('a', 2, null)], [entry('a', 2, null)])).toEqual([])
})

test('a context that comes back after its deletion is created', async () => {
  expect(await changes([entry('a', 2, null)], [entry('a', 3)])).toEqual(['a created'])
})

test('sees two stores disagree about one version', async () => {
  expect(await changes([entry('a', 1)], [entry('a', 1, 'other')])).toEqual(['a updated'])
  expect(await changes([entry('a', 1)], [{ ...entry('a', 1), time: 0 }])).toEqual(['a updated'])
})

test('one of both may be empty', async () => {
  expect(await changes([], [])).toEqual([])
  expect(await changes([], [entry('a', 1), entry('b', 1)])).toEqual(['a created', 'b created'])
  expect(await changes([entry('a', 1), entry('b', 1)], [])).toEqual(['a deleted', 'b deleted'])
})

test('answers what changed in a project between two instants', async () => {
  const index = createMemoryIndex()
  index.append('plan', { version: 1, time: START, content: 'p1' })
  index.append('plan', { version: 2, time: START + 10, content: 'p2' })
  index.append('notes', { version: 1, time: START + 5, content: 'n1' })
  const at = (time: number): AsyncIterable<SnapshotEntry> => snapshot(index, () => true, time)
  const found = await collect(compareSnapshots(at(START), at(START + 10)))
  expect(found.map(({ key, change }) => `${key} ${change}`)).toEqual([
    'notes created',
    'plan updated',
  ])
})

test('refuses either side out of order', async () => {
  for (const [before, after] of [
    [[entry('b', 1), entry('a', 1)], []],
    [[], [entry('a', 1), entry('a', 1)]],
  ] as const) {
    const error = await rejection(changes(before, after))
    expect(error).toMatchObject({ code: 'ERR_TEMPORAL_ORDER' })
  }
})

test('closes both sides when it is left half way', async () => {
  const closed: string[] = []
  async function* side(name: string): AsyncGenerator<SnapshotEntry> {
    try {
      yield entry(`${name}1`, 1)
      yield entry(`${name}2`, 1)
    } finally {
      closed.push(name)
    }
  }
  for await (const { key } of compareSnapshots(side('a'), side('b'))) {
    expect(key).toBe('a1')
    break
  }
  expect(closed).toEqual(['a', 'b'])
})
