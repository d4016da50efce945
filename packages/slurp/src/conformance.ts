/**
 * The conformance suite of the storage interface: every implementation runs it.
 *
 * ```ts
 * for (const { name, run } of storageConformance(setup)) test(name, run)
 * ```
 *
 * @packageDocumentation
 */
import { callsCases } from './conformance-calls.ts'
import { edgesCases } from './conformance-edges.ts'
import { searchCases } from './conformance-search.ts'
import { subjectsOf, type StorageSetup } from './conformance-subject.ts'
import { timelinesCases } from './conformance-timelines.ts'
import { upkeepCases } from './conformance-upkeep.ts'

export type { StorageSetup } from './conformance-subject.ts'

/** One case, for any test runner: `run` rejects where the implementation does not conform. */
export interface ConformanceCase {
  readonly name: string
  readonly run: () => Promise<void>
}

/** The cases. */
export function storageConformance(setup: StorageSetup): ConformanceCase[] {
  const on = subjectsOf(setup)
  const cases = {
    ...timelinesCases(on),
    ...edgesCases(on),
    ...searchCases(on),
    ...upkeepCases(on),
    ...callsCases(on, setup),
  }
  return Object.entries(cases).map(([name, run]) => ({ name, run }))
}
