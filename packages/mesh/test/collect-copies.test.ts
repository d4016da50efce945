import type { Schedule } from '@bzzz/context-store'
import { describe, expect, test } from 'vitest'
import { collectCopies, type CopiesInit } from '../src/follow/copies.ts'

const heads = [{ key: 'k', version: 1, id: 'i' }]

/** Timers that ring when they are told to, in the order of their times. */
function timers(): { schedule: Schedule; ring: (milliseconds: number) => Promise<void> } {
  const waiting = new Set<{ at: number; run: () => void }>()
  let now = 0
  return {
    schedule: (run, milliseconds) => {
      const timer = { at: now + milliseconds, run }
      waiting.add(timer)
      return () => void waiting.delete(timer)
    },
    ring: async (milliseconds) => {
      now += milliseconds
      for (const timer of waiting) {
        if (timer.at > now) continue
        waiting.delete(timer)
        timer.run()
      }
      await new Promise(setImmediate)
    },
  }
}

function collect(init: Partial<CopiesInit>): ReturnType<typeof collectCopies> {
  return collectCopies({
    heads,
    wanted: 2,
    timeoutMs: 10_000,
    signal: undefined,
    schedule: timers().schedule,
    candidates: async () => ['a', 'b', 'c'],
    isOver: () => false,
    hold: async () => {},
    ...init,
  })
}

describe('collecting copies', () => {
  test('ends with enough of them, and never counts more', async () => {
    expect(await collect({})).toEqual({ copies: 2, holders: ['a', 'b'], wanted: 2 })
  })

  test('asks those again who could not, and those who came, but none who holds it', async () => {
    const { schedule, ring } = timers()
    const asked: string[] = []
    let round = 0
    const result = collect({
      schedule,
      wanted: 3,
      candidates: async () => (round++ === 0 ? ['a', 'b'] : ['a', 'b', 'c']),
      hold: async (peer) => {
        asked.push(peer)
        if (peer === 'b' && round === 1) throw new Error('Not yet')
      },
    })
    await ring(0)
    expect(asked).toEqual(['a', 'b'])
    await ring(500)
    expect(await result).toMatchObject({ copies: 3 })
    expect(asked).toEqual(['a', 'b', 'b', 'c'])
  })

  test('says how many there are when the time is over, though one never answers', async () => {
    const { schedule, ring } = timers()
    const { promise: never } = Promise.withResolvers<void>()
    let aborted = false
    const result = collect({
      schedule,
      hold: async (peer, _, signal) => {
        signal.addEventListener('abort', () => (aborted = true))
        if (peer !== 'a') await never
      },
    })
    await ring(9_999)
    expect(aborted).toBe(false)
    await ring(1)
    expect(await result).toEqual({ copies: 1, holders: ['a'], wanted: 2 })
    expect(aborted).toBe(true)
  })

  test('asks for many versions a page at a time, and counts who holds all pages', async () => {
    const many = Array.from({ length: 1001 }, (_, version) => ({ key: 'k', version, id: 'i' }))
    const pages: [string, number][] = []
    const result = collect({
      heads: many,
      wanted: 1,
      candidates: async () => ['a', 'b'],
      hold: async (peer, page) => {
        pages.push([peer, page.length])
        if (peer === 'a' && page.length === 1) throw new Error('Full')
      },
    })
    expect((await result).holders).toEqual(['b'])
    expect(pages.filter(([peer]) => peer === 'b').map(([, size]) => size)).toEqual([500, 500, 1])
  })
})
