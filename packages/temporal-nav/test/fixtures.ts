import { createMemoryIndex } from '../src/index.ts'
import type { MemoryIndex, TimelineIndex, VersionEntry } from '../src/index.ts'

export const KEY = 'claude:architect@shop:checkout/decisions/payment.json'
/** 2025-08-01T12:00:00Z */
export const START = 1_754_049_600_000
export const MINUTE = 60_000

/** An index with one timeline, a minute between versions; null stands for a tombstone. */
export function indexOf(...contents: readonly (string | null)[]): MemoryIndex {
  const index = createMemoryIndex()
  for (const [i, content] of contents.entries()) {
    index.append(KEY, { version: i + 1, time: START + i * MINUTE, content })
  }
  return index
}

/** The five look-ups of an index and no more, each call noted in `calls`. */
export function watched(index: TimelineIndex, calls: string[] = []): TimelineIndex {
  return {
    first(key, options) {
      calls.push('first')
      return index.first(key, options)
    },
    latest(key, options) {
      calls.push('latest')
      return index.latest(key, options)
    },
    at(key, version, options) {
      calls.push(`at ${version}`)
      return index.at(key, version, options)
    },
    asOf(key, time, options) {
      calls.push(`asOf ${time}`)
      return index.asOf(key, time, options)
    },
    range(key, range, options) {
      calls.push(`range ${range.from} ${range.to}${range.reverse ? ' reverse' : ''}`)
      return index.range(key, range, options)
    },
  }
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = []
  for await (const item of items) collected.push(item)
  return collected
}

export function numbers(entries: readonly VersionEntry[]): number[] {
  return entries.map(({ version }) => version)
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (thrown) {
    return thrown
  }
  throw new Error('expected a rejection')
}
