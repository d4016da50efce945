import { deepStrictEqual } from 'node:assert/strict'
import { collect, createCase, entry, MINUTE, skipIf, START, write } from './conformance-subject.ts'
import type { ConformanceCase, IndexUnderTest, Setup, Supports } from './conformance-subject.ts'
import type { SnapshotEntry, VersionEntry } from './timeline.ts'

/** In the order of their bytes: not of letters, numbers or path segments. */
const KEYS = [
  'a:b@c:d/',
  'a:b@c:d/Zebra',
  'a:b@c:d/notes',
  'a:b@c:d/notes%20old',
  'a:b@c:d/notes-old',
  'a:b@c:d/notes.md',
  'a:b@c:d/notes/',
  'a:b@c:d/notes/10',
  'a:b@c:d/notes/2',
  'a:b@c:d/notes/%C3%A9',
  'a:b@c:d/notesx',
  'a:b@c:d2/notes/1',
  'b:a@c:d/notes/1',
].toSorted((a, b) => (a < b ? -1 : 1))

export function snapshotCases<Selector>(
  setup: Setup<Selector>,
  supports: Supports,
): ConformanceCase[] {
  const reason = supports.snapshots === false ? 'the index declares no snapshots' : undefined
  const make = (
    name: string,
    work: (subject: IndexUnderTest<Selector>) => Promise<void>,
  ): ConformanceCase => skipIf(reason, createCase(setup, name, work))

  return [
    make('a snapshot of an empty index is empty', async (subject) => {
      await assertSnapshot(subject, { time: START }, [])
    }),
    make('a snapshot lists each context once, in the order of the keys', async (subject) => {
      const expected: SnapshotEntry[] = []
      // Written neither in the order of the keys nor against it.
      for (const key of KEYS.toSorted((a, b) => a.length - b.length || (a < b ? 1 : -1))) {
        const [, newest] = await write(subject, key, [entry(1, START), entry(2, START + 10)])
        if (newest) expected.push({ ...newest, key })
      }
      expected.sort((a, b) => (a.key < b.key ? -1 : 1))
      await assertSnapshot(subject, { time: START + MINUTE }, expected)
    }),
    make('a snapshot has the version that was current at that time', async (subject) => {
      const [a1, a2, a3] = await write(subject, 'a:b@c:d/a', [
        entry(1, START),
        entry(2, START + 100),
        entry(3, START + 200),
      ])
      const [b1, b2] = await write(subject, 'a:b@c:d/b', [
        entry(1, START + 50, { validFrom: 0 }),
        entry(2, START + 150, { content: null }),
      ])
      const at = async (time: number, a?: VersionEntry, b?: VersionEntry): Promise<void> => {
        const expected = [
          ...(a ? [{ ...a, key: 'a:b@c:d/a' }] : []),
          ...(b ? [{ ...b, key: 'a:b@c:d/b' }] : []),
        ]
        await assertSnapshot(subject, { time: START + time }, expected)
      }
      await at(-1)
      await at(0, a1)
      await at(49, a1)
      await at(50, a1, b1)
      await at(100, a2, b1)
      await at(149, a2, b1)
      await at(150, a2, b2)
      await at(200, a3, b2)
      await at(1_000_000, a3, b2)
    }),
    make('a snapshot lists what its selector selects, and nothing else', async (subject) => {
      const inFolders = KEYS.filter((key) => !key.endsWith('/'))
      for (const key of inFolders) await write(subject, key, [entry(1, START)])
      const keys = async (folder: string): Promise<string[]> => {
        const selector = subject.selectors?.under(folder)
        return (await read(subject, { time: START, selector })).map(({ key }) => key)
      }
      deepStrictEqual(await keys('a:b@c:d/notes/'), [
        'a:b@c:d/notes/%C3%A9',
        'a:b@c:d/notes/10',
        'a:b@c:d/notes/2',
      ])
      deepStrictEqual(await keys('b:a@c:d/'), ['b:a@c:d/notes/1'])
      deepStrictEqual(await keys('a:b@c:d/missing/'), [])
    }),
    make('a snapshot of the past does not change by what is written later', async (subject) => {
      const [first] = await write(subject, 'a:b@c:d/a', [entry(1, START)])
      const expected = first ? [{ ...first, key: 'a:b@c:d/a' }] : []
      await assertSnapshot(subject, { time: START + 10 }, expected)
      await write(subject, 'a:b@c:d/a', [entry(2, START + 11)])
      await write(subject, 'a:b@c:d/b', [entry(1, START + 11)])
      await assertSnapshot(subject, { time: START + 10 }, expected)
    }),
    make('a snapshot agrees with asOf for every context', async (subject) => {
      for (const [i, key] of KEYS.entries()) {
        const length = 1 + ((i * 5) % 7)
        const times = Array.from({ length }, (_, v) => START + i * 13 + v * (1 + (i % 3)) * 17)
        await write(
          subject,
          key,
          times.map((time, v) => entry(v + 1, time)),
        )
      }
      for (let time = START - 10; time < START + 400; time += 29) {
        const expected: SnapshotEntry[] = []
        for (const key of KEYS) {
          const current = await subject.index.asOf(key, time)
          if (current) expected.push({ ...current, key })
        }
        await assertSnapshot(subject, { time }, expected)
      }
    }),
  ]
}

interface Question<Selector> {
  readonly time: number
  readonly selector?: Selector | undefined
}

async function read<Selector>(
  { index, selectors }: IndexUnderTest<Selector>,
  { time, selector = selectors?.every }: Question<Selector>,
): Promise<SnapshotEntry[]> {
  if (!index.currentAt || selector === undefined) {
    throw new Error('expected currentAt and selectors, or the declaration { snapshots: false }')
  }
  return await collect(index.currentAt(selector, time))
}

async function assertSnapshot<Selector>(
  subject: IndexUnderTest<Selector>,
  question: Question<Selector>,
  expected: readonly SnapshotEntry[],
): Promise<void> {
  const listed = await read(subject, question)
  deepStrictEqual(listed.map(plain), expected.map(plain), `snapshot at ${question.time}`)
}

function plain({ key, version, time, content }: SnapshotEntry): unknown[] {
  return [key, version, time, content]
}
