import { expect, test } from 'vitest'
import type { Backend } from '../src/backend.ts'
import { SearchIndexer } from '../src/search-indexer.ts'

/** An indexer whose timer fires when it is told to, over a backend with so many versions to index. */
function indexer(waiting: number): {
  note: () => void
  fire: () => boolean
  indexed: () => number
  close: () => void
} {
  let timer: (() => void) | undefined
  let indexed = 0
  const row = {
    key: 'a:b@c:d/x',
    version: 1,
    content: null,
    id: 'x',
    record: '{"content_type":null}',
    time: 0,
  }
  const backend = {
    unsearched: (limit: number) =>
      Array.from({ length: Math.min(limit, waiting - indexed) }, () => row),
    transaction: <Result>(work: () => Result) => work(),
    putSearch: () => void (indexed += 1),
  } as unknown as Backend
  const subject = new SearchIndexer(backend, (callback) => {
    timer = callback
    return () => (timer = undefined)
  })
  return {
    note: () => subject.note(),
    fire() {
      const due = timer
      timer = undefined
      due?.()
      return due !== undefined
    },
    indexed: () => indexed,
    close: () => subject.close(),
  }
}

test('it waits until nothing was written for a while, then indexes all of it in batches', () => {
  const { note, fire, indexed } = indexer(250)
  note()
  fire()
  note()
  fire()
  expect(indexed()).toBe(0)
  fire()
  expect(indexed()).toBe(100)
  fire()
  expect(indexed()).toBe(200)
  fire()
  expect(indexed()).toBe(250)
  expect(fire()).toBe(false)
})

test('a writer that never rests is not waited for without end', () => {
  const { note, fire, indexed } = indexer(5)
  for (let looks = 0; looks < 10; looks++) {
    note()
    fire()
  }
  expect(indexed()).toBe(0)
  note()
  fire()
  expect(indexed()).toBe(5)
})

test('closed, it does nothing any more', () => {
  const { note, fire, indexed, close } = indexer(5)
  note()
  close()
  expect(fire()).toBe(false)
  expect(indexed()).toBe(0)
})
