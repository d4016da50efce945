/**
 * Where a field of an operation's input goes in an HTTP request: into the path (in place of its name
 * in braces), the query, the JSON body, or a header. `content` is the body itself, as bytes.
 */
export type Place = 'path' | 'query' | 'body' | 'content' | `header ${string}`

/** How an operation is asked for over HTTP. */
export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  /** `/ucxl/{address}`: what stands in braces is a field, inserted as it is. */
  readonly path: string
  /** Changes nothing. */
  readonly safe: boolean
  /** Asked twice, it leaves the same state as asked once. */
  readonly idempotent: boolean
  readonly places: Readonly<Record<string, Place>>
}

const conditions = { if_match: 'header if-match', if_none_match: 'header if-none-match' } as const
const write = {
  content: 'content',
  content_type: 'header content-type',
  tags: 'query',
  valid_from: 'query',
  valid_to: 'query',
  encrypt_for: 'query',
  idempotency_key: 'header idempotency-key',
} as const
const page = { after: 'query', limit: 'query' } as const

/**
 * The HTTP half of the one definition of each operation, without its schemas: what clients need, in
 * browsers too.
 */
export const ROUTES = {
  get: route('GET', '/ucxl/{address}', { address: 'path', at: 'query', valid_at: 'query' }),
  put: route('PUT', '/ucxl/{address}', { address: 'path', ...write, ...conditions }),
  post: route('POST', '/ucxl/{address}', { address: 'path', ...write }),
  delete: route('DELETE', '/ucxl/{address}', {
    address: 'path',
    ...conditions,
    idempotency_key: 'header idempotency-key',
  }),
  timeline: route('GET', '/timemap/{address}', {
    address: 'path',
    at: 'query',
    from: 'query',
    limit: 'query',
  }),
  restore: route('POST', '/ucxi/restore', {
    address: 'body',
    idempotency_key: 'header idempotency-key',
  }),
  announce: route('POST', '/ucxi/announce', { address: 'body' }, { idempotent: true }),
  query: route('GET', '/ucxi/query', {
    pattern: 'query',
    text: 'query',
    tags: 'query',
    at: 'query',
    valid_at: 'query',
    since: 'query',
    before: 'query',
    alive: 'query',
    ...page,
  }),
  subscribe: route('GET', '/ucxi/events', {
    pattern: 'query',
    last_event_id: 'query',
  }),
  resolve: route('GET', '/ucxi/resolve', { address: 'query', at: 'query', valid_at: 'query' }),
  validate: route(
    'POST',
    '/ucxi/validate',
    { address: 'body', decision: 'body' },
    { safe: true, idempotent: true },
  ),
  stats: route('GET', '/ucxi/stats', {}),
  health: route('GET', '/ucxi/health', {}),
} as const

/** The name of an operation. */
export type OperationName = keyof typeof ROUTES

function route(
  method: Route['method'],
  path: string,
  places: Route['places'],
  hints: { readonly safe?: boolean; readonly idempotent?: boolean } = {},
): Route {
  const { safe = method === 'GET', idempotent = method !== 'POST' } = hints
  return Object.freeze({ method, path, safe, idempotent, places: Object.freeze(places) })
}
