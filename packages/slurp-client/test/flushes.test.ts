import { expect, test } from 'vitest'
import { createFlushes } from '../src/flushes.ts'
import { settle } from './clock.ts'

const isDone = async (promise: Promise<void>): Promise<boolean> => {
  let done = false
  void promise.then(() => (done = true))
  await settle(1)
  return done
}

test('a wait ends when the log is delivered that far, and not before', async () => {
  const flushes = createFlushes()
  const wait = flushes.wait({ sequence: 7, round: 3 })
  flushes.progress(6)
  expect(await isDone(wait)).toBe(false)
  flushes.progress(7)
  expect(await isDone(wait)).toBe(true)
})

test('a round that had begun before may have missed what is waited for; a later one has not', async () => {
  const flushes = createFlushes()
  const wait = flushes.wait({ sequence: Number.POSITIVE_INFINITY, round: 3 })
  flushes.idle(3)
  expect(await isDone(wait)).toBe(false)
  flushes.idle(4)
  expect(await isDone(wait)).toBe(true)
})

test('at the end all who wait are told why, and so is who comes then', async () => {
  const flushes = createFlushes()
  const reason = new Error('closed')
  const wait = expect(flushes.wait({ sequence: 1, round: 1 })).rejects.toBe(reason)
  flushes.end(reason)
  await wait
  await expect(flushes.wait({ sequence: 1, round: 1 })).rejects.toBe(reason)
})
