import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createMemoryStorage } from '../src/memory.ts'
import type { DecisionStorage } from '../src/storage.ts'
import { watchOthers } from '../src/watch-others.ts'

test('what others took in is news, and so is that a storage answers again', async () => {
  const answers: (number | Error)[] = [3, 3, 4, new Error('away'), new Error('away'), 4, 4]
  const storage: DecisionStorage = Object.assign(createMemoryStorage(), {
    position: async () => {
      const answer = answers.shift() ?? 4
      if (typeof answer === 'number') return answer
      throw answer
    },
  })
  const timers: (() => void)[] = []
  const schedule = (run: () => void): (() => void) => {
    timers.push(run)
    return () => timers.splice(timers.indexOf(run), 1)
  }
  let news = 0
  const stop = watchOthers({ storage, schedule, onNews: () => void news++ })
  const seen: number[] = []
  for (let look = 0; look < 7; look++) {
    await turn()
    seen.push(news)
    timers.shift()?.()
  }
  expect(seen).toEqual([0, 0, 1, 1, 1, 2, 2])
  await turn()
  stop()
  expect(timers).toEqual([])
})
