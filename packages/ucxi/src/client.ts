/**
 * A client of UCXI, for Node and browsers.
 *
 * ```ts
 * const client = createUcxiClient({ url: 'http://127.0.0.1:8080' })
 * await client.put('ucxl://claude:architect@shop:checkout/plan.md', 'Pay by card.')
 * for await (const { data } of client.subscribe()) console.log(data.address)
 * ```
 *
 * @packageDocumentation
 */
export { createUcxiClient } from './create-client.ts'
export { UcxiError } from './errors.ts'
export { ProblemError } from './problem-error.ts'
export type {
  CallOptions,
  Content,
  ReceivedVersion,
  RetryOptions,
  SubscribeOptions,
  UcxiClient,
  UcxiClientInit,
  WriteOptions,
} from './client-types.ts'
export type { UcxiErrorCode } from './errors.ts'
export type { Input, Output } from './operations.ts'
export type {
  EntryView,
  EventView,
  FoundView,
  Problem,
  Resolved,
  Verdict,
  VersionView,
} from './schemas.ts'
