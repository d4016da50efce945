import type { FastifyInstance, FastifyRequest } from 'fastify'
import { SlurpError, type SlurpErrorCode } from './errors.ts'
import { OPERATIONS } from './operations.ts'
import { PROBLEM_TYPE, problemOf } from './problem.ts'

/** Codes that pass by themselves: when a client is to come back, in seconds. */
const RETRY_AFTER: Readonly<Record<string, string>> = {
  ERR_SLURP_AHEAD: '60',
  ERR_SLURP_BUSY: '1',
  ERR_SLURP_TOO_MANY: '1',
}
/** Faults of the service, which its operator has to hear of. */
const FAULTS = new Set(['ERR_SLURP_BUSY', 'ERR_SLURP_FILE', 'ERR_SLURP_FULL', 'ERR_SLURP_INTERNAL'])
const FROM_FASTIFY: Readonly<Record<string, SlurpErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'ERR_SLURP_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'ERR_SLURP_MEDIA_TYPE',
}

const PLACES = Object.values(OPERATIONS).map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+').replaceAll('.', '\\.')}$`),
}))

/** Every error becomes a problem (RFC 9457), fastify's own ones too. */
export function answerErrors(
  app: FastifyInstance,
  onError: ((error: unknown) => void) | undefined,
): void {
  app.setNotFoundHandler((request, reply) => {
    // Without the query: a secret could stand in it.
    const [path = ''] = request.url.split('?', 1)
    const allowed = PLACES.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)
    if (request.method === 'OPTIONS' && allowed.length > 0) {
      // The hook has said whether pages of this origin may ask at all.
      if (reply.getHeader('access-control-allow-origin') !== undefined) {
        reply
          .header('access-control-allow-methods', [...new Set(allowed)].join(', '))
          .header('access-control-allow-headers', 'authorization, content-type, last-event-id')
          .header('access-control-max-age', '600')
      }
      return reply.code(204).send()
    }
    if (allowed.length === 0) {
      throw new SlurpError(
        'ERR_SLURP_NOT_FOUND',
        `There is no ${JSON.stringify(path.slice(0, 200))}: see /openapi.json for what there is`,
      )
    }
    const methods = [...new Set(allowed)].join(', ')
    reply.header('allow', methods)
    throw new SlurpError('ERR_SLURP_METHOD', `Expected ${methods} there, got ${request.method}`)
  })
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(ownOf(error))
    // Where the client went away in the middle, there is nothing to report and nobody to tell.
    if (FAULTS.has(problem.code) && !request.raw.destroyed) onError?.(error)
    reply.headers(headersFor(problem.code, request))
    // As bytes: to a text a charset would be added, which this type has not.
    const bytes = Buffer.from(JSON.stringify(problem))
    return reply.code(problem.status).header('content-type', PROBLEM_TYPE).send(bytes)
  })
}

function headersFor(code: string, { raw }: FastifyRequest): Record<string, string> {
  const after = RETRY_AFTER[code]
  return {
    ...(after === undefined ? {} : { 'retry-after': after }),
    ...(code === 'ERR_SLURP_UNAUTHORIZED' ? { 'www-authenticate': 'Bearer realm="slurp"' } : {}),
    // What is left of a body that nobody wants is not waited for.
    ...(raw.complete ? {} : { connection: 'close' }),
  }
}

/** Gives what the HTTP library refuses a code of our own. */
function ownOf(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!code.startsWith('FST_')) return error
  return new SlurpError(FROM_FASTIFY[code] ?? 'ERR_SLURP_REQUEST', (error as Error).message, {
    cause: error,
  })
}
