/**
 * The graph of decisions: what was decided, what it rests on, and what would fall with it.
 *
 * ```ts
 * import { startSlurp } from '@bzzz/slurp'
 * import { openSqliteStorage } from '@bzzz/slurp/sqlite'
 *
 * const { url, slurp } = await startSlurp({ storage: openSqliteStorage({ file: 'decisions.db' }) })
 * const { links } = await slurp.why('ucxl://claude:architect@shop:checkout/*^/decisions/payment.json')
 * ```
 *
 * Beside this entry: `./sqlite` (the storage in a file), `./postgres` (that of many services),
 * `./formats` (decisions in the formats of others) and `./conformance` (for storages of your own).
 * Needs Node.
 *
 * @packageDocumentation
 */
export { startSlurp, type RunningSlurp, type StartSlurpInit } from './start-slurp.ts'
export { createSlurp } from './create-slurp.ts'
export { createMemoryStorage } from './memory.ts'
export { followStore } from './follow-store.ts'
export { catchUp, type CatchUpInit } from './catch-up.ts'
export { verifyWebhook, type WebhookMessage } from './webhook-signature.ts'
export { SlurpError, type SlurpErrorCode } from './errors.ts'
export type {
  Found,
  FoundPage,
  PageQuery,
  SearchQuery,
  Slurp,
  SlurpInit,
  StateEntry,
  StateQuery,
  WebhookDraft,
  WebhookStatus,
} from './slurp.ts'
export type { Delivery } from './check-delivery.ts'
export type {
  FetchBytes,
  FollowStoreInit,
  LoggedDecision,
  RefusedDecision,
  StoreFollower,
  TakenDecision,
  WaitingDecision,
} from './follow-store.ts'
export type { IngestOutcome, Ingested } from './ingest.ts'
export type { DecisionSummary, DecisionView, IngestedView } from './views.ts'
export type { Authorize, AccessLevel, RequestFacts, Verdict } from './authorize.ts'
export type { ServerInit } from './app.ts'
export type { Limits } from './limits.ts'

// For those who bring a storage, a sender or timers of their own.
export type {
  Added,
  AddOptions,
  DecisionStorage,
  Edge,
  Facet,
  HeldDelivery,
  IncomingEdge,
  IncomingRequest,
  NewDecision,
  Question,
  Standing,
  StorageCounts,
  StoredDecision,
} from './storage.ts'
export type {
  FacetCount,
  Filters,
  Page,
  SearchHit,
  SearchMark,
  SearchRequest,
  SearchResult,
  SearchTerm,
  StateRequest,
} from './storage-queries.ts'
export type {
  Webhook,
  WebhookAttempt,
  WebhookProgress,
  WebhookState,
  WebhookStorage,
} from './storage-webhooks.ts'
export type { WebhookRequest, WebhookResponse, WebhookSend } from './webhook-send.ts'
export type { Schedule } from './webhook-runner.ts'
