import { expect, test } from 'vitest'
import { Pool } from '../src/pool.ts'

const never = new AbortController().signal

/** Work that ends when it is told. */
function task(log: string[], name: string) {
  const { promise, resolve } = Promise.withResolvers<void>()
  return {
    end: resolve,
    run: async (): Promise<string> => {
      log.push(name)
      await promise
      return name
    },
  }
}

const settled = async (): Promise<void> => new Promise(setImmediate)

test('so many run at once, and the others have their turn in the order in which they came', async () => {
  const pool = new Pool(2)
  const log: string[] = []
  const tasks = ['a', 'b', 'c', 'd'].map((name) => task(log, name))
  const results = tasks.map(async ({ run }) => pool.run(never, run))
  await settled()
  expect(log).toEqual(['a', 'b'])
  tasks[1]!.end()
  await settled()
  expect(log).toEqual(['a', 'b', 'c'])
  for (const { end } of tasks) end()
  expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd'])
})

test('who does not want to wait any more gives up the place, and nothing is lost of it', async () => {
  const pool = new Pool(1)
  const log: string[] = []
  const [first, second, third] = ['a', 'b', 'c'].map((name) => task(log, name))
  const stop = new AbortController()
  const running = pool.run(never, first!.run)
  const waiting = pool.run(stop.signal, second!.run)
  const last = pool.run(never, third!.run)
  stop.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  first!.end()
  third!.end()
  await Promise.all([running, last])
  expect(log).toEqual(['a', 'c'])
  await expect(pool.run(stop.signal, second!.run)).rejects.toThrow('enough')
})

test('work that fails gives its place to the next', async () => {
  const pool = new Pool(1)
  const failing = pool.run(never, async () => Promise.reject(new Error('no')))
  const next = pool.run(never, async () => 'yes')
  await expect(failing).rejects.toThrow('no')
  expect(await next).toBe('yes')
})
