import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { grantOf, type Grant } from './authorize.ts'
import { watchConnections } from './connections.ts'
import type { ServerContext } from './context.ts'
import { allowOrigin } from './cors.ts'
import { Counter } from './counter.ts'
import { IdempotencyKeys } from './idempotency.ts'
import type { UcxiServerInit } from './init.ts'
import type { Limits } from './limits.ts'
import { assertNamed } from './origin.ts'
import type { Ucxi } from './ucxi.ts'

/** What is known of a request while it is under way. On the request itself: that is quickest. */
interface Call {
  grant?: Grant
  /** Whom it is counted for, once it is. */
  client?: string
  gone?: AbortController
}
const CALL = Symbol('call')

function callOf(raw: IncomingMessage & { [CALL]?: Call }): Call {
  return (raw[CALL] ??= {})
}

/** Lets requests in, by name, token and number, and keeps what their routes need. */
export function createContext(
  init: UcxiServerInit,
  { app, limits }: { readonly app: FastifyInstance; readonly limits: Limits },
): ServerContext {
  const closing = new AbortController()
  const connections = watchConnections(app.server, {
    closing: closing.signal,
    stallMs: limits.stallMs,
  })
  const names = { hosts: init.allowHosts ?? [], origins: init.allowOrigins ?? [] }
  const requests = new Counter('requests', limits.requests, limits.requestsPerClient)
  const subscribers = new Counter('event streams', limits.subscribers, limits.subscribersPerClient)
  const restricted = new WeakMap<Grant, Ucxi>()
  const { authorize, ucxi } = init

  const context: ServerContext = {
    limits,
    names,
    requireConditions: init.requireConditions ?? false,
    idempotency: new IdempotencyKeys(limits, init.now ?? Date.now),
    closing: closing.signal,
    grantOf: ({ raw }) => callOf(raw).grant,
    ucxiOf: ({ raw }) => {
      const { grant } = callOf(raw)
      if (!grant) return ucxi
      const known = restricted.get(grant) ?? ucxi.restrictedTo(grant)
      restricted.set(grant, known)
      return known
    },
    clientOf: ({ raw }) => callOf(raw).grant?.principal ?? raw.socket.remoteAddress ?? '',
    baseOf: ({ raw }) => init.publicUrl ?? `http://${raw.headers.host ?? 'localhost'}`,
    signalOf: ({ raw }) => (callOf(raw).gone ??= new AbortController()).signal,
    authorize: async (raw) => {
      if (authorize) callOf(raw).grant = await grantOf(authorize, raw)
    },
    admitSubscriber: (client) => {
      subscribers.enter(client)
      return () => subscribers.leave(client)
    },
  }

  const admit = (request: FastifyRequest): void => {
    // Event streams are counted by themselves.
    if (request.url === '/ucxi/events') return
    const client = context.clientOf(request)
    requests.enter(client)
    callOf(request.raw).client = client
  }
  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = request
    connections.begin(raw, reply.raw, () => {
      const { client, gone } = callOf(raw)
      if (client !== undefined) requests.leave(client)
      // Once all is sent, nothing waits for it any more.
      if (!reply.raw.writableFinished) gone?.abort()
    })
    assertNamed(raw, names)
    reply.header('x-content-type-options', 'nosniff')
    allowOrigin(request, reply, names.origins)
    if (!authorize) admit(request)
    done()
  })
  if (authorize) {
    app.addHook('onRequest', async (request) => {
      if (!isOpen(request)) await context.authorize(request.raw)
      admit(request)
    })
  }
  app.addHook('preClose', (done) => {
    closing.abort()
    done()
  })
  return context
}

/** What anybody may ask: whether the node is there, how it is asked, and what a browser asks first. */
function isOpen({ method, url }: FastifyRequest): boolean {
  return method === 'OPTIONS' || url === '/ucxi/health' || url === '/openapi.json'
}
