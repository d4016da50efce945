import assert from 'node:assert/strict'
import { identityFromSeed } from '@bzzz/identity'
import {
  ADDRESS,
  KEY,
  START,
  all,
  at,
  bytes,
  rejects,
  text,
  type Cases,
  type On,
} from './conformance-subject.ts'
import { createMemoryStore } from './memory.ts'
import type { VersionRecord } from './record.ts'
import type { Fork } from './queries.ts'

/** What one key writes in two places, neither knowing of the other. */
async function writtenApart(words: readonly string[], start: number): Promise<VersionRecord[]> {
  let now = start
  const writer = identityFromSeed(new Uint8Array(32).fill(9))
  const store = createMemoryStore({ writer, now: () => now })
  await store.put({ address: ADDRESS, content: bytes('shared'), time: START - 1000 })
  for (const word of words) {
    await store.put({ address: ADDRESS, content: bytes(word) })
    now += 1000
  }
  return (await all(store.history(KEY))).map(({ record }) => record)
}

/** Cases of one key that was used in two places. */
export function forksCases(on: On): Cases {
  return {
    'of two records in one place both are kept, and the same one stands everywhere': on(
      async ({ store, other }) => {
        const early = await writtenApart(['early'], START - 500)
        const late = await writtenApart(['late', 'later'], START - 400)
        await store.append(early)
        assert.equal(await store.append(late), 2)
        await other.append(late)
        assert.equal(await other.append(early), 1)
        for (const one of [store, other]) {
          assert.deepEqual(
            (await all(one.history(KEY))).map(({ record }) => record),
            early,
          )
          const forks = await all(one.forks())
          assert.deepEqual(
            forks.map(({ record }) => record),
            late.slice(1),
          )
          assert.equal(forks[0]?.standing, (await one.head(KEY))?.id)
          assert.equal(await one.append([...early, ...late]), 0, 'all of it is known')
          assert.deepEqual((await one.check()).problems, [])
          assert.deepEqual(await all(one.forks('ucxl://any:any@else:any/**')), [])
        }
        await other.addContent(early[1]?.content ?? '', bytes('early'))
        assert.equal(text((await other.get(ADDRESS)).content), 'early')
      },
    ),
    'with equal times the smaller id stands, whichever came first': on(async ({ store, other }) => {
      const one = await writtenApart(['one'], START)
      const two = await writtenApart(['two'], START)
      await store.append([...one, ...two])
      await other.append([...two, ...one])
      const standing = (await store.head(KEY))?.id ?? ''
      assert.equal((await other.head(KEY))?.id, standing)
      const [fork] = await all(store.forks())
      assert.ok(standing < (fork?.id ?? ''))
    }),
    'what builds on a record that lost its place is kept beside it': on(async ({ store }) => {
      const early = await writtenApart(['early'], START - 500)
      const late = await writtenApart(['late', 'later', 'last'], START - 400)
      await store.append(early)
      await store.append(late.slice(0, 2))
      assert.equal(await store.append(late.slice(2)), 2)
      assert.equal((await all(store.forks())).length, 3)
      assert.equal((await all(store.history(KEY))).length, 2)
      const next = await writtenApart(['early', 'goes on'], START - 500)
      assert.equal(await store.append(next), 1)
      assert.equal((await store.head(KEY))?.record.version, 3)
    }),
    'its own writer is told of a fork, and changes go on without a gap': on(
      async ({ store }) => {
        told.length = 0
        const late = await writtenApart(['late', 'later'], START - 400)
        await store.append(late)
        const before = (await store.changes()).at(-1)?.sequence ?? 0
        await store.append(await writtenApart(['early'], START - 500))
        assert.deepEqual(
          told.map(({ record }) => record.version),
          [2],
        )
        assert.equal(told[0]?.standing, (await store.head(KEY))?.id)
        const changes = await store.changes({ after: before })
        assert.deepEqual(
          changes.map(({ record }) => record.time),
          ['2025-07-31T23:59:59.500Z'],
        )
      },
      { onFork: (fork: Fork) => told.push(fork) },
    ),
    'a record that fits nothing, or is by another writer, is no fork': on(
      async ({ store, clock }) => {
        const late = await writtenApart(['late', 'later'], START - 400)
        await store.append(late.slice(0, 2))
        const other = await writtenApart(['x', 'y', 'z'], START - 300)
        await rejects(store.append(other.slice(2, 3)), 'ERR_RECORD_CHAIN')
        await rejects(store.append(other.slice(3)), 'ERR_RECORD_CHAIN')
        const foreign = createMemoryStore({
          writer: identityFromSeed(new Uint8Array(32).fill(8)),
          now: () => clock.now,
        })
        const { record } = await foreign.put({ address: at('*^'), content: bytes('mine') })
        await rejects(store.append([record]), 'ERR_RECORD_CHAIN')
        assert.deepEqual(await all(store.forks()), [])
      },
    ),
  }
}

const told: Fork[] = []
