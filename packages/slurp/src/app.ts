import compress from '@fastify/compress'
import type { Identity } from '@bzzz/identity'
import { fastify, type FastifyInstance } from 'fastify'
import { addRoutes } from './add-routes.ts'
import type { Authorize } from './authorize.ts'
import { clockOf } from './clock.ts'
import { createCounter } from './counter.ts'
import { answerErrors } from './error-answers.ts'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'
import { assertNamed } from './origin.ts'
import { refuse } from './refuse.ts'
import type { Slurp } from './slurp.ts'

/** What a server is made of, besides the service that it serves. */
export interface ServerInit {
  /** Port to listen on; 0, any free one, if left out. */
  readonly port?: number
  /** `127.0.0.1` if left out. One that is no loopback address needs `authorize`. */
  readonly host?: string
  /**
   * Says what a request may do. Without it everybody who reaches the port may do everything, and the
   * port is reached from this machine alone.
   */
  readonly authorize?: Authorize
  /** Hosts, beside those of loopback, under whose names it may be asked: `slurp.example:8090`. */
  readonly allowHosts?: readonly string[]
  /** Origins whose pages may ask, beside its own: `https://portal.example`. */
  readonly allowOrigins?: readonly string[]
  /** Signs what is exported as `dsse`. */
  readonly signer?: Identity
  readonly limits?: Partial<Limits>
  /** Milliseconds since 1970, of which fractions do not count; the system's clock if left out. */
  readonly now?: () => number
  /** Told of each error that is a fault of the service: for a log. Clients learn nothing of it. */
  readonly onError?: (error: unknown) => void
}

const MAX_PARAMETER = 8192
const COMPRESS_FROM = 1024

/** The server without its port, for tests that need none. */
export async function createApp(slurp: Slurp, init: ServerInit): Promise<FastifyInstance> {
  const limits = Object.freeze({ ...DEFAULT_LIMITS, ...init.limits })
  const app = fastify({
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    clientErrorHandler: refuse,
    // An address in a path is longer than names are.
    routerOptions: { maxParamLength: MAX_PARAMETER },
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      // A request without one is answered like one with a wrong one.
      requireHostHeader: false,
    },
  })
  app.server.maxConnections = limits.connections
  // A body is read by its route: JSON as bytes within its bound, lines as they come.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  )
  app.addContentTypeParser('application/x-ndjson', (_request, stream, done) => done(null, stream))
  await app.register(compress, {
    globalDecompression: false,
    threshold: COMPRESS_FROM,
    encodings: ['gzip'],
  })

  const closing = new AbortController()
  const requests = createCounter('requests', limits.requests)
  const names = { hosts: init.allowHosts ?? [], origins: init.allowOrigins ?? [] }
  answerErrors(app, init.onError)
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-cache')
    assertNamed(request.raw, names)
    const { origin } = request.headers
    if (origin !== undefined && names.origins.includes(origin)) {
      reply.header('access-control-allow-origin', origin).header('vary', 'origin')
    }
    // Event streams are counted by themselves.
    if (request.routeOptions.url !== '/events') reply.raw.once('close', requests.enter())
    done()
  })
  app.addHook('preClose', (done) => {
    closing.abort()
    done()
  })
  addRoutes(app, init.authorize, {
    slurp,
    limits,
    now: clockOf(init),
    signer: init.signer,
    subscribers: createCounter('event streams', limits.subscribers),
    closing: closing.signal,
  })
  return app
}
