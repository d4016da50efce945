import { expect, test } from 'vitest'
import { createMemoryIndex, createNavigator } from '../src/index.ts'
import type { Navigator, TimelineIndex } from '../src/index.ts'
import { collect, indexOf, KEY, MINUTE, numbers, rejection, START, watched } from './fixtures.ts'

async function standingOn(version: number, index: TimelineIndex): Promise<Navigator> {
  return await createNavigator(index, KEY, { start: { kind: 'version', number: version } })
}

test('starts on the newest version, or where it is told to', async () => {
  const index = indexOf('c1', 'c2', 'c3')
  expect((await createNavigator(index, KEY)).current.version).toBe(3)
  expect((await standingOn(2, index)).current.version).toBe(2)
  const asOf = { kind: 'instant', instant: '2025-08-01T12:00:30Z' } as const
  expect((await createNavigator(index, KEY, { start: asOf })).current.version).toBe(1)
})

test('cannot be made for a key without versions, nor outside the timeline', async () => {
  const unknown = await rejection(createNavigator(createMemoryIndex(), KEY))
  expect(unknown).toMatchObject({ code: 'ERR_TEMPORAL_NOT_FOUND' })
  const outside = await rejection(standingOn(4, indexOf('c1')))
  expect(outside).toMatchObject({ code: 'ERR_TEMPORAL_OUT_OF_RANGE' })
})

test('walks along the timeline and tells where it is', async () => {
  const navigator = await createNavigator(indexOf('c1', 'c2', 'c3', 'c4', 'c5'), KEY)
  expect(navigator.key).toBe('claude:architect@shop:checkout/decisions/payment.json')
  expect((await navigator.back()).version).toBe(4)
  expect((await navigator.back(2)).version).toBe(2)
  expect((await navigator.forward()).version).toBe(3)
  expect((await navigator.forward(2)).version).toBe(5)
  expect((await navigator.first()).version).toBe(1)
  expect((await navigator.latest()).version).toBe(5)
  expect((await navigator.at(3)).version).toBe(3)
  expect((await navigator.goto({ kind: 'back', number: 1 })).version).toBe(2)
  expect((await navigator.goto({ kind: 'forward', number: 3 })).version).toBe(5)
  const moved = await navigator.goto({ kind: 'instant', instant: '2025-08-01T12:01:59.999Z' })
  expect(moved).toEqual({ version: 2, time: START + MINUTE, content: 'c2' })
  expect(navigator.current).toBe(moved)
})

test('makes one look-up for a move', async () => {
  const calls: string[] = []
  const navigator = await standingOn(3, watched(indexOf('c1', 'c2', 'c3', 'c4'), calls))
  calls.length = 0
  await navigator.back()
  await navigator.forward(2)
  await navigator.at(1)
  await navigator.first()
  await navigator.latest()
  await navigator.goto({ kind: 'instant', instant: '2025-08-01T12:00:00Z' })
  expect(calls).toEqual(['at 2', 'at 4', 'at 1', 'first', 'latest', 'asOf 1754049600000'])
})

test('asks the index at once when no move is under way', async () => {
  const calls: string[] = []
  const navigator = await standingOn(3, watched(indexOf('c1', 'c2', 'c3'), calls))
  await navigator.back()
  await rejection(navigator.back(2))
  calls.length = 0
  const move = navigator.back()
  expect(calls).toEqual(['at 1'])
  await move
})

test('stays where it is when a move leads outside', async () => {
  const navigator = await standingOn(2, indexOf('c1', 'c2', 'c3'))
  for (const move of [
    navigator.back(2),
    navigator.forward(2),
    navigator.at(4),
    navigator.goto({ kind: 'instant', instant: '2025-07-31T00:00:00Z' }),
  ]) {
    expect(await rejection(move)).toMatchObject({ code: 'ERR_TEMPORAL_OUT_OF_RANGE' })
    expect(navigator.current.version).toBe(2)
  }
  const error = await rejection(navigator.forward(2))
  expect(error).toMatchObject({ details: { asked: { cursor: 2, version: 4 } } })
  expect(error).toHaveProperty(
    'message',
    expect.stringMatching(/^Version 4 \(2 forward from 2\) of /),
  )
  expect(await rejection(navigator.back(0))).toMatchObject({ code: 'ERR_TEMPORAL_INVALID' })
})

test('stands on a tombstone and walks past it', async () => {
  const navigator = await standingOn(1, indexOf('c1', null, null, 'c4'))
  expect((await navigator.forward()).content).toBeNull()
  expect((await navigator.forward()).content).toBeNull()
  expect((await navigator.forward()).content).toBe('c4')
  expect((await navigator.back(3)).content).toBe('c1')
})

test('knows whether it can go on', async () => {
  const index = indexOf('c1', 'c2', 'c3')
  const navigator = await createNavigator(index, KEY)
  expect(await navigator.canGoForward()).toBe(false)
  expect(await navigator.canGoBack()).toBe(true)
  expect(await navigator.canGoBack(2)).toBe(true)
  expect(await navigator.canGoBack(3)).toBe(false)
  await navigator.first()
  expect(await navigator.canGoBack()).toBe(false)
  expect(await navigator.canGoForward(2)).toBe(true)
  expect(await navigator.canGoForward(3)).toBe(false)
  expect(await rejection(navigator.canGoBack(0))).toMatchObject({ code: 'ERR_TEMPORAL_INVALID' })
  expect(await rejection(navigator.canGoForward(-1))).toMatchObject({
    code: 'ERR_TEMPORAL_INVALID',
  })
})

test('sees versions that are written while it stands there', async () => {
  const index = indexOf('c1')
  const navigator = await createNavigator(index, KEY)
  expect(await navigator.canGoForward()).toBe(false)
  index.append(KEY, { version: 2, time: START + MINUTE, content: 'c2' })
  expect(await navigator.canGoForward()).toBe(true)
  expect(navigator.current.version).toBe(1)
  expect((await navigator.forward()).version).toBe(2)
})

test('moves that are not awaited follow one another', async () => {
  const navigator = await createNavigator(indexOf('c1', 'c2', 'c3', 'c4', 'c5'), KEY)
  const moves = await Promise.all([navigator.back(), navigator.back(), navigator.back()])
  expect(numbers(moves)).toEqual([4, 3, 2])
  const [failed, ...others] = await Promise.allSettled([
    navigator.back(9),
    navigator.forward(),
    navigator.at(5),
  ])
  expect(failed.status).toBe('rejected')
  expect(others).toMatchObject([{ value: { version: 3 } }, { value: { version: 5 } }])
  expect((await navigator.back()).version).toBe(4)
})

test('a move whose signal fires while it waits its turn is left out', async () => {
  const index = indexOf('c1', 'c2', 'c3', 'c4', 'c5')
  const gate = Promise.withResolvers<void>()
  const asked: number[] = []
  const slow: TimelineIndex = {
    ...watched(index),
    async at(key, version, options) {
      asked.push(version)
      await gate.promise
      return await index.at(key, version, options)
    },
  }
  const navigator = await createNavigator(slow, KEY)
  const controller = new AbortController()
  const running = navigator.back()
  const waiting = navigator.back(2, { signal: controller.signal })
  const after = navigator.back()
  controller.abort(new Error('changed my mind'))
  expect(await rejection(waiting)).toHaveProperty('message', 'changed my mind')
  const early = AbortSignal.abort(new Error('never wanted'))
  const refused = navigator.back(1, { signal: early })
  expect(await rejection(refused)).toHaveProperty('message', 'never wanted')
  gate.resolve()
  expect((await running).version).toBe(4)
  expect((await after).version).toBe(3)
  expect(navigator.current.version).toBe(3)
  expect(asked).toEqual([4, 3])
})

test('a move that was given up does not move the navigator later', async () => {
  const index = indexOf('c1', 'c2')
  const controller = new AbortController()
  const deaf: TimelineIndex = {
    ...watched(index),
    async at(key, version) {
      controller.abort(new Error('given up'))
      return await index.at(key, version)
    },
  }
  const navigator = await createNavigator(deaf, KEY)
  const move = navigator.back(1, { signal: controller.signal })
  expect(await rejection(move)).toHaveProperty('message', 'given up')
  expect(navigator.current.version).toBe(2)
  const signal = AbortSignal.abort(new Error('before it began'))
  expect(await rejection(navigator.first({ signal }))).toHaveProperty('message', 'before it began')
})

test('lists what lies between two places, in the direction that is asked for', async () => {
  const navigator = await standingOn(3, indexOf('c1', 'c2', null, 'c4', 'c5'))
  const list = async (...[a, b]: Parameters<Navigator['between']>): Promise<number[]> =>
    numbers(await collect(navigator.between(a, b)))
  expect(await list(2, 4)).toEqual([2, 3, 4])
  expect(await list(4, 2)).toEqual([4, 3, 2])
  expect(await list(3, 3)).toEqual([3])
  expect(await list({ kind: 'back', number: 1 }, { kind: 'latest' })).toEqual([2, 3, 4, 5])
  expect(
    await list(
      { kind: 'instant', instant: '2025-08-01T12:03:30Z' },
      { kind: 'version', number: 1 },
    ),
  ).toEqual([4, 3, 2, 1])
  expect(navigator.current.version).toBe(3)
})

test('places are read from where it stands when it is asked', async () => {
  const navigator = await standingOn(3, indexOf('c1', 'c2', 'c3'))
  const listing = navigator.between({ kind: 'back', number: 1 }, 3)
  await navigator.back()
  expect(numbers(await collect(listing))).toEqual([2, 3])
})

test('between refuses places that do not exist', async () => {
  const navigator = await createNavigator(indexOf('c1', 'c2'), KEY)
  for (const [a, b] of [
    [1, 3],
    [3, 1],
  ] as const) {
    const error = await rejection(collect(navigator.between(a, b)))
    expect(error).toMatchObject({ code: 'ERR_TEMPORAL_OUT_OF_RANGE' })
  }
  const invalid = await rejection(collect(navigator.between(0, 1)))
  expect(invalid).toMatchObject({ code: 'ERR_TEMPORAL_INVALID' })
})

test('every call stops at its signal', async () => {
  const navigator = await createNavigator(indexOf('c1', 'c2'), KEY)
  const reason = new Error('stop')
  const options = { signal: AbortSignal.abort(reason) }
  for (const call of [
    createNavigator(indexOf('c1'), KEY, options),
    navigator.back(1, options),
    navigator.forward(1, options),
    navigator.first(options),
    navigator.latest(options),
    navigator.at(1, options),
    navigator.goto({ kind: 'latest' }, options),
    navigator.canGoBack(1, options),
    navigator.canGoForward(1, options),
    navigator.diff(1, 2, options),
    collect(navigator.between(1, 2, options)),
  ]) {
    expect(await rejection(call)).toBe(reason)
  }
})
