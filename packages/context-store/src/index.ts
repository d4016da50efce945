/**
 * Every version of every context: signed, chained, and kept.
 *
 * ```ts
 * const store = createMemoryStore({ writer: generateIdentity() })
 * await store.put({ address: 'ucxl://claude:architect@shop:checkout/plan.md', content })
 * await store.get('ucxl://claude:architect@shop:checkout/*~1/plan.md')
 * ```
 *
 * The store in a file is `openSqliteStore` of `@bzzz/context-store/sqlite`.
 *
 * @packageDocumentation
 */
export { collectionOf } from './collection.ts'
export { createMemoryStore } from './memory.ts'
export { exportNdjson, importNdjson } from './ndjson.ts'
export { clusterWriters } from './writers.ts'
export { StoreError } from './errors.ts'
export type {
  CallOptions,
  Change,
  ChangesOptions,
  ContentRange,
  Fork,
  HistoryOptions,
  ListOptions,
  Page,
  PageOptions,
  ReadOptions,
  RedactionPage,
  RedactionPageOptions,
  SearchHit,
  SearchOptions,
  SearchPage,
  StoreStats,
} from './queries.ts'
export type { ContentSource, ContextStore, ContextVersion, ContextWrite } from './store.ts'
export type { Access, Operation } from './access.ts'
export type { CheckProblem, CheckReport } from './check.ts'
export type { StoreInit } from './engine.ts'
export type { HeadItem, HeadsSummary, RangeSummary, SummaryOptions } from './heads-summary.ts'
export type { ExportOptions, ImportReport } from './ndjson.ts'
export type { Encryption, StoredVersion, VersionRecord } from './record.ts'
export type { Redaction } from './redaction.ts'
export type { RetentionOptions, RetentionReport, RetentionRule } from './retention.ts'
export type { FirstUseNames, Signing, WriterPolicy, WriterRules } from './writers.ts'
export type { Schedule } from './change-feed.ts'
export type { StoreErrorCode } from './errors.ts'

// For those who exchange records and contents with other stores.
export { contentIdOf, isContentId } from './content-id.ts'
export { placeOf } from './heads-tree.ts'
export { assertFollows, verifyRecord, MAX_CONTENT_BYTES } from './record.ts'
export { verifyRedaction, type SealedRedaction } from './redaction.ts'
