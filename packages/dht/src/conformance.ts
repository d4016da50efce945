/**
 * The conformance suite of the DHT interface: every implementation runs it, the real one and mocks.
 *
 * ```ts
 * for (const { name, run, skip } of dhtConformance(setup)) test.skipIf(skip)(name, run)
 * ```
 *
 * @packageDocumentation
 */
import { callCases } from './suite/calls.ts'
import { faultCases } from './suite/faults.ts'
import {
  networksOf,
  type ConformanceCase,
  type ConformanceSupports,
  type DhtSetup,
} from './suite/harness.ts'
import { providerCases } from './suite/providers.ts'
import { valueCases } from './suite/values.ts'

export { conformanceRules } from './suite/harness.ts'
export type { ConformanceCase, ConformanceSupports, DhtNetwork, DhtSetup } from './suite/harness.ts'

/** The cases, for an implementation with these abilities. */
export function dhtConformance(
  setup: DhtSetup,
  supports: ConformanceSupports = {},
): ConformanceCase[] {
  const on = networksOf(setup)
  return [
    ...valueCases(on, supports),
    ...providerCases(on),
    ...callCases(on),
    ...faultCases(on, supports),
  ]
}
