import { rejects, strictEqual } from 'node:assert/strict'
import {
  assertEntries,
  assertEntry,
  collect,
  createCase,
  KEY,
  skipIf,
  START,
  versions,
  write,
} from './conformance-subject.ts'
import type { ConformanceCase, IndexUnderTest, Setup, Supports } from './conformance-subject.ts'
import type { CallOptions, TimelineIndex } from './timeline.ts'

const ALL = { from: 1, to: 100 }

export function signalCases<Selector>(
  setup: Setup<Selector>,
  supports: Supports,
): ConformanceCase[] {
  const make = (
    name: string,
    work: (subject: IndexUnderTest<Selector>) => Promise<void>,
  ): ConformanceCase => createCase(setup, name, work)

  const calls: Record<string, (index: TimelineIndex, options: CallOptions) => Promise<unknown>> = {
    first: (index, options) => index.first(KEY, options),
    latest: (index, options) => index.latest(KEY, options),
    at: (index, options) => index.at(KEY, 1, options),
    asOf: (index, options) => index.asOf(KEY, START, options),
    range: (index, options) => collect(index.range(KEY, ALL, options)),
    aliveBefore: async (index, options) => await index.aliveBefore?.(KEY, 2, options),
  }

  return [
    ...Object.entries(calls).map(([name, call]) =>
      skipIf(
        name === 'aliveBefore' && !supports.aliveBefore
          ? 'the index declares no aliveBefore'
          : undefined,
        make(`${name} rejects with the reason of a signal that has fired`, async (subject) => {
          await write(subject, KEY, versions(3))
          await assertStopped((options) => call(subject.index, options))
        }),
      ),
    ),
    make('a signal that does not fire, or fires afterwards, changes nothing', async (subject) => {
      const kept = await write(subject, KEY, versions(3))
      const { index } = subject
      const controller = new AbortController()
      const options = { signal: controller.signal }
      assertEntry(await index.first(KEY, options), kept[0], 'first')
      assertEntry(await index.latest(KEY, options), kept[2], 'newest')
      assertEntry(await index.at(KEY, 2, options), kept[1], 'at 2')
      assertEntry(await index.asOf(KEY, START, options), kept[0], 'as of')
      await assertEntries(index.range(KEY, ALL, options), kept, 'range')
      controller.abort(new Error('too late'))
      assertEntry(await index.latest(KEY), kept[2], 'newest, without the signal')
    }),
    ...[false, true].map((reverse) =>
      make(
        `a listing ${reverse ? 'backwards' : 'forwards'} stops where its signal fires`,
        async (subject) => {
          const kept = await write(subject, KEY, versions(100))
          const controller = new AbortController()
          const reason = new Error('enough')
          const range = { ...ALL, reverse }
          const listing = subject.index.range(KEY, range, { signal: controller.signal })
          let read = 0
          const read3 = async (): Promise<void> => {
            for await (const entry of listing) {
              strictEqual(entry.version, reverse ? 100 - read : 1 + read, 'the order of a listing')
              read += 1
              if (read === 3) controller.abort(reason)
            }
          }
          await rejects(read3, (thrown) => thrown === reason, 'expected the reason of the signal')
          strictEqual(read, 3, 'entries listed before the signal fired')
          await assertEntries(subject.index.range(KEY, ALL), kept, 'another listing afterwards')
        },
      ),
    ),
    skipIf(
      supports.snapshots === false ? 'the index declares no snapshots' : undefined,
      make('a snapshot stops where its signal fires', async (subject) => {
        const { index, selectors } = subject
        for (let i = 10; i < 20; i++) await write(subject, `a:b@c:d/${i}`, versions(1))
        const read = async (options: CallOptions, each: () => void): Promise<void> => {
          if (!index.currentAt || !selectors) throw new Error('expected currentAt and selectors')
          for await (const entry of index.currentAt(selectors.every, START, options)) {
            strictEqual(entry.version, 1)
            each()
          }
        }
        await assertStopped((options) => read(options, () => {}))
        const controller = new AbortController()
        const reason = new Error('enough')
        let count = 0
        const work = read({ signal: controller.signal }, () => {
          count += 1
          if (count === 2) controller.abort(reason)
        })
        await rejects(work, (thrown) => thrown === reason, 'expected the reason of the signal')
        strictEqual(count, 2, 'contexts listed before the signal fired')
      }),
    ),
  ]
}

async function assertStopped(call: (options: CallOptions) => Promise<unknown>): Promise<void> {
  const reason = new Error('stopped by the caller')
  const options = { signal: AbortSignal.abort(reason) }
  // No call may throw synchronously: then it does not get as far as `rejects`.
  const promise = call(options)
  await rejects(promise, (thrown) => thrown === reason, 'expected the reason of the signal')
}
