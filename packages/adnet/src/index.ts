/**
 * Clients for AlphaOS and DeltaOS, made from one table of routes.
 *
 * ```ts
 * const { transport } = httpTransport({ url: 'http://127.0.0.1:3030/v2' })
 * const alpha = createAlphaClient({ transport, clock: systemClock, random: createRandom(1) })
 * await alpha.call.block({ block: 7 })
 * ```
 *
 * Beside this entry: `./devnet`, an AlphaOS and a DeltaOS in one process.
 *
 * @packageDocumentation
 */
import type { Client, ClientInit } from './client.ts'
import { createClient } from './create-client.ts'
import { openApiOf } from './openapi.ts'
import { ALPHA } from './routes-alpha.ts'
import { DELTA } from './routes-delta.ts'

/** A client of AlphaOS: 96 routes. */
export function createAlphaClient(init: ClientInit): Client<typeof ALPHA> {
  return createClient('alpha', ALPHA, init)
}

/** A client of DeltaOS: the routes of every chain, and 40 of its own. */
export function createDeltaClient(init: ClientInit): Client<typeof DELTA> {
  return createClient('delta', DELTA, init)
}

/** The OpenAPI 3.1 document of AlphaOS. */
export const alphaOpenApi = (): Record<string, unknown> => openApiOf('AlphaOS', ALPHA)

/** The OpenAPI 3.1 document of DeltaOS. */
export const deltaOpenApi = (): Record<string, unknown> => openApiOf('DeltaOS', DELTA)

export { httpTransport } from './http-transport.ts'
export { subscribe } from './subscribe.ts'
export { createAdnet } from './command.ts'
export { AdnetError } from './errors.ts'
export type {
  BreakerInit,
  BreakerState,
  CallOptions,
  Calls,
  Client,
  ClientInit,
  ClientState,
} from './client.ts'
export type { HttpTransport, HttpTransportInit } from './http-transport.ts'
export type { StreamEvent, StreamInput, StreamName } from './subscribe.ts'
export type { Adnet, AdnetInit, RunOptions } from './command.ts'
export type { AdnetErrorCode, AdnetErrorOptions } from './errors.ts'

// For who goes through the table.
export { ALPHA } from './routes-alpha.ts'
export { DELTA, STREAMS } from './routes-delta.ts'
export { sign } from './envelope.ts'
export type { Envelope, Network, Signed } from './envelope.ts'
export type { InputOf, OutputOf, Route, Routes } from './route.ts'
export type { RetryInit } from './retry.ts'
export type { Transport, TransportRequest, TransportResponse } from './transport.ts'
