/**
 * The conformance suite of {@link TimelineIndex}: whoever implements one runs it, in any test
 * runner, and knows that navigators, readings and snapshots work on it.
 *
 * ```ts
 * import { test } from 'node:test'
 *
 * for (const { name, run, skip } of timelineIndexConformance(setup)) test(name, { skip }, run)
 * ```
 *
 * @packageDocumentation
 */
import { lookUpCases } from './conformance-look-ups.ts'
import { rangeCases } from './conformance-ranges.ts'
import { signalCases } from './conformance-signals.ts'
import { snapshotCases } from './conformance-snapshots.ts'
import type { ConformanceCase, IndexUnderTest, Supports } from './conformance-subject.ts'

export type { ConformanceCase, IndexUnderTest, Supports } from './conformance-subject.ts'

/**
 * Lists the cases, each independent of all others: it sets an index up, works on it, and closes it.
 *
 * @param setup makes an empty index, apart from every other one it has made; called once or twice
 *   by each case
 * @param supports what the index declares to do; what it does not do is skipped with the reason
 */
export function timelineIndexConformance<Selector = never>(
  setup: () => Promise<IndexUnderTest<Selector>>,
  supports: Supports = {},
): ConformanceCase[] {
  return [
    ...lookUpCases(setup, supports),
    ...rangeCases(setup),
    ...signalCases(setup, supports),
    ...snapshotCases(setup, supports),
  ]
}
