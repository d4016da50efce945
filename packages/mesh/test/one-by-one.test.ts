import { expect, test } from 'vitest'
import { OneByOne } from '../src/reconcile/one-by-one.ts'
import { systemSchedule } from '../src/timing.ts'

test('work of one name waits for what is under way, and that of others does not', async () => {
  const oneByOne = new OneByOne(systemSchedule)
  const told: string[] = []
  const first = Promise.withResolvers<void>()
  const all = [
    oneByOne.run('a', async () => first.promise.then(() => told.push('first'))),
    oneByOne.run('a', async () => told.push('second')),
    oneByOne.run('b', async () => told.push('other')),
  ]
  await all[2]
  expect(told).toEqual(['other'])
  first.resolve()
  await Promise.all(all)
  expect(told).toEqual(['other', 'first', 'second'])
})

test('a failure is for its caller alone, and who never ends is not waited for long', async () => {
  const oneByOne = new OneByOne(systemSchedule)
  const failing = oneByOne.run('a', async () => Promise.reject(new Error('broken')))
  await expect(failing).rejects.toThrow('broken')
  expect(await oneByOne.run('a', async () => 'fine')).toBe('fine')
  void oneByOne.run('a', async () => new Promise<void>(() => {}))
  expect(await oneByOne.run('a', async () => 'beside it')).toBe('beside it')
})
