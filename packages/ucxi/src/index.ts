/**
 * The operations on contexts, over HTTP: read, write, travel in time, find, be told.
 *
 * ```ts
 * const ucxi = createUcxi({ store, mesh })
 * const server = await startUcxiServer({ ucxi, port: 8080 })
 * ```
 *
 * The client, which runs in browsers too, is `createUcxiClient` of `@bzzz/ucxi/client`.
 *
 * @packageDocumentation
 */
export { createUcxi } from './create-ucxi.ts'
export { startUcxiServer } from './server.ts'
export { UcxiError } from './errors.ts'
export type { ContentsInit } from './content-keeper.ts'
export type { UcxiInit } from './create-ucxi.ts'
export type { Refusal, UcxiServer, UcxiServerInit } from './init.ts'
export type { Authorize, Grant, RequestFacts } from './authorize.ts'
export type { Limits } from './limits.ts'
export type {
  Around,
  Conditions,
  OpenVersion,
  Origin,
  PageOptions,
  PutInput,
  QueryOptions,
  QueryPage,
  SubscribeOptions,
  Subscription,
  TimelineOptions,
  TimelinePage,
  Ucxi,
} from './ucxi.ts'
export type { Marked, Trust } from './trust.ts'
export type { UcxiErrorCode } from './errors.ts'

// For other interfaces to the same operations, such as MCP tools.
export { OPERATIONS } from './operations.ts'
export { openApiOf } from './openapi.ts'
export { problemOf } from './problem.ts'
export type { Input, Operation, Output } from './operations.ts'
export type { OperationName, Place, Route } from './routes.ts'
export type { OperationErrorCode } from './codes.ts'
export type { DecisionCheck } from './validate.ts'
export type { EntryView, FoundView, Problem, Resolved, Verdict, VersionView } from './schemas.ts'
