import { expect, test } from 'vitest'
import { createMemoryIndex, TemporalError, validAt } from '../src/index.ts'
import type { MemoryIndex } from '../src/index.ts'
import { KEY, rejection, START, watched } from './fixtures.ts'

/** Prices: what was believed of the times 0 to 100, as it was written down. */
function prices(): MemoryIndex {
  const index = createMemoryIndex()
  index.append(KEY, { version: 1, time: START, content: 'base', validFrom: 0 })
  index.append(KEY, { version: 2, time: START + 1, content: 'sale', validFrom: 20, validTo: 40 })
  index.append(KEY, { version: 3, time: START + 2, content: null, validFrom: 60, validTo: 80 })
  return index
}

async function believed(moment: number, recordedAt?: number): Promise<string | null> {
  const query = { validAt: moment, ...(recordedAt !== undefined && { recordedAt }) }
  return (await validAt(prices(), KEY, query)).content
}

test('finds the newest version whose validity covers the moment', async () => {
  expect(await believed(0)).toBe('base')
  expect(await believed(19)).toBe('base')
  expect(await believed(20)).toBe('sale')
  expect(await believed(39)).toBe('sale')
  expect(await believed(40)).toBe('base')
  expect(await believed(1_000_000)).toBe('base')
})

test('answers as it was believed at an earlier time', async () => {
  expect(await believed(30, START)).toBe('base')
  expect(await believed(30, START + 1)).toBe('sale')
  expect(await believed(70, START + 1)).toBe('base')
})

test('a tombstone that covers the moment is gone', async () => {
  const error = await rejection(validAt(prices(), KEY, { validAt: 70 }))
  expect(error).toMatchObject({
    code: 'ERR_TEMPORAL_GONE',
    details: { tombstone: { version: 3 }, lastAlive: { version: 2 } },
  })
})

test('says so where nothing covers the moment', async () => {
  const error = await rejection(validAt(prices(), KEY, { validAt: -1, recordedAt: START + 1 }))
  if (!TemporalError.is(error, 'ERR_TEMPORAL_NOT_VALID')) throw error
  expect(error.details).toEqual({ key: KEY, validAt: -1, recordedAt: START + 1 })
  expect(error.message).toBe(
    'Expected a version of claude:architect@shop:checkout/decisions/payment.json that is valid at 1969-12-31T23:59:59.999Z, recorded by 2025-08-01T12:00:00.001Z: none of versions 1 to 2 is.',
  )
})

test('nothing was believed before the first version, nor of an unknown key', async () => {
  const early = await rejection(validAt(prices(), KEY, { validAt: 5, recordedAt: START - 1 }))
  expect(early).toMatchObject({ code: 'ERR_TEMPORAL_OUT_OF_RANGE' })
  const unknown = await rejection(validAt(prices(), 'other', { validAt: 5 }))
  expect(unknown).toMatchObject({ code: 'ERR_TEMPORAL_NOT_FOUND' })
})

test('looks up once where the newest version covers it, and lists back only otherwise', async () => {
  const calls: string[] = []
  const index = watched(prices(), calls)
  await validAt(index, KEY, { validAt: 30, recordedAt: START + 1 })
  expect(calls).toEqual(['asOf 1754049600001'])
  calls.length = 0
  await validAt(index, KEY, { validAt: 30 })
  expect(calls).toEqual(['latest', 'range 1 2 reverse'])
})

test('refuses moments that are none', async () => {
  for (const query of [{ validAt: Number.NaN }, { validAt: 0, recordedAt: 0.5 }]) {
    const error = await rejection(validAt(prices(), KEY, query))
    expect(error).toMatchObject({ code: 'ERR_TEMPORAL_INVALID' })
  }
})

test('stops at its signal', async () => {
  const reason = new Error('stop')
  const query = { validAt: 30, signal: AbortSignal.abort(reason) }
  expect(await rejection(validAt(prices(), KEY, query))).toBe(reason)
})
