/**
 * The interface of a distributed hash table in which nothing fails silently.
 *
 * ```ts
 * const receipt = await dht.putValue('/ucxl/name', value)
 * const { value, answered } = await dht.getValue('/ucxl/name', { timeoutMs: 2_000 })
 * ```
 *
 * This package holds the contract and its conformance suite (`@bzzz/dht/conformance`); the real network
 * is `@bzzz/mesh`.
 *
 * @packageDocumentation
 */
export { DhtError } from './errors.ts'
export type { DhtErrorCode } from './errors.ts'
export type {
  Dht,
  DhtCallOptions,
  DhtSupports,
  FoundValue,
  GetOptions,
  Provider,
  Receipt,
  RecordRules,
  RuleBook,
} from './dht.ts'

// For those who write an implementation.
export { checkRecord, namespaceOf } from './check-record.ts'
export { withDeadline, DEFAULT_TIMEOUT_MS } from './deadline.ts'
