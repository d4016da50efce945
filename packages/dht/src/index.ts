/**
 * The interface of a distributed hash table in which nothing fails silently.
 *
 * ```ts
 * const receipt = await dht.putValue('/ucxl/name', value)
 * const { value, answered } = await dht.getValue('/ucxl/name', { timeoutMs: 2_000 })
 * ```
 *
 * This package holds the contract, its conformance suite (`@bzzz/dht/conformance`), and a composite of
 * two implementations; the real network is `@bzzz/mesh`, a simulated one `@bzzz/dht-mock`.
 *
 * @packageDocumentation
 */
export { DhtError } from './errors.ts'
export type { DhtErrorCode, DhtErrorOptions } from './errors.ts'
export { createHybridDht } from './hybrid-dht.ts'
export type { Difference, HybridOptions, Outcome } from './hybrid-dht.ts'
export type {
  Dht,
  DhtCallOptions,
  DhtSupports,
  FoundValue,
  GetOptions,
  InvalidAnswer,
  Provider,
  Receipt,
  RecordRules,
  RuleBook,
} from './dht.ts'

// For those who write an implementation.
export { checkRecord, namespaceOf, whyInvalid } from './check-record.ts'
export { withDeadline, DEFAULT_TIMEOUT_MS } from './deadline.ts'
export type { DeadlineOptions } from './deadline.ts'
