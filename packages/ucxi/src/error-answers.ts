import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { challenge } from './authorize.ts'
import { preflight } from './cors.ts'
import { UcxiError, type UcxiErrorCode } from './errors.ts'
import type { Refusal, UcxiServerInit } from './init.ts'
import { methodsAt } from './methods.ts'
import { problemOf } from './problem.ts'
import { PROBLEM_TYPE } from './refuse.ts'
import type { Problem } from './schemas.ts'

/** Codes that pass by themselves: for those a client is told when to come back, in seconds. */
const PASSING = new Set([
  'ERR_STORE_BUSY',
  'ERR_UCXI_BUSY',
  'ERR_UCXI_IN_PROGRESS',
  'ERR_UCXI_TOO_MANY',
])
const RETRY_SECONDS = '1'
/** What was said of an answer that is not given now. */
const OF_CONTENT = [
  'accept-ranges',
  'content-encoding',
  'content-length',
  'etag',
  'repr-digest',
] as const
/** Faults of the node, which its operator has to hear of. */
const FAULTS = new Set([
  'ERR_UCXI_INTERNAL',
  'ERR_STORE_FILE',
  'ERR_STORE_DAMAGED',
  'ERR_STORE_BUSY',
])

/** Every error becomes a problem (RFC 9457), fastify's own ones too. */
export function answerErrors(
  app: FastifyInstance,
  { onError, onRefused }: Pick<UcxiServerInit, 'onError' | 'onRefused'>,
): void {
  app.setNotFoundHandler((request, reply) => {
    const path = request.url
    const allowed = methodsAt(path)
    if (request.method === 'OPTIONS' && (allowed || path === '*')) {
      preflight(request, reply, allowed ?? [])
      if (allowed) reply.header('allow', allowed.join(', '))
      return reply.code(204).send()
    }
    if (allowed) {
      reply.header('allow', allowed.join(', '))
      throw new UcxiError(
        'ERR_UCXI_METHOD',
        `Expected ${allowed.join(', ')} there, got ${request.method}`,
      )
    }
    // Without the query: a secret could stand in it.
    throw new UcxiError(
      'ERR_UCXI_NOT_FOUND',
      `There is no ${JSON.stringify(path.slice(0, 200))}: see /openapi.json for what there is`,
    )
  })
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(fromFastify(error))
    // Where the client went away in the middle, there is nothing to report and nobody to tell.
    if (FAULTS.has(problem.code) && !request.raw.destroyed) onError?.(error)
    if (problem.status === 401 || problem.status === 403) onRefused?.(refusalOf(request, problem))
    for (const name of OF_CONTENT) reply.removeHeader(name)
    reply.headers({ 'cache-control': 'no-cache', ...headersFor(problem.code, request) })
    return sendProblem(reply, error)
  })
}

/** Who was refused what. The query is left out: a secret could stand in it. */
function refusalOf(
  { raw, method, originalUrl }: FastifyRequest,
  { status, code }: Problem,
): Refusal {
  const [path = ''] = originalUrl.split('?', 1)
  return {
    remoteAddress: raw.socket.remoteAddress ?? '',
    method,
    path: path.slice(0, 2048),
    status,
    code,
  }
}

/** Answers with what is told of an error. */
export function sendProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const problem = problemOf(fromFastify(error))
  // As bytes: to a text a charset would be added, which this type has not.
  const bytes = Buffer.from(JSON.stringify(problem))
  return reply.code(problem.status).header('content-type', PROBLEM_TYPE).send(bytes)
}

function headersFor(code: string, { raw }: FastifyRequest): Record<string, string> {
  return {
    ...(PASSING.has(code) ? { 'retry-after': RETRY_SECONDS } : {}),
    ...(code === 'ERR_UCXI_UNAUTHORIZED' ? { 'www-authenticate': challenge(raw) } : {}),
    ...(code === 'ERR_UCXI_MEDIA_TYPE' ? { 'accept-encoding': 'identity' } : {}),
    // What is left of a body that nobody wants is not waited for.
    ...(raw.complete ? {} : { connection: 'close' }),
  }
}

/** Gives what the HTTP library refuses a code of our own. */
function fromFastify(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!code.startsWith('FST_') && !code.startsWith('HPE_')) return error
  return new UcxiError(CODES[code] ?? 'ERR_UCXI_REQUEST', (error as Error).message, {
    cause: error,
  })
}

const CODES: Readonly<Record<string, UcxiErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'ERR_UCXI_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'ERR_UCXI_MEDIA_TYPE',
}
