import type { FastifyInstance } from 'fastify'
import type { Handler, ServerContext } from './context.ts'
import { eventsRoute } from './route-events.ts'
import {
  announceRoute,
  healthRoute,
  openApiRoute,
  queryRoute,
  resolveRoute,
  statsRoute,
  validateRoute,
} from './route-other.ts'
import { readRoute } from './route-read.ts'
import { timegateRoute, timemapRoute } from './route-time.ts'
import { deleteRoute, postRoute, putRoute, restoreRoute } from './route-write.ts'
import { ROUTES, type OperationName } from './routes.ts'

const READ = ['GET', 'HEAD']

/** One route for each operation, at the place that its definition names, and those of HTTP alone. */
export function addRoutes(app: FastifyInstance, context: ServerContext): void {
  const handlers: Readonly<Record<OperationName, Handler>> = {
    get: readRoute(context),
    put: putRoute(context),
    post: postRoute(context),
    delete: deleteRoute(context),
    timeline: timemapRoute(context),
    restore: restoreRoute(context),
    announce: announceRoute(context),
    query: queryRoute(context),
    subscribe: eventsRoute(context),
    resolve: resolveRoute(context),
    validate: validateRoute(context),
    stats: statsRoute(context),
    health: healthRoute(),
  }
  for (const [name, { method, path }] of Object.entries(ROUTES)) {
    const url = path.replace('/{address}', '')
    const handler = handlers[name as OperationName]
    app.route({ method: method === 'GET' ? READ : method, url, handler })
  }
  app.route({ method: 'QUERY', url: ROUTES.query.path, handler: handlers.query })
  app.route({ method: READ, url: '/timegate', handler: timegateRoute(context) })
  app.route({ method: READ, url: '/openapi.json', handler: openApiRoute() })
}
