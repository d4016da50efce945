import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { createMemoryIndex, snapshot, snapshotDigest, snapshotLine } from '../src/index.ts'
import type { SnapshotEntry, SnapshotHasher } from '../src/index.ts'
import { rejection, START } from './fixtures.ts'

const entry = { key: 'a:b@c:d/plan', version: 3, time: START, content: 'c3' }

function* many(count: number): Generator<SnapshotEntry> {
  for (let i = 0; i < count; i++) {
    yield { key: `a:b@c:d/${String(i).padStart(6, '0')}`, version: 1, time: START, content: 'c' }
  }
}

/** A hasher that remembers how it was fed. */
function spy(pieces: number[]): () => SnapshotHasher {
  return () => {
    const hash = createHash('sha256')
    return {
      update(bytes) {
        pieces.push(bytes.length)
        hash.update(bytes)
      },
      digest: () => hash.digest(),
    }
  }
}

test('a line is a JSON array of key, version, time and content', () => {
  expect(snapshotLine(entry)).toBe('["a:b@c:d/plan",3,"2025-08-01T12:00:00Z","c3"]\n')
  expect(snapshotLine({ ...entry, time: START + 5, content: null })).toBe(
    '["a:b@c:d/plan",3,"2025-08-01T12:00:00.005Z",null]\n',
  )
})

test('the digest is the SHA-256 of the lines', async () => {
  // printf '["a:b@c:d/plan",3,"2025-08-01T12:00:00Z","c3"]\n' | sha256sum
  expect(await snapshotDigest([entry])).toBe(
    'sha256:9b54516d9ad98964f118c8170e3c70149652d472dcd84c766621e595259d176e',
  )
})

test('a hasher that is fed piece by piece gives the same digest', async () => {
  const pieces: number[] = []
  const fed = await snapshotDigest(many(5000), { hasher: spy(pieces) })
  expect(fed).toBe(await snapshotDigest(many(5000)))
  const lines = [...many(5000)].map(snapshotLine).join('')
  expect(fed).toBe(`sha256:${createHash('sha256').update(lines).digest('hex')}`)
  expect(pieces.length).toBe(4)
  expect(Math.max(...pieces)).toBeLessThan(66_000)
})

test('takes the hash of node:crypto as it is', async () => {
  const digest = await snapshotDigest([entry], { hasher: () => createHash('sha256') })
  expect(digest).toBe(await snapshotDigest([entry]))
})

test('every part of an entry counts, and its validity does not', async () => {
  const digest = await snapshotDigest([entry])
  for (const change of [{ key: 'x' }, { version: 4 }, { time: START + 1 }, { content: null }]) {
    expect(await snapshotDigest([{ ...entry, ...change }])).not.toBe(digest)
  }
  expect(await snapshotDigest([{ ...entry, validFrom: 5 }])).toBe(digest)
})

test('two instants between which nothing was written have one digest', async () => {
  const index = createMemoryIndex()
  index.append('a:b@c:d/plan', { version: 1, time: START, content: 'c1' })
  index.append('a:b@c:d/plan', { version: 2, time: START + 100, content: 'c2' })
  const at = async (time: number): Promise<string> =>
    await snapshotDigest(snapshot(index, () => true, time))
  expect(await at(START)).toBe(await at(START + 99))
  expect(await at(START + 100)).not.toBe(await at(START + 99))
})

test('refuses keys out of order and keys given twice', async () => {
  for (const keys of [
    ['b', 'a'],
    ['a', 'a'],
  ]) {
    const error = await rejection(snapshotDigest(keys.map((key) => ({ ...entry, key }))))
    expect(error).toMatchObject({ code: 'ERR_TEMPORAL_ORDER' })
  }
})

test('stops at its signal', async () => {
  const reason = new Error('stop')
  const aborted = snapshotDigest([], { signal: AbortSignal.abort(reason) })
  expect(await rejection(aborted)).toBe(reason)
  const controller = new AbortController()
  function* endless(): Generator<SnapshotEntry> {
    for (const next of many(1_000_000)) {
      if (next.key.endsWith('000100')) controller.abort(reason)
      yield next
    }
    throw new Error('must have stopped')
  }
  expect(await rejection(snapshotDigest(endless(), { signal: controller.signal }))).toBe(reason)
})
