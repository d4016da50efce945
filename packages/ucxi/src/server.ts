import { isIP } from 'node:net'
import type { AddressInfo } from 'node:net'
import { fromInstant } from '@bzzz/temporal-nav'
import { parse } from '@bzzz/ucxl-address'
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { z } from 'zod'
import { UcxiError } from './errors.ts'
import { problemOf } from './problem.ts'
import type { Page, PutInput, Ucxi } from './ucxi.ts'
import { pathOf, viewOf } from './views.ts'

export interface UcxiServerInit {
  readonly ucxi: Ucxi
  /** Port to listen on; 0, any free one, if left out. */
  readonly port?: number
  /** A loopback address; `127.0.0.1` if left out. Others need access rules, which are not there yet. */
  readonly host?: string
  /** Largest body, in bytes; 16 MiB if left out. */
  readonly maxBodyBytes?: number
  /** Told of each error that has no code of its own: for a log. Clients learn nothing of it. */
  readonly onError?: (error: unknown) => void
}

export interface UcxiServer {
  /** `http://127.0.0.1:8080` */
  readonly url: string
  /** Takes no more requests, and resolves when those under way are answered. */
  close(): Promise<void>
}

const MAX_BODY_BYTES = 16 * 1024 * 1024
const ENTRY_TYPE = 'application/vnd.ucxl.entry+json'
/** What each route answers to. */
const METHODS: Readonly<Record<string, string>> = {
  '/ucxl': 'GET, HEAD, PUT',
  '/timemap': 'GET, HEAD',
  '/ucxi/query': 'GET, HEAD',
}
const PROBLEM_TYPE = 'application/problem+json'

/**
 * Serves the operations over HTTP.
 *
 * @throws `ERR_UCXI_PORT` where the port is in use, `ERR_UCXI_BIND` for an address that is no loopback.
 */
export async function startUcxiServer(init: UcxiServerInit): Promise<UcxiServer> {
  const host = init.host ?? '127.0.0.1'
  if (!isLoopback(host)) {
    throw new UcxiError(
      'ERR_UCXI_BIND',
      `Expected a loopback address such as 127.0.0.1, got ${host}: without access rules nobody else may connect`,
    )
  }
  const app = createApp(init)
  try {
    await app.listen({ port: init.port ?? 0, host })
  } catch (cause) {
    await app.close()
    throw new UcxiError(
      'ERR_UCXI_PORT',
      `Cannot listen on ${host}:${init.port ?? 0}: the port is in use. Choose another; 0 takes any that is free`,
      { cause },
    )
  }
  const { port } = app.server.address() as AddressInfo
  return {
    url: `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`,
    close: async () => app.close(),
  }
}

/** The routes alone, for tests that need no port. */
export function createApp({ ucxi, maxBodyBytes, onError }: UcxiServerInit): FastifyInstance {
  const app = fastify({
    bodyLimit: maxBodyBytes ?? MAX_BODY_BYTES,
    requestTimeout: 60_000,
    connectionTimeout: 60_000,
    forceCloseConnections: 'idle',
    // An address is read by its own parser, and nothing is decoded before that.
    rewriteUrl: ({ url = '' }) => /^\/(ucxl|timemap)(?=\/)/.exec(url)?.[0] ?? url,
  })
  // Bodies are bytes, whatever they say they are.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.addHook('onRequest', async (request) => assertLocal(request))
  app.setNotFoundHandler((request, reply) => {
    const allowed = METHODS[request.url.split('?', 1)[0] ?? '']
    if (allowed) {
      reply.header('allow', allowed)
      throw new UcxiError('ERR_UCXI_METHOD', `Expected ${allowed} there, got ${request.method}`)
    }
    throw new UcxiError(
      'ERR_UCXI_NOT_FOUND',
      `There is no ${request.method} ${request.originalUrl.slice(0, 200)}: see /ucxl/, /timemap/ and /ucxi/query`,
    )
  })
  app.setErrorHandler(async (error, _request, reply) => {
    const known = fromFastify(error)
    const problem = problemOf(known)
    if (problem.status === 500 || problem.code === 'ERR_STORE_FILE') onError?.(error)
    return reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem))
  })

  app.get('/ucxl', async (request, reply) => read(ucxi, request, reply))
  app.put('/ucxl', async (request, reply) => write(ucxi, request, reply))
  app.get('/timemap', async (request, reply) => {
    const { from, limit } = queryOf(request, timelineQuery)
    const page = await ucxi.timeline(addressOf(request, '/timemap/'), {
      ...(from === undefined ? {} : { from }),
      ...(limit === undefined ? {} : { limit }),
      signal: signalOf(reply),
    })
    const next = { from: String((page.versions.at(-1)?.record.version ?? 0) + 1) }
    return reply.send(pageOf(page, request, next))
  })
  app.get('/ucxi/query', async (request, reply) => {
    const { pattern, at, after, limit } = queryOf(request, listQuery)
    const page = await ucxi.list(pattern, {
      ...(at === undefined ? {} : { at: fromInstant(at) }),
      ...(after === undefined ? {} : { after }),
      ...(limit === undefined ? {} : { limit }),
      signal: signalOf(reply),
    })
    return reply.send(pageOf(page, request, { after: page.versions.at(-1)?.record.key ?? '' }))
  })
  return app
}

const count = z.coerce.number().int().min(1)
// What is not understood is refused: ignored, it would look as if it had been heeded.
const noQuery = z.strictObject({})
const timelineQuery = z.strictObject({ from: count.optional(), limit: count.optional() })
const listQuery = z.strictObject({
  pattern: z.string().max(2048),
  at: z.string().max(32).optional(),
  after: z.string().max(2048).optional(),
  limit: count.optional(),
})

async function read(
  ucxi: Ucxi,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const address = parse(addressOf(request, '/ucxl/'))
  queryOf(request, noQuery)
  const version = await ucxi.get(address, { signal: signalOf(reply) })
  const { record } = version
  const pinned = address.temporal.kind === 'version'
  const entry = request.headers.accept?.includes(ENTRY_TYPE) ?? false
  const etag = `"${record.content ?? ''}"`
  reply.headers({
    etag,
    vary: 'accept',
    'cache-control': pinned ? 'public, max-age=31536000, immutable' : 'no-cache',
    'memento-datetime': new Date(record.time).toUTCString(),
    'content-location': pathOf(version),
    // What another party wrote is never run as a page of this node.
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
  })
  if (!version.fresh) reply.header('warning', '110 - "The mesh could not be asked"')
  if (request.headers['if-none-match']?.includes(etag) && !entry) return reply.code(304).send()
  if (!entry)
    return reply
      .type(record.content_type ?? 'application/octet-stream')
      .send(Buffer.from(version.content))
  const text = isText(record.content_type)
  return reply.type(ENTRY_TYPE).send(
    JSON.stringify({
      ...viewOf(version),
      encoding: text ? 'utf-8' : 'base64',
      body: Buffer.from(version.content).toString(text ? 'utf8' : 'base64'),
    }),
  )
}

async function write(
  ucxi: Ucxi,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const address = addressOf(request, '/ucxl/')
  queryOf(request, noQuery)
  const { temporal } = parse(address)
  if (temporal.kind !== 'latest') {
    throw new UcxiError(
      'ERR_UCXI_REQUEST',
      'Only the newest version can be written: leave the temporal segment out, or give *^',
    )
  }
  const version = await ucxi.put(address, inputOf(request), { signal: signalOf(reply) })
  return reply
    .code(version.record.version === 1 ? 201 : 200)
    .headers({ etag: `"${version.record.content ?? ''}"`, location: pathOf(version) })
    .send(viewOf(version))
}

function inputOf(request: FastifyRequest): PutInput {
  const {
    'if-match': ifMatch,
    'if-none-match': ifNone,
    'content-type': contentType,
  } = request.headers
  return {
    content: request.body instanceof Uint8Array ? request.body : new Uint8Array(0),
    ...(contentType === undefined ? {} : { contentType }),
    ...(ifMatch === undefined
      ? {}
      : { ifMatch: ifMatch.split(',').map((tag) => tag.trim().replaceAll('"', '')) }),
    ...(ifNone?.trim() === '*' ? { ifNone: true } : {}),
  }
}

/** Aborted when the client is gone before it was answered. Fastify's own one ends with the body. */
function signalOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController()
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort()
  })
  return gone.signal
}

/** An address is its own URL: what stands behind the prefix, up to the query. */
function addressOf(request: FastifyRequest, prefix: string): string {
  const [path = ''] = request.originalUrl.split('?', 1)
  return `ucxl://${path.slice(prefix.length)}`
}

function queryOf<Query>(request: FastifyRequest, schema: z.ZodType<Query>): Query {
  const query = Object.fromEntries(new URLSearchParams(request.originalUrl.split('?', 2)[1] ?? ''))
  const parsed = schema.safeParse(query)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new UcxiError(
    'ERR_UCXI_REQUEST',
    `The query's ${issue?.path.join('.') || 'names'}: ${issue?.message ?? ''}`,
  )
}

function pageOf(
  { versions, more }: Page,
  request: FastifyRequest,
  next: Record<string, string>,
): object {
  const url = new URL(request.originalUrl, 'http://localhost')
  for (const [name, value] of Object.entries(next)) url.searchParams.set(name, value)
  return {
    versions: versions.map((version) => viewOf(version)),
    ...(more ? { next: `${url.pathname}${url.search}` } : {}),
  }
}

/** A page of the open web must not reach this node by a name that leads to loopback (DNS rebinding). */
function assertLocal(request: FastifyRequest): void {
  const { origin } = request.headers
  const originHost =
    origin === undefined ? undefined : URL.canParse(origin) ? new URL(origin).host : ''
  if (isLoopback(request.hostname) && (originHost === undefined || originHost === request.host))
    return
  throw new UcxiError(
    'ERR_UCXI_HOST',
    'Expected a request to localhost or 127.0.0.1, from no other origin',
  )
}

function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(host)
}

function isText(contentType: string | null): boolean {
  return /^text\/|[/+](?:json|xml)\b/.test(contentType ?? '')
}

/** Gives what the HTTP library refuses a code of our own. */
function fromFastify(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!code.startsWith('FST_') && !code.startsWith('HPE_')) return error
  const known =
    code === 'FST_ERR_CTP_BODY_TOO_LARGE' ? 'ERR_STORE_CONTENT_TOO_LARGE' : 'ERR_UCXI_REQUEST'
  return Object.assign(new Error((error as Error).message, { cause: error }), { code: known })
}
