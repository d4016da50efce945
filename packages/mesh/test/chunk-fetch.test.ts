import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { ChunkFetch, SLOW_MS, WINDOW, type ChunkSource } from '../src/chunk-fetch.ts'
import { CHUNK_BYTES } from '../src/sync-messages.ts'
import { collect } from './collect.ts'
import { fakeTiming, type FakeTiming } from './fake-timing.ts'

const content = (chunks: number): Uint8Array =>
  Uint8Array.from({ length: (chunks - 1) * CHUNK_BYTES + 5 }, (_, place) => (place >> 8) % 251)

interface FakeSource extends ChunkSource {
  readonly asked: number[]
  /** Requests that wait for an answer. */
  readonly open: Set<number>
}

/** A source that answers after so many milliseconds of the test's time; undefined: never. */
function source(
  peer: string,
  whole: Uint8Array,
  timing: FakeTiming,
  after: (offset: number) => number | Error | undefined = () => 1,
): FakeSource {
  const asked: number[] = []
  const open = new Set<number>()
  return {
    peer,
    asked,
    open,
    chunk: async (offset, signal) => {
      asked.push(offset / CHUNK_BYTES)
      open.add(offset)
      const ended = Promise.withResolvers<void>()
      signal.addEventListener('abort', () => ended.reject(signal.reason as Error))
      const wait = after(offset)
      if (wait instanceof Error) ended.reject(wait)
      else if (wait !== undefined) timing.schedule(() => ended.resolve(), wait)
      await ended.promise.finally(() => open.delete(offset))
      return { bytes: whole.subarray(offset, offset + CHUNK_BYTES), size: whole.length }
    },
  }
}

interface Run {
  readonly fetching: ChunkFetch
  readonly failed: string[]
  readonly bytes: Promise<Uint8Array>
}

function run(
  size: number,
  sources: readonly ChunkSource[],
  timing: FakeTiming,
  signal = new AbortController().signal,
): Run {
  const failed: string[] = []
  const { schedule } = timing
  const onFailed = (peer: string): void => void failed.push(peer)
  const fetching = new ChunkFetch({ size, sources, signal, schedule, onFailed })
  const bytes = collect(fetching.chunks()).then((all) => Buffer.concat(all))
  bytes.catch(() => {})
  return { fetching, failed, bytes }
}

const gone = new Error('gone')

test('a piece is gone when the next one is asked for, but not what is a part of something else', async () => {
  const timing = fakeTiming()
  const whole = content(3)
  const lender = source('a', whole, timing)
  const giver: ChunkSource = {
    peer: 'b',
    chunk: async (offset, signal) => {
      const { bytes, size } = await lender.chunk(offset, signal)
      // The second one is in memory of its own, and the others are a part of the whole.
      return { bytes: offset === CHUNK_BYTES ? Uint8Array.from(bytes as Uint8Array) : bytes, size }
    },
  }
  const { schedule } = timing
  const never = new AbortController().signal
  const init = { size: whole.length, sources: [giver], signal: never, schedule, onFailed: () => {} }
  const pieces: Uint8Array[] = []
  const reading = (async () => {
    for await (const piece of new ChunkFetch(init).chunks()) {
      expect(pieces.map(({ length }) => length)).toEqual([CHUNK_BYTES, 0].slice(0, pieces.length))
      const at = pieces.length * CHUNK_BYTES
      expect(Buffer.compare(piece, whole.subarray(at, at + CHUNK_BYTES))).toBe(0)
      pieces.push(piece)
    }
  })()
  await timing.advance(10)
  await reading
  expect(pieces.map(({ length }) => length)).toEqual([CHUNK_BYTES, 0, 5])
  expect(Buffer.compare(whole, content(3))).toBe(0)
})

describe('one chunk of one node', () => {
  const whole = content(1)

  test('is asked for once, and comes', async () => {
    const timing = fakeTiming()
    const only = source('a', whole, timing)
    const { bytes, fetching } = run(whole.length, [only], timing)
    await timing.advance(10)
    expect(Buffer.compare(await bytes, whole)).toBe(0)
    expect([only.asked, fetching.contributed]).toEqual([[0], ['a']])
    expect(timing.pending()).toEqual([])
  })

  test('fails with what the node failed with, which is told', async () => {
    const timing = fakeTiming()
    const { bytes, failed } = run(whole.length, [source('a', whole, timing, () => gone)], timing)
    await expect(bytes).rejects.toBe(gone)
    expect(failed).toEqual(['a'])
  })

  test('ends with the reason of who gave it up, for which nobody is blamed', async () => {
    const timing = fakeTiming()
    const end = new AbortController()
    const silent = source('a', whole, timing, () => undefined)
    const { bytes, failed } = run(whole.length, [silent], timing, end.signal)
    await turn()
    end.abort(new Error('enough'))
    await expect(bytes).rejects.toThrow('enough')
    expect([failed, silent.open.size]).toEqual([[], 0])
  })

  test.each([
    ['another length of the whole', whole.length + 1],
    ['fewer bytes than there are', whole.length - 1],
  ])('with %s is refused', async (_, size) => {
    const timing = fakeTiming()
    const liar: ChunkSource = {
      peer: 'a',
      chunk: async () => ({ bytes: whole.subarray(0, size), size: Math.max(size, whole.length) }),
    }
    const { bytes, failed } = run(whole.length, [liar], timing)
    await expect(bytes).rejects.toMatchObject({
      code: size > whole.length ? 'ERR_MESH_UNTRUSTED' : 'ERR_MESH_PROTOCOL',
    })
    expect(failed).toEqual(['a'])
  })
})

describe('chunks of one content', () => {
  test('come from several nodes at once, and in order', async () => {
    const timing = fakeTiming()
    const whole = content(20)
    const sources = ['a', 'b', 'c'].map((peer, place) =>
      source(peer, whole, timing, () => 3 + place),
    )
    const { bytes, fetching } = run(whole.length, sources, timing)
    await timing.advance(200)
    expect(Buffer.compare(await bytes, whole)).toBe(0)
    expect(fetching.contributed.toSorted()).toEqual(['a', 'b', 'c'])
    const asked = sources.flatMap((one) => one.asked)
    expect(asked.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n))
    expect(timing.pending()).toEqual([])
  })

  test('are asked for four at once of one node, and two of each of several', async () => {
    const timing = fakeTiming()
    const whole = content(20)
    const never = (peer: string): FakeSource => source(peer, whole, timing, () => undefined)
    const stop = new AbortController()
    const [alone, one, other] = [never('alone'), never('one'), never('other')]
    run(whole.length, [alone], timing, stop.signal)
    run(whole.length, [one, other], timing, stop.signal)
    await turn()
    expect([alone, one, other].map(({ asked }) => asked)).toEqual([
      [0, 1, 2, 3],
      [0, 1],
      [2, 3],
    ])
    stop.abort(gone)
    await turn()
    expect([alone, one, other].map(({ open }) => open.size)).toEqual([0, 0, 0])
    expect(timing.pending()).toEqual([])
  })

  test('a small content is asked of one node', async () => {
    const timing = fakeTiming()
    const [a, b] = [source('a', content(1), timing), source('b', content(1), timing)]
    const { bytes } = run(5, [a, b], timing)
    await timing.advance(10)
    expect(await bytes).toHaveLength(5)
    expect([a.asked, b.asked]).toEqual([[0], []])
    const empty = run(0, [source('a', new Uint8Array(0), timing)], timing)
    await timing.advance(10)
    expect(await empty.bytes).toHaveLength(0)
  })

  test('when a node leaves, another goes on where it stopped', async () => {
    const timing = fakeTiming()
    const whole = content(10)
    let count = 0
    const leaving = source('leaving', whole, timing, () => (count++ < 3 ? 1 : gone))
    const staying = source('staying', whole, timing, (offset) => (offset === 0 ? 1 : 5))
    const { bytes, failed } = run(whole.length, [leaving, staying], timing)
    await timing.advance(200)
    expect(Buffer.compare(await bytes, whole)).toBe(0)
    expect(failed).toEqual(['leaving'])
    // What the first one gave is not asked for again.
    expect(staying.asked.length).toBeLessThanOrEqual(7)
  })

  test('one that is slow is overtaken, and not waited for again', async () => {
    const timing = fakeTiming()
    const whole = content(30)
    const slow = source('slow', whole, timing, () => 60_000)
    const fast = source('fast', whole, timing, () => 10)
    const { bytes, fetching } = run(whole.length, [slow, fast], timing)
    await timing.advance(SLOW_MS + 500)
    expect(Buffer.compare(await bytes, whole)).toBe(0)
    expect(slow.asked).toEqual([0, 1])
    expect(slow.open.size).toBe(0)
    expect(fetching.contributed).toEqual(['fast'])
  })

  test('one that is slow with a content of one chunk is overtaken too', async () => {
    const timing = fakeTiming()
    const whole = content(1)
    const slow = source('slow', whole, timing, () => 60_000)
    const fast = source('fast', whole, timing, () => 10)
    const never = source('never', whole, timing, () => 10)
    const { bytes, fetching } = run(whole.length, [slow, fast, never], timing)
    await timing.advance(SLOW_MS - 1)
    expect(fast.asked).toEqual([])
    await timing.advance(500)
    expect(Buffer.compare(await bytes, whole)).toBe(0)
    expect(fetching.contributed).toEqual(['fast'])
    expect(never.asked).toEqual([])
  })

  test('one that only was slow is asked again where nobody else is left', async () => {
    const timing = fakeTiming()
    const whole = content(6)
    const slow = source('slow', whole, timing, () => 2000)
    let count = 0
    const fast = source('fast', whole, timing, () => (count++ < 4 ? 10 : gone))
    const { bytes, failed } = run(whole.length, [slow, fast], timing)
    await timing.advance(20_000)
    expect(Buffer.compare(await bytes, whole)).toBe(0)
    expect(failed).toEqual(['fast'])
  })

  test('no more is held than a window, however slow the reader', async () => {
    const timing = fakeTiming()
    const whole = content(60)
    const sources = ['a', 'b', 'c', 'd'].map((peer) => source(peer, whole, timing))
    const { signal } = new AbortController()
    const { schedule } = timing
    const onFailed = (): void => {}
    const fetching = new ChunkFetch({ size: whole.length, sources, signal, schedule, onFailed })
    const reader = fetching.chunks()
    const asked = (): number => sources.flatMap((one) => one.asked).length
    const first = reader.next()
    await timing.advance(5000)
    await first
    expect(asked()).toBe(WINDOW + 1)
    await reader.next()
    await timing.advance(5000)
    expect(asked()).toBe(WINDOW + 2)
    await reader.return(undefined)
    expect(timing.pending()).toEqual([])
  })

  test('four are asked at once, and those who stand by follow', async () => {
    const timing = fakeTiming()
    const whole = content(20)
    const broken = [1, 2, 3, 4, 5].map((n) => source(`broken-${n}`, whole, timing, () => gone))
    const { bytes, failed } = run(whole.length, [...broken, source('good', whole, timing)], timing)
    await timing.advance(200)
    expect(Buffer.compare(await bytes, whole)).toBe(0)
    expect(failed).toHaveLength(5)
  })

  test('fail with the last reason where nobody is left, or nobody was there', async () => {
    const timing = fakeTiming()
    await expect(run(5, [source('a', content(1), timing, () => gone)], timing).bytes).rejects.toBe(
      gone,
    )
    await expect(run(5, [], timing).bytes).rejects.toMatchObject({ code: 'ERR_MESH_UNREACHABLE' })
  })

  test('of another length than its writer signed are refused as they arrive', async () => {
    const timing = fakeTiming()
    const [long, good] = [
      source('long', content(40), timing),
      source('good', content(2), timing, () => 9),
    ]
    const { bytes, failed } = run(content(2).length, [long, good], timing)
    await timing.advance(100)
    expect(Buffer.compare(await bytes, content(2))).toBe(0)
    expect(failed).toEqual(['long'])
    expect(() => run(2 ** 30, [], timing)).toThrow(
      expect.objectContaining({ code: 'ERR_MESH_UNTRUSTED' }),
    )
  })

  test('end with the signal, and nothing is asked any more', async () => {
    const timing = fakeTiming()
    const hanging = source('a', content(9), timing, () => undefined)
    const stop = new AbortController()
    const { bytes } = run(content(9).length, [hanging], timing, stop.signal)
    await turn()
    const reason = new Error('enough')
    stop.abort(reason)
    await expect(bytes).rejects.toBe(reason)
    expect(hanging.open.size).toBe(0)
    expect(timing.pending()).toEqual([])
  })
})
