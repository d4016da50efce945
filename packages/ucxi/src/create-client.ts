import { createCaller, type Call, type Caller } from './client-call.ts'
import { bodyOf } from './client-body.ts'
import { eventsOf } from './client-events.ts'
import type { CallOptions, ReceivedVersion, UcxiClient, UcxiClientInit } from './client-types.ts'
import type { Content, WriteOptions } from './client-types.ts'
import { UcxiError } from './errors.ts'
import type { Input, Output } from './operations.ts'
import { ROUTES, type OperationName } from './routes.ts'

const ENTRY_TYPE = 'application/vnd.ucxl.entry+json'
const JSON_TYPE = 'application/json'
const KEY_BYTES = 16

/** A client of one node. It holds nothing open but the streams that are being read. */
export function createUcxiClient(init: UcxiClientInit): UcxiClient {
  const caller = createCaller(init)
  const newKey = init.newKey ?? randomKey
  const ask = async <Name extends OperationName>(
    name: Name,
    input: Readonly<Record<string, unknown>>,
    options?: CallOptions,
  ): Promise<Output<Name>> => jsonIn(await caller.send(callOf(name, input, newKey), options))

  const write = async (
    name: 'put' | 'post',
    { address, content }: { readonly address: string; readonly content: Content },
    options: WriteOptions = {},
  ): Promise<Output<'put'>> => {
    const { contentType, ifMatch, ifNoneMatch, tags, validFrom, validTo, ...rest } = options
    const { type, ...body } = bodyOf(content, contentType)
    const call: Call = {
      route: ROUTES[name],
      input: { address, tags, valid_from: validFrom, valid_to: validTo },
      headers: {
        'content-type': type,
        'idempotency-key': newKey(),
        ...tagHeader('if-match', ifMatch),
        ...tagHeader('if-none-match', ifNoneMatch),
      },
      ...body,
    }
    return jsonIn(await caller.send(call, rest))
  }

  return Object.freeze<UcxiClient>({
    get: async (address, { signal, timeoutMs, ...input } = {}) => {
      const call = { route: ROUTES.get, input: { address, ...input } }
      return receivedOf(await caller.send(call, optionsOf({ signal, timeoutMs })))
    },
    entry: async (address, { signal, timeoutMs, ...input } = {}) => {
      const headers = { accept: ENTRY_TYPE }
      const call = { route: ROUTES.get, input: { address, ...input }, headers }
      return jsonIn(await caller.send(call, optionsOf({ signal, timeoutMs })))
    },
    put: async (address, content, options) => write('put', { address, content }, options),
    post: async (address, content, options) => write('post', { address, content }, options),
    delete: async (address, { ifMatch, ...options } = {}) => {
      const headers = { 'idempotency-key': newKey(), ...tagHeader('if-match', ifMatch) }
      return jsonIn(
        await caller.send({ route: ROUTES.delete, input: { address }, headers }, options),
      )
    },
    restore: async (address, options) => ask('restore', { address }, options),
    announce: async (address, options) => ask('announce', { address }, options),
    resolve: async (address, { signal, timeoutMs, ...input } = {}) =>
      ask('resolve', { address, ...input }, optionsOf({ signal, timeoutMs })),
    validate: async (subject, options) => ask('validate', subject, options),
    stats: async (options) => ask('stats', {}, options),
    health: async (options) => ask('health', {}, options),
    timeline: (address, { signal, timeoutMs, ...input } = {}) =>
      timeline(caller, { address, ...input }, optionsOf({ signal, timeoutMs })),
    query: ({ signal, timeoutMs, ...input } = {}) =>
      query(caller, input, optionsOf({ signal, timeoutMs })),
    subscribe: (options = {}) => eventsOf(caller, options, init.stallMs),
  })
}

async function* timeline(
  caller: Caller,
  input: Input<'timeline'>,
  options: CallOptions,
): AsyncGenerator<Output<'timeline'>['versions'][number]> {
  let from = input.from
  do {
    const headers = { accept: JSON_TYPE }
    const call = { route: ROUTES.timeline, input: { ...input, from }, headers }
    const page: Output<'timeline'> = await jsonIn(await caller.send(call, options))
    yield* page.versions
    ;({ from } = page)
  } while (from !== undefined)
}

async function* query(
  caller: Caller,
  input: Input<'query'>,
  options: CallOptions,
): AsyncGenerator<Output<'query'>['versions'][number]> {
  let { after } = input
  do {
    const call = { route: ROUTES.query, input: { ...input, after } }
    const page: Output<'query'> = await jsonIn(await caller.send(call, options))
    yield* page.versions
    ;({ after } = page)
  } while (after !== undefined)
}

/** A call whose input goes into path, query and a body in JSON. */
function callOf(
  name: OperationName,
  input: Readonly<Record<string, unknown>>,
  newKey: () => string,
): Call {
  const route = ROUTES[name]
  const places: Call['route']['places'] = route.places
  const inBody = Object.entries(input).filter(([field]) => places[field] === 'body')
  if (inBody.length === 0) return { route, input }
  const text = JSON.stringify(Object.fromEntries(inBody))
  const key = places['idempotency_key'] === undefined ? {} : { 'idempotency-key': newKey() }
  return { route, input, headers: { 'content-type': JSON_TYPE, ...key }, body: () => text }
}

function optionsOf(given: {
  signal: AbortSignal | undefined
  timeoutMs: number | undefined
}): CallOptions {
  const { signal, timeoutMs } = given
  return { ...(signal ? { signal } : {}), ...(timeoutMs === undefined ? {} : { timeoutMs }) }
}

async function jsonIn<Result>(response: Response): Promise<Result> {
  try {
    return (await response.json()) as Result
  } catch (cause) {
    throw new UcxiError(
      'ERR_UCXI_RESPONSE',
      'Expected an answer in JSON: is this the URL of a node?',
      {
        cause,
      },
    )
  }
}

function receivedOf(response: Response): ReceivedVersion {
  const { headers } = response
  return Object.freeze({
    address: headers.get('ucxl-address') ?? '',
    time: headers.get('ucxl-recorded') ?? '',
    contentType: headers.get('content-type') ?? '',
    content: (headers.get('etag') ?? '').replaceAll(/"|-(?:br|gzip)"$/g, ''),
    body: response.body ?? new ReadableStream<Uint8Array>(),
    bytes: async () => new Uint8Array(await response.arrayBuffer()),
    text: async () => response.text(),
  })
}

function tagHeader(name: string, tag: string | undefined): Record<string, string> {
  if (tag === undefined) return {}
  return { [name]: tag === '*' || tag.includes('"') ? tag : `"${tag}"` }
}

function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
