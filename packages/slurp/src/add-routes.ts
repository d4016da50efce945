import type { FastifyInstance } from 'fastify'
import { assertAllowed, type Authorize } from './authorize.ts'
import type { Call, Handler, Handlers, ServerContext } from './context.ts'
import { createCounter } from './counter.ts'
import { openApiOf } from './openapi.ts'
import type { Operation } from './operation.ts'
import { OPERATIONS, type OperationName } from './operations.ts'
import { checked, parseJson } from './request.ts'
import { adminRoutes } from './routes-admin.ts'
import { eventsRoutes } from './routes-events.ts'
import { exportRoutes } from './routes-export.ts'
import { graphRoutes } from './routes-graph.ts'
import { ingestRoutes } from './routes-ingest.ts'
import { readRoutes } from './routes-read.ts'

/** Operations that read their bodies themselves. */
const OWN_BODY: ReadonlySet<string> = new Set(['deliver', 'explain'])

/** One route for each operation, at the place that its definition names. */
export function addRoutes(
  app: FastifyInstance,
  authorize: Authorize | undefined,
  context: ServerContext,
): void {
  let document: object | undefined
  const handlers: Handlers = {
    ...ingestRoutes(context),
    ...readRoutes(context),
    ...graphRoutes(context),
    ...exportRoutes(context),
    ...eventsRoutes(context),
    ...adminRoutes(context),
    openapi: async () => (document ??= openApiOf()),
  }
  const heavy = createCounter('chains and exports', context.limits.heavy)
  for (const name of Object.keys(OPERATIONS) as OperationName[]) {
    const operation: Operation = OPERATIONS[name]
    const { method, path: url, wants } = operation
    // Each handler takes what its own definition gives, which no type can say of all of them.
    const handler = handlers[name] as Handler<OperationName>
    app.route({
      method,
      url,
      onRequest: async ({ raw }) => {
        if (authorize && wants !== 'open') await assertAllowed(authorize, raw, wants)
      },
      handler: async (request, reply) => {
        const gone = new AbortController()
        reply.raw.once('close', () => gone.abort())
        const body = OWN_BODY.has(name) ? undefined : parseJson(request.body)
        const call = {
          params: checked(operation.params, request.params, 'path'),
          query: checked(operation.query, request.query, 'query'),
          body: OWN_BODY.has(name) ? undefined : checked(operation.body, body, 'body'),
          request,
          reply,
          signal: AbortSignal.any([gone.signal, context.closing]),
        }
        if (operation.heavy) reply.raw.once('close', heavy.enter())
        return handler(call as unknown as Call<OperationName>)
      },
    })
  }
}
