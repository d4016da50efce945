import { expect, test } from 'vitest'
import { createMemoryIndex, snapshot } from '../src/index.ts'
import type { MemoryIndex, SnapshotEntry, SnapshotIndex } from '../src/index.ts'
import { collect, rejection, START } from './fixtures.ts'

const everything = (): boolean => true

function project(): MemoryIndex {
  const index = createMemoryIndex()
  index.append('a:b@c:d/plan', { version: 1, time: START, content: 'p1' })
  index.append('a:b@c:d/plan', { version: 2, time: START + 100, content: 'p2' })
  index.append('a:b@c:d/draft', { version: 1, time: START + 10, content: 'd1' })
  index.append('a:b@c:d/draft', { version: 2, time: START + 50, content: null })
  index.append('a:b@c:d/later', { version: 1, time: START + 60, content: 'l1' })
  return index
}

/** An index that gives what it is told to, right or wrong. */
function scripted(...entries: readonly SnapshotEntry[]): SnapshotIndex<undefined> {
  return {
    async *currentAt() {
      yield* entries
    },
  }
}

test('reads a pattern as it stood, deletions included, ordered by key', async () => {
  const index = project()
  expect(await collect(snapshot(index, everything, START + 50))).toEqual([
    { key: 'a:b@c:d/draft', version: 2, time: START + 50, content: null },
    { key: 'a:b@c:d/plan', version: 1, time: START, content: 'p1' },
  ])
  const latest = await collect(snapshot(index, (key) => key.endsWith('n'), START + 1000))
  expect(latest).toEqual([{ key: 'a:b@c:d/plan', version: 2, time: START + 100, content: 'p2' }])
  expect(await collect(snapshot(index, everything, START - 1))).toEqual([])
})

test('leaves what was deleted out if asked to', async () => {
  const listed = await collect(snapshot(project(), everything, START + 60, { tombstones: false }))
  expect(listed.map(({ key }) => key)).toEqual(['a:b@c:d/later', 'a:b@c:d/plan'])
})

test.each([
  ['b', 'a'],
  ['a', 'a'],
  ['a/b', 'a.b'],
])('refuses an index that lists %s before %s', async (first, second) => {
  const entry = { version: 1, time: START, content: 'c' }
  const index = scripted({ ...entry, key: first }, { ...entry, key: second })
  const error = await rejection(collect(snapshot(index, undefined, START)))
  expect(error).toMatchObject({
    code: 'ERR_TEMPORAL_ORDER',
    details: { key: second, after: first },
    message: `Expected a key after "${first}" in the order of UTF-8 bytes, got "${second}": list each key once, sorted.`,
  })
})

test('refuses an index that gives a version from after the instant', async () => {
  const index = scripted({ key: 'a', version: 2, time: START + 1, content: 'c' })
  expect(await rejection(collect(snapshot(index, undefined, START)))).toMatchObject({
    code: 'ERR_TEMPORAL_ORDER',
    message:
      'Expected a version of a not after 2025-08-01T12:00:00Z, got version 2 of 2025-08-01T12:00:00.001Z.',
  })
})

test('refuses an instant that is none', async () => {
  const error = await rejection(collect(snapshot(project(), everything, Number.NaN)))
  expect(error).toMatchObject({ code: 'ERR_TEMPORAL_INVALID' })
})

test('stops at its signal', async () => {
  const controller = new AbortController()
  const reason = new Error('stop')
  const read: string[] = []
  const work = async (): Promise<void> => {
    const { signal } = controller
    for await (const { key } of snapshot(project(), everything, START + 100, { signal })) {
      read.push(key)
      controller.abort(reason)
    }
  }
  expect(await rejection(work())).toBe(reason)
  expect(read).toEqual(['a:b@c:d/draft'])
})
