import { expect, test } from 'vitest'
import { createMemoryIndex, createNavigator, diffEntries } from '../src/index.ts'
import { indexOf, KEY, MINUTE, rejection, START } from './fixtures.ts'

test('tells how far apart two versions are and what became of the content', () => {
  const first = { version: 1, time: START, content: 'c1' }
  const third = { version: 3, time: START + 1500, content: 'c3' }
  expect(diffEntries(first, third)).toEqual({
    from: first,
    to: third,
    versions: 2,
    milliseconds: 1500,
    content: 'changed',
    sameValidity: true,
  })
  expect(diffEntries(third, first)).toMatchObject({ versions: -2, milliseconds: -1500 })
  expect(Object.isFrozen(diffEntries(first, third))).toBe(true)
})

test.each([
  ['a', 'a', 'same'],
  ['a', 'b', 'changed'],
  ['a', null, 'deleted'],
  [null, 'a', 'restored'],
  [null, null, 'same'],
])('from content %s to %s it is %s', (from, to, content) => {
  const diff = diffEntries(
    { version: 1, time: 0, content: from },
    { version: 2, time: 1, content: to },
  )
  expect(diff.content).toBe(content)
})

test('sees a change of validity', () => {
  const entry = { version: 1, time: 0, content: 'c', validFrom: 5, validTo: 9 }
  expect(diffEntries(entry, { ...entry, version: 2 }).sameValidity).toBe(true)
  expect(diffEntries(entry, { ...entry, validFrom: 6 }).sameValidity).toBe(false)
  expect(diffEntries(entry, { ...entry, validTo: 8 }).sameValidity).toBe(false)
  expect(diffEntries(entry, { version: 2, time: 1, content: 'c' }).sameValidity).toBe(false)
})

test('the navigator compares places without moving or loading anything', async () => {
  const navigator = await createNavigator(indexOf('c1', 'c2', null), KEY)
  const diff = await navigator.diff({ kind: 'back', number: 2 }, { kind: 'latest' })
  expect(diff).toMatchObject({ versions: 2, milliseconds: 2 * MINUTE, content: 'deleted' })
  expect(navigator.current.version).toBe(3)
  const outside = await rejection(navigator.diff(1, 4))
  expect(outside).toMatchObject({ code: 'ERR_TEMPORAL_OUT_OF_RANGE' })
})

test('loads and compares contents where they differ', async () => {
  const navigator = await createNavigator(indexOf('one', 'two', null, 'one'), KEY)
  const loaded: string[] = []
  const differ = {
    load: async ({ content }: { content: string | null }) => {
      loaded.push(String(content))
      return `text of ${content}`
    },
    compare: (before: string | undefined, after: string | undefined) => `${before} -> ${after}`,
  }
  expect((await navigator.diff(1, 2, differ)).changes).toBe('text of one -> text of two')
  expect((await navigator.diff(2, 3, differ)).changes).toBe('text of two -> undefined')
  expect((await navigator.diff(3, 4, differ)).changes).toBe('undefined -> text of one')
  expect(loaded).toEqual(['one', 'two', 'two', 'one'])
  const same = await navigator.diff(1, 4, differ)
  expect(same).toMatchObject({ content: 'same', versions: 3, changes: undefined })
  expect(loaded).toHaveLength(4)
})

test('does not compare when the signal fires while contents are loaded', async () => {
  const index = createMemoryIndex()
  index.append(KEY, { version: 1, time: START, content: 'a' })
  index.append(KEY, { version: 2, time: START + 1, content: 'b' })
  const navigator = await createNavigator(index, KEY)
  const controller = new AbortController()
  const reason = new Error('stop')
  const diff = navigator.diff(1, 2, {
    signal: controller.signal,
    load: async (_entry, { signal }) => {
      controller.abort(reason)
      return signal?.aborted
    },
    compare: () => {
      throw new Error('must not be compared')
    },
  })
  expect(await rejection(diff)).toBe(reason)
})
