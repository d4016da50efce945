import { expect, test } from 'vitest'
import { createMemoryIndex, resolveTemporal, TemporalError } from '../src/index.ts'
import type { TimelineIndex } from '../src/index.ts'
import { indexOf, KEY, MINUTE, rejection, START, watched } from './fixtures.ts'

test('reads each kind of selector without a cursor', async () => {
  const index = indexOf('c1', 'c2', 'c3', 'c4', 'c5')
  const read = async (selector: Parameters<typeof resolveTemporal>[2]): Promise<number> =>
    (await resolveTemporal(index, KEY, selector)).version
  expect(await read({ kind: 'latest' })).toBe(5)
  expect(await read({ kind: 'version', number: 2 })).toBe(2)
  expect(await read({ kind: 'back', number: 1 })).toBe(4)
  expect(await read({ kind: 'forward', number: 1 })).toBe(2)
  expect(await read({ kind: 'instant', instant: '2025-08-01T12:02:30Z' })).toBe(3)
})

test('an error outside the timeline says what was asked and what exists', async () => {
  const index = indexOf('c1', 'c2', 'c3')
  const error = await rejection(resolveTemporal(index, KEY, { kind: 'back', number: 3 }))
  if (!TemporalError.is(error, 'ERR_TEMPORAL_OUT_OF_RANGE')) throw error
  expect(error.details).toEqual({
    key: KEY,
    asked: { selector: { kind: 'back', number: 3 }, version: 0 },
    first: { version: 1, time: START, content: 'c1' },
    last: { version: 3, time: START + 2 * MINUTE, content: 'c3' },
  })
  expect(error.message).toBe(
    'Version 0 (3 back from the newest) of claude:architect@shop:checkout/decisions/payment.json is outside its timeline: expected one of versions 1 (2025-08-01T12:00:00Z) to 3 (2025-08-01T12:02:00Z), such as *~3.',
  )
})

test.each([
  [{ kind: 'version', number: 4 }, { version: 4 }, 'Version 4 of '],
  [{ kind: 'forward', number: 3 }, { version: 4 }, 'Version 4 (3 forward from the first) of '],
  [
    { kind: 'instant', instant: '2025-08-01T11:59:59.999Z' },
    { time: START - 1 },
    'The version as of 2025-08-01T11:59:59.999Z of ',
  ],
] as const)('says so for %j', async (selector, asked, opening) => {
  const index = indexOf('c1', 'c2', 'c3')
  const error = await rejection(resolveTemporal(index, KEY, selector))
  if (!TemporalError.is(error, 'ERR_TEMPORAL_OUT_OF_RANGE')) throw error
  expect(error.details.asked).toEqual({ selector, ...asked })
  expect(error.message.slice(0, opening.length)).toBe(opening)
})

test('a key without versions is an error of its own, whatever is asked of it', async () => {
  const index = createMemoryIndex()
  for (const selector of [
    { kind: 'latest' },
    { kind: 'version', number: 1 },
    { kind: 'back', number: 1 },
    { kind: 'forward', number: 1 },
    { kind: 'instant', instant: '2025-08-01T12:00:00Z' },
  ] as const) {
    const error = await rejection(resolveTemporal(index, KEY, selector))
    expect(error).toMatchObject({ code: 'ERR_TEMPORAL_NOT_FOUND', details: { key: KEY } })
  }
})

test('a tombstone is gone and names the last version that was alive', async () => {
  const index = indexOf('c1', 'c2', null)
  const error = await rejection(resolveTemporal(index, KEY, { kind: 'latest' }))
  if (!TemporalError.is(error, 'ERR_TEMPORAL_GONE')) throw error
  expect(error.details).toEqual({
    key: KEY,
    tombstone: { version: 3, time: START + 2 * MINUTE, content: null },
    lastAlive: { version: 2, time: START + MINUTE, content: 'c2' },
  })
  expect(error.message).toBe(
    'Expected a version with a content, but version 3 (2025-08-01T12:02:00Z) of claude:architect@shop:checkout/decisions/payment.json deleted it: version 2 (2025-08-01T12:01:00Z) was the last alive; read it with *~2.',
  )
})

test('a timeline that was never alive has no last alive version', async () => {
  const error = await rejection(resolveTemporal(indexOf(null), KEY, { kind: 'latest' }))
  if (!TemporalError.is(error, 'ERR_TEMPORAL_GONE')) throw error
  expect('lastAlive' in error.details).toBe(false)
  expect(error.message).toMatch(/: no version before it was alive\.$/)
})

test('one look-up more finds the last alive version in an index with the five calls alone', async () => {
  const calls: string[] = []
  const index = watched(indexOf('c1', 'c2', 'c3', null), calls)
  const error = await rejection(resolveTemporal(index, KEY, { kind: 'latest' }))
  expect(error).toMatchObject({ details: { lastAlive: { version: 3 } } })
  expect(calls).toEqual(['latest', 'at 3'])
})

test('only a run of tombstones is listed, and no further than its end', async () => {
  const calls: string[] = []
  const memory = indexOf('c1', 'c2', 'c3', null, null, null)
  const read: number[] = []
  const index: TimelineIndex = {
    ...watched(memory, calls),
    async *range(key, range, options) {
      for await (const entry of memory.range(key, range, options)) {
        read.push(entry.version)
        yield entry
      }
    },
  }
  const error = await rejection(resolveTemporal(index, KEY, { kind: 'latest' }))
  expect(error).toMatchObject({ details: { lastAlive: { version: 3 } } })
  expect(calls).toEqual(['latest', 'at 5'])
  expect(read).toEqual([4, 3])
})

test('a version within the timeline that the index does not hold is missing, not outside', async () => {
  const memory = indexOf('c1', 'c2', 'c3')
  const index: TimelineIndex = {
    ...watched(memory),
    at: async (key, version) => (version === 2 ? undefined : await memory.at(key, version)),
  }
  const error = await rejection(resolveTemporal(index, KEY, { kind: 'version', number: 2 }))
  if (!TemporalError.is(error, 'ERR_TEMPORAL_MISSING')) throw error
  expect(error.details).toMatchObject({ asked: { version: 2 }, first: { version: 1 } })
  expect(error.message).toContain(' is not held here: ')
})

test('a timeline whose beginning is no longer held says so, and counts from what is left', async () => {
  const memory = indexOf('c1', 'c2', 'c3', 'c4')
  const index: TimelineIndex = {
    ...watched(memory),
    first: async (key) => await memory.at(key, 3),
    at: async (key, version) => (version < 3 ? undefined : await memory.at(key, version)),
  }
  const first = await rejection(resolveTemporal(index, KEY, { kind: 'version', number: 1 }))
  expect(first).toMatchObject({
    code: 'ERR_TEMPORAL_OUT_OF_RANGE',
    details: { first: { version: 3 }, last: { version: 4 } },
  })
  expect(await resolveTemporal(index, KEY, { kind: 'forward', number: 1 })).toMatchObject({
    version: 4,
  })
})

test('a version that is written while the error is worked out is given after all', async () => {
  const memory = indexOf('c1', 'c2')
  const index: TimelineIndex = {
    ...watched(memory),
    async first(key) {
      if ((await memory.at(key, 3)) === undefined) {
        memory.append(key, { version: 3, time: START + 10 * MINUTE, content: 'c3' })
      }
      return await memory.first(key)
    },
  }
  expect(await resolveTemporal(index, KEY, { kind: 'version', number: 3 })).toMatchObject({
    version: 3,
  })
})

test.each([0, -1, 1.5, Number.NaN, Infinity, 2 ** 53])('refuses the number %d', async (number) => {
  const index = indexOf('c1')
  for (const kind of ['version', 'back', 'forward'] as const) {
    const error = await rejection(resolveTemporal(index, KEY, { kind, number }))
    expect(error).toMatchObject({ code: 'ERR_TEMPORAL_INVALID', details: { received: number } })
  }
})

test('passes the signal on to the index', async () => {
  const reason = new Error('no longer wanted')
  const signal = AbortSignal.abort(reason)
  const error = await rejection(
    resolveTemporal(indexOf('c1'), KEY, { kind: 'back', number: 1 }, { signal }),
  )
  expect(error).toBe(reason)
})
