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
export { createMemoryStore } from './memory.ts'
export { StoreError } from './errors.ts'
export type {
  CallOptions,
  ContextStore,
  ContextVersion,
  ContextWrite,
  HistoryOptions,
  ListOptions,
  StoreStats,
} from './store.ts'
export type { StoreInit } from './engine.ts'
export type { StoredVersion, VersionRecord } from './record.ts'
export type { StoreErrorCode } from './errors.ts'

// For those who exchange records and contents with other stores.
export { contentIdOf, isContentId } from './content-id.ts'
export { assertFollows, verifyRecord, MAX_CONTENT_BYTES } from './record.ts'
