import assert from 'node:assert/strict'
import {
  DAY,
  START,
  key,
  names,
  outcomes,
  row,
  type Cases,
  type On,
} from './conformance-subject.ts'

/** Cases of taking versions in and finding them again. */
export function timelinesCases(on: On): Cases {
  return {
    'an empty storage finds nothing': on(async (storage) => {
      assert.equal(await storage.version(key('a')), undefined)
      assert.equal(await storage.asOf(key('a'), START), undefined)
      assert.equal(await storage.byDecisionId('id-a'), undefined)
      assert.equal(await storage.byContentId('content-a-1'), undefined)
      assert.deepEqual(await storage.versions(key('a'), { limit: 5 }), [])
      assert.deepEqual(await storage.changes({ after: 0, limit: 5 }), [])
      assert.deepEqual(await storage.state({ limit: 5 }), { items: [] })
      assert.deepEqual(await storage.counts(), {
        decisions: 0,
        versions: 0,
        edges: 0,
        held: 0,
        position: 0,
      })
    }),
    'a version is found by all its names, and is what was added': on(async (storage) => {
      const [added] = await storage.add([row('a')])
      assert.deepEqual(added, { outcome: 'added', sequence: 1 })
      const { key: own, version, time, decisionId, contentId, recordId, node, record } = row('a')
      const expected = {
        sequence: 1,
        key: own,
        version,
        time,
        decisionId,
        contentId,
        recordId,
        node,
        record,
      }
      assert.deepEqual(await storage.version(key('a')), expected)
      assert.deepEqual(await storage.version(key('a'), 1), expected)
      assert.deepEqual(await storage.byDecisionId('ID-A'), expected)
      assert.deepEqual(await storage.byContentId('content-a-1'), expected)
      assert.deepEqual(await storage.byRecordId('record-a-1'), expected)
      assert.equal(await storage.version(key('a'), 2), undefined)
    }),
    'what is known already changes nothing, in one lot or in two': on(async (storage) => {
      const twice = await storage.add([row('a'), row('a')])
      assert.deepEqual(outcomes(twice), ['added', 'known'])
      const again = await storage.add([row('b'), row('a')])
      assert.deepEqual(again, [
        { outcome: 'added', sequence: 2 },
        { outcome: 'known', sequence: 1 },
      ])
      assert.equal((await storage.counts()).versions, 2)
    }),
    'versions come in any order, and the newest stands': on(async (storage) => {
      for (const version of [2, 4, 1, 3]) await storage.add([row('a', version)])
      assert.equal((await storage.version(key('a')))?.version, 4)
      assert.deepEqual(names(await storage.versions(key('a'), { limit: 3 })), ['a 4', 'a 3', 'a 2'])
      const older = await storage.versions(key('a'), { before: 2, limit: 3 })
      assert.deepEqual(names(older), ['a 1'])
      assert.deepEqual(names(await storage.changes({ after: 0, limit: 9 })), [
        'a 2',
        'a 4',
        'a 1',
        'a 3',
      ])
      assert.equal((await storage.byDecisionId('id-a'))?.version, 4)
    }),
    'an id stays with the decision that had it first': on(async (storage) => {
      await storage.add([row('a', 1)])
      await storage.add([row('a', 2), row('thief', 5, { decisionId: 'id-a' })])
      assert.deepEqual(names([(await storage.byDecisionId('id-a')) ?? row('none')]), ['a 2'])
    }),
    'as of a moment, the version stands that was recorded last': on(async (storage) => {
      await storage.add([row('a', 1), row('a', 2)])
      const at = async (time: number): Promise<number | undefined> =>
        (await storage.asOf(key('a'), time))?.version
      assert.deepEqual(
        [await at(START + DAY - 1), await at(START + DAY), await at(START + 2 * DAY - 1)],
        [undefined, 1, 1],
      )
      assert.equal(await at(START + 2 * DAY), 2)
    }),
    'what does not fit its timeline is not kept, and the rest of its lot is': on(
      async (storage) => {
        await storage.add([row('a', 2)])
        const wrong = [
          row('a', 2, { recordId: 'another' }),
          row('a', 1, { writer: 'did:key:mallory' }),
          row('a', 3, { previous: 'record-b-2' }),
          row('a', 1, { recordId: 'not what version 2 points back at' }),
          row('a', 3, { time: START }),
          row('a', 1, { time: START + 9 * DAY }),
          // No two are of one moment: else nobody could say which stood then.
          row('a', 3, { time: START + 2 * DAY }),
          row('a', 1, { time: START + 2 * DAY }),
          row('b'),
        ]
        const added = await storage.add(wrong)
        assert.deepEqual(outcomes(added), [...Array(8).fill('conflict'), 'added'])
        for (const one of added.slice(0, 8)) assert.ok('reason' in one && one.reason.length > 10)
        assert.equal((await storage.counts()).versions, 2)
        const anyone = [row('a', 1, { writer: 'did:key:mallory' })]
        assert.deepEqual(outcomes(await storage.add(anyone, { anyWriter: true })), ['added'])
      },
    ),
    'a version that says the same as the one before it is kept, and is no news': on(
      async (storage) => {
        const same = { contentId: 'content-a-1' }
        await storage.add([row('a')])
        const [added] = await storage.add([row('a', 2, same)])
        assert.equal(added?.outcome, 'repeated')
        assert.deepEqual(names(await storage.changes({ after: 0, limit: 9 })), ['a 1'])
        assert.equal((await storage.version(key('a')))?.version, 2)
        // An older one that is restored is news.
        const restored = await storage.add([row('a', 3), row('a', 4, same)])
        assert.deepEqual(outcomes(restored), ['added', 'added'])
      },
    ),
    'changes go on after a sequence, in order': on(async (storage) => {
      await storage.add([row('a'), row('b'), row('c')])
      assert.deepEqual(names(await storage.changes({ after: 1, limit: 1 })), ['b 1'])
      assert.deepEqual(names(await storage.changes({ after: 2, limit: 9 })), ['c 1'])
      assert.deepEqual(await storage.changes({ after: 3, limit: 9 }), [])
      assert.equal((await storage.counts()).position, 3)
    }),
    'the state at a moment comes in pages, and is narrowed by what was so then': on(
      async (storage) => {
        await storage.add([
          row('a', 1, { status: 'proposed' }),
          row('a', 2, { status: 'accepted' }),
          row('b', 1, { type: 'review' }),
          row('c', 2),
        ])
        const at = START + DAY
        const all = await storage.state({ at, limit: 10 })
        assert.deepEqual(names(all.items), ['a 1', 'b 1'])
        const proposed = await storage.state({
          at,
          limit: 10,
          filters: { status: ['proposed'] },
        })
        assert.deepEqual(names(proposed.items), ['a 1'])
        const now = await storage.state({ limit: 10, filters: { status: ['proposed'] } })
        assert.deepEqual(now.items, [])
        const first = await storage.state({ limit: 2 })
        assert.deepEqual(names(first.items), ['a 2', 'b 1'])
        assert.ok(first.next !== undefined)
        const second = await storage.state({ limit: 2, after: first.next })
        assert.deepEqual(names(second.items), ['c 2'])
        assert.equal(second.next, undefined)
      },
    ),
  }
}
