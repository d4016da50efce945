import { expect, test } from 'vitest'
import { Announcer } from '../src/announcer.ts'
import { fakeTiming } from './fake-timing.ts'

test('changes in quick succession are put once, and one that comes meanwhile once more', async () => {
  const timing = fakeTiming()
  const put: string[] = []
  let release = Promise.withResolvers<void>()
  const announcer = new Announcer(async (name) => {
    put.push(name)
    await release.promise
  }, timing)
  for (let change = 0; change < 50; change++) {
    announcer.request('a')
    await timing.advance(1)
  }
  expect(put).toEqual([])
  await timing.advance(100)
  expect(put).toEqual(['a'])
  announcer.request('a')
  announcer.request('a')
  await timing.advance(10_000)
  expect(put).toEqual(['a'])
  release.resolve()
  release = Promise.withResolvers()
  release.resolve()
  await timing.advance(1000)
  expect(put).toEqual(['a', 'a'])
})

test('a thousand names are put a few at a time and no faster than five in a second', async () => {
  const timing = fakeTiming()
  let running = 0
  let most = 0
  const put = new Set<string>()
  const announcer = new Announcer(async (name) => {
    most = Math.max(most, ++running)
    await Promise.resolve()
    put.add(name)
    running--
  }, timing)
  for (let number = 0; number < 1000; number++) announcer.request(`n${number}`)
  await timing.advance(100)
  expect(put.size).toBe(20)
  await timing.advance(10_000)
  expect(put.size).toBe(70)
  await timing.advance(190_000)
  expect(put.size).toBe(1000)
  expect(most).toBeLessThanOrEqual(4)
})

test('once it is stopped nothing more is put, and what runs is waited for', async () => {
  const timing = fakeTiming()
  const put: string[] = []
  const gate = Promise.withResolvers<void>()
  const announcer = new Announcer(async (name) => {
    put.push(name)
    await gate.promise
  }, timing)
  announcer.request('a')
  await timing.advance(100)
  announcer.request('b')
  const stopped = announcer.stop()
  announcer.request('c')
  gate.resolve()
  await stopped
  await timing.advance(10_000)
  expect(put).toEqual(['a'])
  expect(timing.pending()).toEqual([])
})
