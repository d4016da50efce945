import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Change, CommitChanges } from '../src/git-log.ts'
import { trackLineages } from '../src/lineage.ts'

const commitOf = (place: number): CommitChanges['commit'] => ({
  id: `c${place}`,
  place,
  time: place,
  authored: place,
  author: 'Ada',
  subject: '',
})

test('files that exchange their names in one commit keep their own histories', () => {
  const tracker = trackLineages()
  const change = (path: string, blob: string | undefined, from = path): Change => ({
    path,
    from,
    blob,
  })
  tracker.add({ commit: commitOf(0), changes: [change('a', '1'), change('b', '2')] })
  tracker.add({ commit: commitOf(1), changes: [change('a', '2', 'b'), change('b', '1', 'a')] })
  const histories = tracker
    .lineages()
    .map(({ path, steps }) => [path, ...steps.map(({ blob }) => blob)])
  expect(histories).toEqual([
    ['b', '1', '1'],
    ['a', '2', '2'],
  ])
})

/** A history that could be: each commit does something to some of five names. */
const histories = fc.array(
  fc.uniqueArray(
    fc.record({
      path: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      to: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      act: fc.constantFrom('write', 'delete', 'rename'),
    }),
    { selector: ({ path }) => path, maxLength: 3 },
  ),
  { maxLength: 20 },
)

test('every change is one step of one file, and the names at the end are those of a tree', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const tracker = trackLineages()
      const tree = new Map<string, string>()
      let changed = 0
      for (const [place, acts] of history.entries()) {
        const changes: Change[] = []
        const touched = new Set(acts.map(({ path }) => path))
        for (const [nth, { path, to, act }] of acts.entries()) {
          const blob = `${place}.${nth}`
          const was = tree.get(path)
          if (act === 'write') {
            tree.set(path, blob)
            changes.push({ path, from: path, blob })
          } else if (was !== undefined && act === 'delete') {
            tree.delete(path)
            changes.push({ path, from: path, blob: undefined })
          } else if (was !== undefined && act === 'rename' && !tree.has(to) && !touched.has(to)) {
            tree.delete(path)
            tree.set(to, was)
            touched.add(to)
            changes.push({ path: to, from: path, blob: was })
          }
        }
        changed += changes.length
        tracker.add({ commit: commitOf(place), changes })
      }
      const lineages = tracker.lineages()
      expect(lineages.reduce((sum, { steps }) => sum + steps.length, 0)).toBe(changed)
      const alive = lineages.filter((lineage) => lineage.alive)
      expect(new Map(alive.map(({ path, newestBlob }) => [path, newestBlob]))).toEqual(tree)
      expect(alive.every(({ ownsName }) => ownsName)).toBe(true)
      const owners = lineages.filter(({ ownsName }) => ownsName).map(({ path }) => path)
      expect(new Set(owners).size).toBe(owners.length)
    }),
  )
})
