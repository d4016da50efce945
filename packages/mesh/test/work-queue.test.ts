import { describe, expect, test } from 'vitest'
import { fakeTiming } from './fake-timing.ts'
import { WorkQueue } from '../src/follow/work-queue.ts'

/** A queue whose work ends when it is told to. */
function subject() {
  const dropped: string[] = []
  const started: string[] = []
  const ends = new Map<string, () => void>()
  const timing = fakeTiming()
  const queue = new WorkQueue({
    schedule: timing.schedule,
    parallel: 3,
    perPeer: 2,
    waiting: 2,
    onDropped: (name) => void dropped.push(name),
  })
  const request = (name: string, peer: string, label = name, lane?: string): void =>
    queue.request(name, {
      peer,
      lane,
      run: async () => {
        started.push(label)
        const { promise, resolve } = Promise.withResolvers<void>()
        ends.set(label, resolve)
        await promise
      },
    })
  const end = async (label: string): Promise<void> => {
    ends.get(label)?.()
    await new Promise(setImmediate)
  }
  return { queue, request, end, started, dropped, timing }
}

describe('the queue of fetches', () => {
  test('asks one peer for a few things at once, and all together for a few more', async () => {
    const { request, end, started } = subject()
    request('1', 'a')
    request('2', 'a')
    request('3', 'a')
    expect(started).toEqual(['1', '2'])
    request('4', 'b')
    expect(started).toEqual(['1', '2', '4'])
    await end('1')
    expect(started).toEqual(['1', '2', '4', '3'])
  })

  test('does the latest of one name, after the one that runs', async () => {
    const { request, end, started } = subject()
    request('plan', 'a', 'first')
    request('plan', 'a', 'second')
    request('plan', 'a', 'third')
    expect(started).toEqual(['first'])
    await end('first')
    expect(started).toEqual(['first', 'third'])
  })

  test('does one after the other of a lane, whichever peer it asks', async () => {
    const { request, end, started } = subject()
    request('1', 'a', '1', 'plans')
    request('2', 'b', '2', 'plans')
    request('3', 'b', '3', 'notes')
    expect(started).toEqual(['1', '3'])
    await end('1')
    expect(started).toEqual(['1', '3', '2'])
  })

  test('lets the next of a lane begin where one takes too long, and then keeps to the lane again', async () => {
    const { request, end, started, timing } = subject()
    request('1', 'a', '1', 'plans')
    request('2', 'b', '2', 'plans')
    await timing.advance(1999)
    expect(started).toEqual(['1'])
    await timing.advance(1)
    expect(started).toEqual(['1', '2'])
    await end('1')
    request('3', 'c', '3', 'plans')
    expect(started).toEqual(['1', '2'])
    await end('2')
    expect(started).toEqual(['1', '2', '3'])
    await end('3')
    expect(timing.pending()).toEqual([])
  })

  test('drops the oldest that waits where there are too many, and tells', async () => {
    const { request, dropped } = subject()
    for (const name of ['1', '2', '3', '4', '5']) request(name, 'a')
    expect(dropped).toEqual(['3'])
  })

  test('is idle when nothing runs or waits, and stops by dropping what waits', async () => {
    const { queue, request, end, started } = subject()
    await queue.idle()
    request('1', 'a')
    request('2', 'a')
    request('3', 'a')
    let isIdle = false
    const idle = queue.stop().then(() => (isIdle = true))
    await end('1')
    expect(isIdle).toBe(false)
    await end('2')
    await idle
    request('4', 'a')
    expect(started).toEqual(['1', '2'])
  })
})
