import { fastify, type FastifyInstance } from 'fastify'
import { createContext } from './create-context.ts'
import { answerErrors, sendProblem } from './error-answers.ts'
import type { UcxiServerInit } from './init.ts'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'
import { fromParser, refuse } from './refuse.ts'
import { addRoutes } from './add-routes.ts'
import { serveSockets } from './upgrade.ts'

/** The server without its port, for tests that need none. */
export function createApp(init: UcxiServerInit): FastifyInstance {
  const limits = limitsOf(init)
  const app = fastify({
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    // An address is read by its own parser, and nothing is decoded before that.
    rewriteUrl: ({ url = '' }) =>
      url.startsWith('/ucxl/') ? '/ucxl' : (PATH.exec(url)?.[1] ?? url),
    routerOptions: { ignoreDuplicateSlashes: false },
    frameworkErrors: (error, _request, reply) => void sendProblem(reply, error),
    clientErrorHandler: (error, socket) => {
      const known = fromParser(error)
      if (known) refuse(socket, known)
      else socket.destroy()
    },
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      connectionsCheckingInterval: Math.min(1000, limits.headersMs, limits.requestMs),
      // A request without one is answered like one with a wrong one.
      requireHostHeader: false,
    },
  })
  app.server.maxConnections = limits.connections
  // Node answers what it does not know to expect by itself, without a problem: here it is passed over.
  app.server.on('checkExpectation', (request, response) => {
    app.server.emit('request', request, response)
  })
  app.addHttpMethod('QUERY', { hasBody: true, overrideExisting: true })
  // Bodies are bytes, whatever they say they are, and each route reads its own.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, body, done) => done(null, body))
  const context = createContext(init, { app, limits })
  answerErrors(app, init)
  addRoutes(app, context)
  serveSockets(app, context)
  return app
}

/** Of an address, and of a path with its query, what the router needs; the host of a whole URL is cut off. */
const PATH = /^(?:https?:\/\/[^/?]*)?(\/(?:ucxl|timemap|timegate)(?=\/)|\/[^?]*)/i

function limitsOf({ limits = {}, maxBodyBytes }: UcxiServerInit): Limits {
  const given = { ...DEFAULT_LIMITS, ...limits }
  // The headers are a part of the request: Node takes the longer of the two for both.
  const all = { ...given, headersMs: Math.min(given.headersMs, given.requestMs) }
  return Object.freeze(maxBodyBytes === undefined ? all : { ...all, bodyBytes: maxBodyBytes })
}
