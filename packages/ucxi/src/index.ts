/**
 * The operations on contexts, over HTTP: read, write, travel in time, list.
 *
 * ```ts
 * const ucxi = createUcxi({ store, mesh })
 * const server = await startUcxiServer({ ucxi, port: 8080 })
 * ```
 *
 * @packageDocumentation
 */
export { createUcxi } from './create-ucxi.ts'
export { startUcxiServer } from './server.ts'
export { UcxiError } from './errors.ts'
export type { UcxiServer, UcxiServerInit } from './server.ts'
export type {
  ListOptions,
  Origin,
  Page,
  PageOptions,
  PutInput,
  TimelineOptions,
  Ucxi,
} from './ucxi.ts'
export type { Problem } from './problem.ts'
export type { VersionView } from './views.ts'
export type { UcxiErrorCode } from './errors.ts'
