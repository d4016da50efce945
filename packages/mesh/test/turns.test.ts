import { describe, expect, test } from 'vitest'
import { Turns } from '../src/follow/turns.ts'
import { fakeTiming } from './fake-timing.ts'

function subject() {
  const timing = fakeTiming()
  const joined = new Set(['a', 'z'])
  const turns = new Turns({ self: 'm', joined, timing })
  const done: string[] = []
  const after = (peer: string): void => turns.after(peer, () => void done.push(peer))
  return { timing, joined, turns, done, after }
}

describe('of two nodes that meet', () => {
  test('the one with the smaller peer id compares at once', () => {
    const { after, done } = subject()
    after('z')
    expect(done).toEqual(['z'])
  })

  test('the other one compares soon where the first one does not begin', async () => {
    const { after, done, timing } = subject()
    after('a')
    await timing.advance(499)
    expect(done).toEqual([])
    await timing.advance(1)
    expect(done).toEqual(['a'])
    expect(timing.pending()).toEqual([])
  })

  test('the other one waits until the first one asks nothing more', async () => {
    const { after, done, timing, turns } = subject()
    after('a')
    for (let asked = 0; asked < 15; asked++) {
      turns.heard('a')
      await timing.advance(100)
    }
    expect(done).toEqual([])
    // Whoever else asks is not waited for.
    turns.heard('z')
    await timing.advance(400)
    expect(done).toEqual(['a'])
  })

  test('nobody waits for one that never ends', async () => {
    const { after, done, timing, turns } = subject()
    after('a')
    for (let asked = 0; asked < 55; asked++) {
      turns.heard('a')
      await timing.advance(100)
    }
    expect(done).toEqual(['a'])
  })

  test('neither compares with one that has left, nor after the node has stopped', async () => {
    const { after, done, joined, timing, turns } = subject()
    after('a')
    joined.delete('a')
    await timing.advance(1000)
    joined.add('a')
    after('a')
    turns.stop()
    await timing.advance(1000)
    expect(done).toEqual([])
  })

  test('what a peer asked before it left is forgotten', async () => {
    const { after, done, timing, turns } = subject()
    turns.heard('a')
    after('a')
    await timing.advance(400)
    turns.heard('a')
    turns.forget('a')
    await timing.advance(100)
    expect(done).toEqual(['a'])
  })
})
