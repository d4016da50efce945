/**
 * Publishing decisions: safe when it returns, and delivered by itself, once, whatever happens.
 *
 * ```ts
 * const client = createSlurpClient({ store, identity, state, url: 'https://slurp.example' })
 * const result = await client.publish(draft) // stored and signed: safe from here on
 * await client.flush() // delivered, too
 * ```
 *
 * What a client has to remember is a file with `openSqliteState` of `@bzzz/slurp-client/sqlite`.
 *
 * @packageDocumentation
 */
export { createSlurpClient } from './create-client.ts'
export { createMemoryState } from './memory-state.ts'
export {
  createDecisionWriter,
  type DecisionWriter,
  type DecisionWriterInit,
} from './decision-writer.ts'
export { PublishError, type PublishErrorCode } from './errors.ts'
export type {
  CuratedDecision,
  PendingDecision,
  PublishedDecision,
  PublishResult,
  SlurpClient,
} from './client.ts'
export type { Judged, SlurpClientEvent, VersionNamed } from './events.ts'
export type { ByItself, OverHttp, SlurpClientInit, SlurpClientParts } from './init.ts'
export type { DeadLetter, HeldDecision, OutboxState } from './state.ts'
export type { Backoff } from './backoff.ts'
export type { BreakerState, Circuit } from '@bzzz/circuit-breaker'

// For those who deliver, read or remember in a way of their own.
export { createHttpDelivery, type HttpDeliveryInit } from './http-delivery.ts'
export { createStoreReader, type StoreReaderInit } from './store-reader.ts'
export { DECISION_MEDIA_TYPE } from '@bzzz/decision-schema'
export type { Deliver, Delivered, Delivery, DeliveryOutcome, Failed, Refused } from './delivery.ts'
export type { Attempts, ListName, Placed, Progress, Put, StateChange, StateLists } from './state.ts'
