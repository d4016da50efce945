import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Backend } from '../src/backend.ts'
import { CommitQueue } from '../src/commit-queue.ts'

/**
 * A queue whose commits are noted by what is in them; its timer goes off when the test says so.
 *
 * @param disk is called for each wait; undefined: commits are not waited for.
 */
function queue(disk?: () => void) {
  const commits: string[][] = []
  /** How many commits each wait was for, and how much had been told of before. */
  const waits: { commits: number; told: number }[] = []
  let told = 0
  const timers = new Set<() => void>()
  let open: string[] = []
  const backend = {
    transaction<Result>(run: () => Result): Result {
      open = []
      const result = run()
      if (open.includes('full disk')) throw new Error('full disk')
      commits.push(open)
      return result
    },
    savepoint: <Result>(run: () => Result): Result => run(),
    awaitDisk:
      disk &&
      (() => {
        waits.push({ commits: commits.length, told })
        disk()
      }),
  }
  const schedule = (run: () => void): (() => void) => {
    timers.add(run)
    return () => timers.delete(run)
  }
  const committed = (): void => {
    told = commits.flat().length
  }
  const commitQueue = new CommitQueue(backend as Partial<Backend> as Backend, schedule, committed)
  return {
    commits,
    timers,
    waits,
    flush: () => commitQueue.flush(),
    /** Asks for a piece of work that is ready when the test says so; the first one needs no preparation. */
    ask: (name: string) => {
      const prepared = Promise.withResolvers<void>()
      const done = commitQueue.run(() => open.push(name), { prepare: async () => prepared.promise })
      return { ready: prepared.resolve, fails: prepared.reject, done }
    },
  }
}

const names = (count: number): string[] =>
  Array.from({ length: count }, (_, number) => String(number))

test('what is alone is committed at once; what comes in the same turn goes with it when it is ready', async () => {
  const { ask, commits } = queue()
  const [one, two] = [ask('one'), ask('two')]
  await turn()
  expect(commits).toEqual([])
  two.ready()
  await Promise.all([one.done, two.done])
  expect(commits).toEqual([['one', 'two']])
  await ask('alone').done
  expect(commits).toEqual([['one', 'two'], ['alone']])
})

test('of many, a half is committed while the other half is prepared, in the order of asking', async () => {
  const { ask, commits } = queue()
  const asked = names(40).map((name) => ask(name))
  // Those behind are ready first: they have to wait for those in front.
  for (const { ready } of asked.slice(25)) ready()
  await turn()
  expect(commits).toEqual([])
  for (const { ready } of asked.slice(0, 20)) ready()
  await Promise.all(asked.slice(0, 20).map(async ({ done }) => done))
  expect(commits).toEqual([names(20)])
  for (const { ready } of asked.slice(20)) ready()
  await Promise.all(asked.map(async ({ done }) => done))
  expect(commits).toEqual([names(20), names(40).slice(20)])
})

test('few are committed together, since each commit waits for the disk', async () => {
  const { ask, commits } = queue()
  const asked = names(10).map((name) => ask(name))
  for (const { ready } of asked.slice(0, 9)) ready()
  await turn()
  expect(commits).toEqual([])
  asked[9]!.ready()
  await Promise.all(asked.map(async ({ done }) => done))
  expect(commits).toEqual([names(10)])
})

test('what is not ready after a while is committed as it is', async () => {
  const { ask, commits, timers } = queue()
  const asked = names(3).map((name) => ask(name))
  asked[2]!.ready()
  await turn()
  expect([commits, timers.size]).toEqual([[], 1])
  for (const run of timers) run()
  await Promise.all(asked.map(async ({ done }) => done))
  expect(commits).toEqual([names(3)])
})

test('what could not be prepared is not waited for', async () => {
  const { ask, commits, timers } = queue()
  const [one, two] = [ask('one'), ask('two')]
  two.fails(new Error('no thread'))
  await Promise.all([one.done, two.done])
  expect([commits, timers.size]).toEqual([[['one', 'two']], 0])
})

test('a flush commits all that waits, and leaves no timer', async () => {
  const { ask, commits, timers, flush } = queue()
  const asked = names(3).map((name) => ask(name))
  await turn()
  expect(timers.size).toBe(1)
  flush()
  await Promise.all(asked.map(async ({ done }) => done))
  expect([commits, timers.size]).toEqual([[names(3)], 0])
})

test('a rest that is hardly worth a commit of its own is waited for', async () => {
  const { ask, commits } = queue()
  const asked = names(20).map((name) => ask(name))
  for (const { ready } of asked.slice(0, 18)) ready()
  await turn()
  expect(commits).toEqual([])
  for (const { ready } of asked.slice(18)) ready()
  await Promise.all(asked.map(async ({ done }) => done))
  expect(commits).toEqual([names(20)])
})

test('two commits wait for the disk together, and nobody is told before', async () => {
  const { ask, commits, waits } = queue(() => {})
  const asked = names(600).map((name) => ask(name))
  for (const { ready } of asked) ready()
  await Promise.all(asked.map(async ({ done }) => done))
  expect(commits.map(({ length }) => length)).toEqual([256, 256, 88])
  expect(waits).toEqual([
    { commits: 2, told: 0 },
    { commits: 3, told: 512 },
  ])
})

test('while the rest is prepared, the disk is waited for', async () => {
  const { ask, waits } = queue(() => {})
  const asked = names(40).map((name) => ask(name))
  for (const { ready } of asked.slice(0, 20)) ready()
  await Promise.all(asked.slice(0, 20).map(async ({ done }) => done))
  expect(waits).toEqual([{ commits: 1, told: 0 }])
  for (const { ready } of asked.slice(20)) ready()
  await Promise.all(asked.map(async ({ done }) => done))
  expect(waits).toEqual([
    { commits: 1, told: 0 },
    { commits: 2, told: 20 },
  ])
})

test('a commit that fails leaves the one before it neither lost nor without its wait', async () => {
  const { ask, commits, waits } = queue(() => {})
  const asked = [...names(256), 'full disk'].map((name) => ask(name))
  for (const { ready } of asked) ready()
  const told = await Promise.allSettled(asked.map(async ({ done }) => done))
  expect(commits).toEqual([names(256)])
  expect(waits).toEqual([{ commits: 1, told: 0 }])
  expect(told.filter(({ status }) => status === 'rejected')).toEqual([told.at(-1)])
})

test('once the disk has failed, nothing is told of any more as if it were there', async () => {
  const { ask, commits, flush } = queue(() => {
    throw new Error('disk failed')
  })
  const asked = names(300).map((name) => ask(name))
  for (const { ready } of asked) ready()
  const told = await Promise.allSettled(asked.map(async ({ done }) => done))
  expect(new Set(told.map(({ status }) => status))).toEqual(new Set(['rejected']))
  expect(commits).toHaveLength(2)
  await expect(ask('later').done).rejects.toThrow('disk failed')
  const last = ask('last').done
  flush()
  await expect(last).rejects.toThrow('disk failed')
  expect(commits).toHaveLength(2)
})
