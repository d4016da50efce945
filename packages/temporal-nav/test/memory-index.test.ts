import { expect, test } from 'vitest'
import { createMemoryIndex, TemporalError } from '../src/index.ts'
import type { VersionEntry } from '../src/index.ts'
import { collect, indexOf, KEY, MINUTE, START } from './fixtures.ts'

function appendError(entry: Partial<VersionEntry>): unknown {
  const index = indexOf('c1', 'c2')
  try {
    index.append(KEY, { version: 3, time: START + 2 * MINUTE, content: 'c3', ...entry })
  } catch (error) {
    return error
  }
  throw new Error('expected an error')
}

test.each([
  ['the same version again', { version: 2 }],
  ['an earlier version', { version: 1 }],
  ['a gap', { version: 4 }],
  ['no number', { version: Number.NaN }],
  ['the time of the version before', { time: START + MINUTE }],
  ['an earlier time', { time: START }],
])('refuses to append %s', (_what, entry) => {
  const error = appendError(entry)
  if (!TemporalError.is(error, 'ERR_TEMPORAL_ORDER')) throw error
  expect(error.details).toEqual({
    key: KEY,
    after: { version: 2, time: START + MINUTE, content: 'c2' },
  })
  expect(error.message).toMatch(
    /^Expected version 3 of .* with a time after 2025-08-01T12:01:00Z, got version /,
  )
})

test('a timeline begins with version 1', () => {
  const index = createMemoryIndex()
  expect(() => index.append(KEY, { version: 2, time: START, content: 'c2' })).toThrow(
    expect.objectContaining({ code: 'ERR_TEMPORAL_ORDER', details: { key: KEY } }),
  )
})

test.each([
  ['a time in parts of a millisecond', { time: START + 2 * MINUTE + 0.5 }],
  ['a time that no instant can write', { time: 253_402_300_800_000 }],
  ['a validity that begins at no time', { validFrom: Number.NaN }],
  ['a validity that ends at no time', { validTo: Infinity }],
  ['a validity that ends as it begins', { validFrom: 5, validTo: 5 }],
  ['a validity that ends before it begins', { validFrom: 5, validTo: 4 }],
])('refuses %s', (_what, entry) => {
  expect(appendError(entry)).toMatchObject({ code: 'ERR_TEMPORAL_INVALID' })
})

test('what was refused is not kept', async () => {
  const index = createMemoryIndex()
  expect(() => index.append(KEY, { version: 9, time: START, content: 'c9' })).toThrow(TemporalError)
  expect(await index.latest(KEY)).toBeUndefined()
  expect(await collect(index.currentAt(() => true, START))).toEqual([])
  index.append(KEY, { version: 1, time: START, content: 'c1' })
  expect(await collect(index.currentAt(() => true, START))).toHaveLength(1)
})

test('keeps a frozen copy of the fields that an entry has', async () => {
  const index = createMemoryIndex()
  const given = { version: 1, time: START, content: 'c1', validFrom: 0, extra: 'x' }
  const kept = index.append(KEY, given)
  given.content = 'changed'
  expect(kept).toStrictEqual({ version: 1, time: START, content: 'c1', validFrom: 0 })
  expect(Object.isFrozen(kept)).toBe(true)
  expect(await index.latest(KEY)).toBe(kept)
  const [listed] = await collect(index.currentAt(() => true, START))
  expect(Object.isFrozen(listed)).toBe(true)
})

test('lists a snapshot in the order of UTF-8 bytes, which is not that of UTF-16 units', async () => {
  const index = createMemoryIndex()
  for (const key of ['\u{1F600}', '～', 'a', 'é']) {
    index.append(key, { version: 1, time: START, content: 'c' })
  }
  const listed = await collect(index.currentAt(() => true, START))
  expect(listed.map(({ key }) => key)).toEqual(['a', 'é', '～', '\u{1F600}'])
})

test('numbers and times that are none find nothing', async () => {
  const index = indexOf('c1', 'c2', 'c3')
  expect(await index.at(KEY, 1.5)).toBeUndefined()
  expect(await index.at(KEY, Number.NaN)).toBeUndefined()
  expect(await index.asOf(KEY, Number.NaN)).toBeUndefined()
  expect(await index.asOf(KEY, -Infinity)).toBeUndefined()
  expect((await index.asOf(KEY, Infinity))?.version).toBe(3)
  expect(await collect(index.range(KEY, { from: 1.5, to: 2.5 }))).toHaveLength(1)
  expect(await collect(index.range(KEY, { from: Number.NaN, to: 3 }))).toEqual([])
})
