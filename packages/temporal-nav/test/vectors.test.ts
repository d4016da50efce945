import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  createMemoryIndex,
  createNavigator,
  fromInstant,
  isAhead,
  nextTime,
  resolveTemporal,
  snapshotDigest,
  snapshotLine,
  TemporalError,
  toInstant,
  validAt,
} from '../src/index.ts'
import type { MemoryIndex, SnapshotEntry, TemporalSelector, VersionEntry } from '../src/index.ts'
import { rejection, watched } from './fixtures.ts'

/** What a reading comes to: a version, or an error with the versions that it names. */
interface Expected {
  readonly version?: number
  readonly error?: string
  readonly first?: number
  readonly last?: number
  readonly tombstone?: number
  readonly lastAlive?: number | null
}

interface Reading {
  readonly id: string
  readonly timeline: string
  readonly token: string
  readonly selector: TemporalSelector
  readonly cursor?: number
  readonly expect: Expected
}

interface Vectors {
  readonly timelines: Record<string, { key: string; versions: readonly VersionEntry[] }>
  readonly readings: readonly Reading[]
  readonly invalid: readonly { id: string; selector: TemporalSelector; error: string }[]
  readonly instants: readonly { id: string; text: string; time: number }[]
  readonly badInstants: readonly { id: string; text: string; error: string }[]
  readonly times: readonly { id: string; clock: number; previous: number | null; next: number }[]
  readonly ahead: readonly { id: string; time: number; now: number; ahead: boolean }[]
  readonly validity: readonly {
    id: string
    timeline: string
    validAt: number
    recordedAt?: number
    expect: Expected
  }[]
  readonly digests: readonly {
    id: string
    entries: readonly SnapshotEntry[]
    lines: string
    digest: string
  }[]
  readonly badDigests: readonly { id: string; keys: readonly string[]; error: string }[]
}

const vectors: Vectors = JSON.parse(
  readFileSync(new URL('../vectors/temporal.json', import.meta.url), 'utf8'),
)

function timeline(name: string): { key: string; index: MemoryIndex } {
  const { key, versions } = vectors.timelines[name] ?? { key: 'no such timeline', versions: [] }
  const index = createMemoryIndex()
  for (const entry of versions) index.append(key, entry)
  return { key, index }
}

/** Writes down what happened in the same form as what is expected. */
async function outcome(work: Promise<VersionEntry>): Promise<Expected> {
  try {
    return { version: (await work).version }
  } catch (error) {
    if (TemporalError.is(error, 'ERR_TEMPORAL_OUT_OF_RANGE')) {
      const { first, last } = error.details
      return { error: error.code, first: first.version, last: last.version }
    }
    if (TemporalError.is(error, 'ERR_TEMPORAL_GONE')) {
      const { tombstone, lastAlive } = error.details
      const alive = lastAlive?.version ?? null
      return { error: error.code, tombstone: tombstone.version, lastAlive: alive }
    }
    if (TemporalError.is(error)) return { error: error.code }
    throw error
  }
}

async function read({ timeline: name, selector, cursor }: Reading): Promise<VersionEntry> {
  const { key, index } = timeline(name)
  if (cursor === undefined) return await resolveTemporal(index, key, selector)
  const start = { kind: 'version', number: cursor } as const
  return await (await createNavigator(index, key, { start })).goto(selector)
}

test('all vectors are there, each with an id of its own', () => {
  const { timelines, readings, invalid, instants, badInstants } = vectors
  const { times, ahead, validity, digests, badDigests } = vectors
  expect(Object.keys(timelines)).toHaveLength(8)
  const lists = [readings, invalid, instants, badInstants, times, ahead, validity]
  const counts = [...lists, digests, badDigests].map((list) => list.length)
  expect(counts).toEqual([72, 8, 8, 22, 7, 5, 15, 6, 4])
  const ids = [...lists, digests, badDigests].flatMap((list) => list.map(({ id }) => id))
  expect(new Set(ids).size).toBe(147)
})

describe('readings', () => {
  test.each(vectors.readings)('$id: $token on $timeline', async (vector) => {
    expect(await outcome(read(vector))).toEqual(vector.expect)
  })

  test.each(vectors.readings.filter(({ cursor }) => cursor === undefined))(
    '$id: $token on $timeline, in an index with the five look-ups alone',
    async ({ timeline: name, selector, expect: expected }) => {
      const { key, index } = timeline(name)
      expect(await outcome(resolveTemporal(watched(index), key, selector))).toEqual(expected)
    },
  )

  test.each(vectors.readings.filter(({ cursor }) => cursor !== undefined))(
    '$id: $token by the move of that name',
    async ({ timeline: name, selector, cursor = 1, expect: expected }) => {
      const { key, index } = timeline(name)
      const start = { kind: 'version', number: cursor } as const
      const navigator = await createNavigator(index, key, { start })
      const moves: Record<TemporalSelector['kind'], () => Promise<VersionEntry>> = {
        latest: () => navigator.latest(),
        version: () => navigator.at(selector.kind === 'version' ? selector.number : 0),
        back: () => navigator.back(selector.kind === 'back' ? selector.number : 0),
        forward: () => navigator.forward(selector.kind === 'forward' ? selector.number : 0),
        instant: () => navigator.goto(selector),
      }
      expect(await outcome(moves[selector.kind]())).toEqual(expected)
      expect(navigator.current.version).toBe(expected.version ?? cursor)
    },
  )
})

test.each(vectors.invalid)('$id: refuses the selector $selector', async ({ selector, error }) => {
  const { key, index } = timeline('plan')
  expect(await rejection(resolveTemporal(index, key, selector))).toMatchObject({ code: error })
})

test.each(vectors.instants)('$id: $text', ({ text, time }) => {
  expect(fromInstant(text)).toBe(time)
  expect(toInstant(time)).toBe(text)
})

test.each(vectors.badInstants)('$id: refuses the instant $text', ({ text, error }) => {
  expect(() => fromInstant(text)).toThrow(
    expect.objectContaining({ code: error, details: { received: text } }),
  )
})

test.each(vectors.times)('$id: after $previous, at $clock', ({ clock, previous, next }) => {
  expect(nextTime(clock, previous ?? undefined)).toBe(next)
})

test.each(vectors.ahead)('$id: $time at $now', ({ time, now, ahead }) => {
  expect(isAhead(time, now)).toBe(ahead)
})

test.each(vectors.validity)('$id: what holds at $validAt', async (vector) => {
  const { key, index } = timeline(vector.timeline)
  const { validAt: moment, recordedAt } = vector
  const query = { validAt: moment, ...(recordedAt !== undefined && { recordedAt }) }
  expect(await outcome(validAt(index, key, query))).toEqual(vector.expect)
  expect(await outcome(validAt(watched(index), key, query))).toEqual(vector.expect)
})

test.each(vectors.digests)('$id: $digest', async ({ entries, lines, digest }) => {
  expect(entries.map(snapshotLine).join('')).toBe(lines)
  expect(await snapshotDigest(entries)).toBe(digest)
  expect(await snapshotDigest(entries, { hasher: () => createHash('sha256') })).toBe(digest)
})

test.each(vectors.badDigests)('$id: refuses the keys $keys', async ({ keys, error }) => {
  const entries = keys.map((key) => ({ key, version: 1, time: 0, content: 'c' }))
  expect(await rejection(snapshotDigest(entries))).toMatchObject({ code: error })
})
