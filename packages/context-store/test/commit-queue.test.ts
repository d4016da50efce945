import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Backend } from '../src/backend.ts'
import { CommitQueue } from '../src/commit-queue.ts'

/** A queue whose commits are noted by what is in them; its timer goes off when the test says so. */
function queue() {
  const commits: string[][] = []
  const timers = new Set<() => void>()
  let open: string[] = []
  const backend = {
    transaction<Result>(run: () => Result): Result {
      open = []
      const result = run()
      commits.push(open)
      return result
    },
    savepoint: <Result>(run: () => Result): Result => run(),
  }
  const schedule = (run: () => void): (() => void) => {
    timers.add(run)
    return () => timers.delete(run)
  }
  const commitQueue = new CommitQueue(backend as Backend, schedule, () => {})
  return {
    commits,
    timers,
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
