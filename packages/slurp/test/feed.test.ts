import { expect, test } from 'vitest'
import { createFeed } from '../src/feed.ts'
import { row } from '../src/conformance-subject.ts'
import { createMemoryStorage } from '../src/memory.ts'

test('what comes while a look is under way is not waited for', async () => {
  const storage = createMemoryStorage()
  let looks = 0
  const feed = createFeed({
    ...storage,
    changes: async (page) => {
      const found = await storage.changes(page)
      // Right after it was found that there is nothing.
      if (looks++ === 0) {
        await storage.add([row('a')])
        feed.notify()
      }
      return found
    },
  })
  const stop = new AbortController()
  for await (const lot of feed.follow({ after: 0, signal: stop.signal })) {
    expect(lot.map(({ recordId }) => recordId)).toEqual(['record-a-1'])
    stop.abort()
  }
  expect(looks).toBe(2)
})

test('it ends with its signal, also while it waits', async () => {
  const feed = createFeed(createMemoryStorage())
  const stop = new AbortController()
  const next = feed.follow({ after: 0, signal: stop.signal }).next()
  await Promise.resolve()
  stop.abort()
  expect(await next).toEqual({ done: true, value: undefined })
})
