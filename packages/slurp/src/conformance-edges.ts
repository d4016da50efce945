import assert from 'node:assert/strict'
import {
  DAY,
  START,
  cites,
  key,
  names,
  row,
  supersedes,
  type Cases,
  type On,
} from './conformance-subject.ts'
import type { DecisionStorage, Question } from './storage.ts'

async function counted(storage: DecisionStorage, question: Question): Promise<unknown[]> {
  const all = await storage.standing(question, { offset: 0, limit: 10 })
  return all.map(({ key: one, count }) => [one.split('/')[1], count])
}

/** Cases of what leads to what. */
export function edgesCases(on: On): Cases {
  return {
    'edges are found from where they lead, with their pins': on(async (storage) => {
      const pinned = cites('plan', { version: 2, contentId: 'content-plan-2', place: 1 })
      const floating = cites('plan', { type: 'informed_by' })
      await storage.add([
        row('a', 1, { edges: [floating, pinned] }),
        row('b', 1, { edges: [pinned] }),
      ])
      const all = await storage.incoming(key('plan'), { kind: 'cites' })
      assert.deepEqual(
        all.map(({ edge }) => edge),
        [floating, pinned, pinned],
      )
      assert.deepEqual(names(all.map(({ source }) => source)), ['a 1', 'a 1', 'b 1'])
      const first = await storage.incoming(key('plan'), { kind: 'cites', version: 1 })
      assert.deepEqual(
        first.map(({ edge }) => edge),
        [floating],
      )
      const one = await storage.incoming(key('plan'), { kind: 'cites', limit: 1 })
      assert.equal(one.length, 1)
      assert.deepEqual(await storage.incoming(key('plan'), { kind: 'impacts' }), [])
      assert.deepEqual(await storage.incoming(key('a'), { kind: 'cites' }), [])
    }),
    'edges at a moment are those of the versions that stood then': on(async (storage) => {
      await storage.add([
        row('old'),
        row('a', 1, { edges: [supersedes('old')] }),
        row('a', 2),
        row('b', 3, { edges: [supersedes('old')] }),
      ])
      const at = async (time: number): Promise<string[]> => {
        const found = await storage.incoming(key('old'), { kind: 'supersedes', at: time })
        return names(found.map(({ source }) => source))
      }
      assert.deepEqual(await at(START), [])
      assert.deepEqual(await at(START + DAY), ['a 1'])
      assert.deepEqual(await at(START + 2 * DAY), [])
      assert.deepEqual(await at(START + 3 * DAY), ['b 3'])
    }),
    'what newest versions cite is counted once for each decision, documents too': on(
      async (storage) => {
        const twice = [cites('plan'), cites('plan', { place: 1 })]
        await storage.add([
          row('a', 1, { edges: twice }),
          row('b', 1, { edges: [cites('plan'), cites('a', { place: 1 })] }),
          row('c', 1, { edges: [cites('b'), cites('c', { place: 1 })] }),
          row('d', 1, { edges: [cites('a', { type: 'contradicts' })] }),
        ])
        assert.deepEqual(await counted(storage, 'most-cited'), [
          ['plan', 2],
          ['a', 1],
          ['b', 1],
        ])
        assert.deepEqual(await counted(storage, 'contradicted'), [['a', 1]])
        const [plan, a] = await storage.standing('most-cited', { offset: 0, limit: 2 })
        assert.equal(plan?.newest, undefined)
        assert.equal(a?.newest?.recordId, 'record-a-1')
        const second = await storage.standing('most-cited', { offset: 1, limit: 1 })
        assert.deepEqual(
          second.map((one) => one.key),
          [key('a')],
        )
        // A newer version that cites nothing takes its citations back; an older one adds none.
        await storage.add([
          row('b', 3),
          row('b', 2, { edges: [cites('plan')], previous: 'record-b-1' }),
        ])
        assert.deepEqual(await counted(storage, 'most-cited'), [
          ['b', 1],
          ['plan', 1],
        ])
      },
    ),
    'unjustified are those whose newest version is': on(async (storage) => {
      await storage.add([
        row('a', 1, { unjustified: true }),
        row('b', 1, { unjustified: true }),
        row('b', 2),
      ])
      assert.deepEqual(await counted(storage, 'unjustified'), [['a', 1]])
    }),
    'superseded and still cited: not by what took its place, was superseded, or is no more': on(
      async (storage) => {
        await storage.add([
          row('old'),
          row('said', 1, { status: 'superseded' }),
          row('heir', 1, { edges: [supersedes('old'), cites('old')] }),
          row('stale', 1, { edges: [cites('old'), cites('said', { place: 1 })] }),
          row('gone', 1, { status: 'superseded', edges: [cites('old')] }),
          row('against', 1, { edges: [cites('old', { type: 'contradicts' })] }),
          row('wish', 1, { status: 'proposed', edges: [supersedes('fine')] }),
          row('fine'),
          row('friend', 1, { edges: [cites('fine')] }),
        ])
        assert.deepEqual(await counted(storage, 'superseded-cited'), [
          ['old', 1],
          ['said', 1],
        ])
      },
    ),
  }
}
