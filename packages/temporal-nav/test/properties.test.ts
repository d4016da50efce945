import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  compareSnapshots,
  createMemoryIndex,
  createNavigator,
  nextTime,
  resolveTemporal,
  snapshot,
  snapshotDigest,
  TemporalError,
  validAt,
} from '../src/index.ts'
import type { SnapshotEntry } from '../src/index.ts'
import { collect, KEY, numbers, START, watched } from './fixtures.ts'
import {
  asOf,
  fill,
  indexOfModel,
  lastAlive,
  outcome,
  point,
  selectorsOf,
  timelines,
  timesOf,
} from './model.ts'
import type { Model, Outcome } from './model.ts'

const OUTSIDE = 'ERR_TEMPORAL_OUT_OF_RANGE'

const hasher = (): ReturnType<typeof createHash> => createHash('sha256')

test('every look-up of the index agrees with a walk along the timeline', async () => {
  const asked = timelines.chain((model) =>
    fc.tuple(fc.constant(model), timesOf(model), fc.integer({ min: -2, max: 43 })),
  )
  await fc.assert(
    fc.asyncProperty(asked, async ([model, time, version]) => {
      const index = indexOfModel(KEY, model)
      expect(await index.first(KEY)).toEqual(model[0])
      expect(await index.latest(KEY)).toEqual(model.at(-1))
      expect(await index.asOf(KEY, time)).toEqual(asOf(model, time))
      expect(await index.at(KEY, version)).toEqual(model.find((e) => e.version === version))
      expect(await index.aliveBefore(KEY, version)).toEqual(lastAlive(model, version))
    }),
  )
})

test('a reading gives exactly the version of the table, or an error: it is never clamped', async () => {
  const asked = timelines.chain((model) => fc.tuple(fc.constant(model), selectorsOf(model)))
  await fc.assert(
    fc.asyncProperty(asked, async ([model, selector]) => {
      const wanted = point(model, selector)
      const gone = wanted?.content === null
      const expected: Outcome = gone ? 'ERR_TEMPORAL_GONE' : (wanted?.version ?? OUTSIDE)
      const index = indexOfModel(KEY, model)
      expect(await outcome(resolveTemporal(index, KEY, selector))).toBe(expected)
      expect(await outcome(resolveTemporal(watched(index), KEY, selector))).toBe(expected)
    }),
    { numRuns: 500 },
  )
})

test('what is gone always names the tombstone and the last version that was alive', async () => {
  await fc.assert(
    fc.asyncProperty(timelines, async (model) => {
      const index = indexOfModel(KEY, model)
      for (const entry of model.filter(({ content }) => content === null)) {
        const selector = { kind: 'version', number: entry.version } as const
        for (const each of [index, watched(index)]) {
          const error = await resolveTemporal(each, KEY, selector).catch(
            (thrown: unknown) => thrown,
          )
          if (!TemporalError.is(error, 'ERR_TEMPORAL_GONE')) throw error
          expect(error.details.tombstone).toEqual(entry)
          expect(error.details.lastAlive).toEqual(lastAlive(model, entry.version))
        }
      }
    }),
  )
})

test('a navigator on any walk stands where the model stands', async () => {
  const walks = timelines.chain((model) =>
    fc.tuple(fc.constant(model), fc.array(selectorsOf(model), { maxLength: 30 })),
  )
  await fc.assert(
    fc.asyncProperty(walks, async ([model, moves]) => {
      const index = indexOfModel(KEY, model)
      const navigator = await createNavigator(index, KEY)
      let cursor = model.length
      for (const selector of moves) {
        const wanted = point(model, selector, cursor)
        expect(await outcome(navigator.goto(selector))).toBe(wanted?.version ?? OUTSIDE)
        cursor = wanted?.version ?? cursor
        expect(navigator.current).toEqual(model[cursor - 1])
        expect(await navigator.canGoBack()).toBe(cursor > 1)
        expect(await navigator.canGoForward()).toBe(cursor < model.length)
      }
    }),
  )
})

test('a walk whose moves are not awaited ends where an awaited one ends', async () => {
  const walks = timelines.chain((model) =>
    fc.tuple(fc.constant(model), fc.array(selectorsOf(model), { maxLength: 30 })),
  )
  await fc.assert(
    fc.asyncProperty(walks, async ([model, moves]) => {
      const index = indexOfModel(KEY, model)
      const [calm, hasty] = [await createNavigator(index, KEY), await createNavigator(index, KEY)]
      const awaited: Outcome[] = []
      for (const selector of moves) awaited.push(await outcome(calm.goto(selector)))
      const rushed = await Promise.all(moves.map((selector) => outcome(hasty.goto(selector))))
      expect(rushed).toEqual(awaited)
      expect(hasty.current).toBe(calm.current)
    }),
  )
})

test('between lists exactly the versions from one place to the other', async () => {
  const asked = timelines.chain((model) =>
    fc.tuple(fc.constant(model), selectorsOf(model), selectorsOf(model)),
  )
  await fc.assert(
    fc.asyncProperty(asked, async ([model, a, b]) => {
      const navigator = await createNavigator(indexOfModel(KEY, model), KEY)
      const [from, to] = [point(model, a, model.length), point(model, b, model.length)]
      const listed = await collect(navigator.between(a, b)).then(numbers, (error: unknown) => {
        if (TemporalError.is(error)) return error.code
        throw error
      })
      const [low, high] = [from?.version ?? 0, to?.version ?? 0].toSorted((x, y) => x - y)
      const forwards = numbers(model.slice((low ?? 0) - 1, high))
      const expected = low === from?.version ? forwards : forwards.toReversed()
      expect(listed).toEqual(from === undefined || to === undefined ? OUTSIDE : expected)
    }),
  )
})

test('what was believed at one time about another is what a walk back finds', async () => {
  const asked = timelines.chain((model) =>
    fc.tuple(fc.constant(model), timesOf(model), fc.integer({ min: -5, max: 110 })),
  )
  await fc.assert(
    fc.asyncProperty(asked, async ([model, recordedAt, moment]) => {
      const recorded = model.filter(({ time }) => time <= recordedAt)
      const found = recorded.findLast(
        ({ validFrom = -1e9, validTo = 1e9 }) => validFrom <= moment && moment < validTo,
      )
      const nothing = recorded.length === 0 ? OUTSIDE : 'ERR_TEMPORAL_NOT_VALID'
      const gone = found?.content === null
      const expected = gone ? 'ERR_TEMPORAL_GONE' : (found?.version ?? nothing)
      const work = validAt(indexOfModel(KEY, model), KEY, { validAt: moment, recordedAt })
      expect(await outcome(work)).toBe(expected)
    }),
    { numRuns: 500 },
  )
})

const projects = fc.dictionary(
  fc.stringMatching(/^[a-c%/.]{1,3}$/),
  timelines.filter((model) => model.length < 12),
  { maxKeys: 8 },
)
const instants = fc.integer({ min: START, max: START + 400 })

/** A snapshot by walking along each timeline; keys are ASCII here, so `<` orders their bytes. */
function snapshotOf(project: Record<string, Model>, time: number): SnapshotEntry[] {
  const entries: SnapshotEntry[] = []
  for (const key of Object.keys(project).toSorted((a, b) => (a < b ? -1 : 1))) {
    const entry = asOf(project[key] ?? [], time)
    if (entry) entries.push({ key, ...entry })
  }
  return entries
}

test('a snapshot has for every context what was current, and its digest is that of its lines', async () => {
  await fc.assert(
    fc.asyncProperty(projects, instants, async (project, time) => {
      const index = createMemoryIndex()
      for (const [key, model] of Object.entries(project)) fill(index, key, model)
      const expected = snapshotOf(project, time)
      expect(await collect(snapshot(index, () => true, time))).toEqual(expected)
      const lines = expected.map(({ key, version, time: at, content }) => {
        const instant = new Date(at).toISOString().replace('.000Z', 'Z')
        return `${JSON.stringify([key, version, instant, content])}\n`
      })
      const digest = `sha256:${createHash('sha256').update(lines.join('')).digest('hex')}`
      expect(await snapshotDigest(snapshot(index, () => true, time))).toBe(digest)
      expect(
        await snapshotDigest(
          snapshot(index, () => true, time),
          { hasher },
        ),
      ).toBe(digest)
    }),
  )
})

test('what changed leads from one snapshot to the other, and is nothing exactly if digests agree', async () => {
  await fc.assert(
    fc.asyncProperty(projects, instants, instants, async (project, t1, t2) => {
      const [before, after] = [snapshotOf(project, t1), snapshotOf(project, t2)]
      const changes = await collect(compareSnapshots(before, after))
      const replayed = new Map(before.map((entry) => [entry.key, entry]))
      for (const change of changes) {
        expect(change.before).toEqual(replayed.get(change.key))
        if (change.after) replayed.set(change.key, change.after)
        else replayed.delete(change.key)
        const [was, is] = [change.before?.content ?? null, change.after?.content ?? null]
        const named = [was !== null, is !== null].join(' ')
        const names: Record<string, string> = {
          'true true': 'updated',
          'true false': 'deleted',
          'false true': 'created',
          'false false': 'gone',
        }
        expect(change.change).toBe(names[named])
      }
      expect([...replayed.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual(after)
      const same = (await snapshotDigest(before)) === (await snapshotDigest(after))
      expect(changes.length === 0).toBe(same)
    }),
  )
})

test('times along a timeline strictly increase, whatever the clock does', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: START - 50, max: START + 50 })), (clock) => {
      let previous: number | undefined
      for (const reading of clock) {
        const next = nextTime(reading, previous)
        expect(next).toBe(previous !== undefined && previous >= reading ? previous + 1 : reading)
        previous = next
      }
    }),
  )
})
