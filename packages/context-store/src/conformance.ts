/**
 * The conformance suite of the store interface: every implementation runs it.
 *
 * ```ts
 * for (const { name, run } of storeConformance(setup)) test(name, run)
 * ```
 *
 * @packageDocumentation
 */
import { callsCases } from './conformance-calls.ts'
import { exchangeCases } from './conformance-exchange.ts'
import { forksCases } from './conformance-forks.ts'
import { listingsCases } from './conformance-listings.ts'
import { searchCases } from './conformance-search.ts'
import { streamsCases } from './conformance-streams.ts'
import { subjectsOf, type StoreSetup } from './conformance-subject.ts'
import { summaryCases } from './conformance-summary.ts'
import { upkeepCases } from './conformance-upkeep.ts'
import { versionsCases } from './conformance-versions.ts'
import { writersCases } from './conformance-writers.ts'

export type { StoreSetup } from './conformance-subject.ts'

/** One case, for any test runner: `run` rejects where the implementation does not conform. */
export interface ConformanceCase {
  readonly name: string
  readonly run: () => Promise<void>
}

/** The cases. */
export function storeConformance(setup: StoreSetup): ConformanceCase[] {
  const on = subjectsOf(setup)
  const cases = {
    ...versionsCases(on),
    ...listingsCases(on),
    ...exchangeCases(on),
    ...callsCases(on),
    ...streamsCases(on),
    ...searchCases(on),
    ...forksCases(on),
    ...summaryCases(on),
    ...upkeepCases(on),
    ...writersCases(on),
  }
  return Object.entries(cases).map(([name, run]) => ({ name, run }))
}
