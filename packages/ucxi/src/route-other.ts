import { parse } from '@bzzz/ucxl-address'
import { jsonOf } from './body.ts'
import type { Handler, ServerContext } from './context.ts'
import { openApiOf } from './openapi.ts'
import { OPERATIONS, type Input } from './operations.ts'
import { addressAt, bodyOf, checked, queryOf, timesOf } from './request.ts'
import { sendJson } from './send.ts'
import type { QueryOptions } from './ucxi.ts'
import { foundOf, viewOf } from './views.ts'

/** GET with the query in the URL, and QUERY (RFC 10008) with the same fields in JSON. */
export function queryRoute(context: ServerContext): Handler {
  return async (request, reply) => {
    const input =
      request.method === 'QUERY'
        ? checked(OPERATIONS.query.input, await jsonOf(request.raw, context.limits), 'body')
        : queryOf(request, 'query')
    const options = { ...optionsOf(input), signal: context.signalOf(request) }
    const page = await context.ucxiOf(request).query(options)
    const { after, capped } = page
    reply.header('cache-control', 'no-cache').header('accept-query', 'application/json')
    if (request.method === 'QUERY') reply.header('content-location', pathOf(input))
    return sendJson(request, reply, {
      versions: page.versions.map((version) => foundOf(version)),
      ...(after === undefined ? {} : { after, next: pathOf({ ...input, after }) }),
      ...(capped ? { capped } : {}),
    })
  }
}

export function resolveRoute(context: ServerContext): Handler {
  return async (request, reply) => {
    const { address = '', at, valid_at: validAt } = queryOf(request, 'resolve')
    const version = await context.ucxiOf(request).resolve(addressAt(parse(address), at), {
      ...timesOf({ validAt }),
      signal: context.signalOf(request),
    })
    const { source, fresh } = version
    reply.header('cache-control', 'no-cache')
    return sendJson(request, reply, { ...viewOf(version), source, fresh })
  }
}

export function announceRoute(context: ServerContext): Handler {
  return async (request, reply) => {
    const { address } = bodyOf('announce', await jsonOf(request.raw, context.limits))
    const options = { signal: context.signalOf(request) }
    const collection = await context.ucxiOf(request).announce(address, options)
    return reply.code(202).send({ collection })
  }
}

export function validateRoute(context: ServerContext): Handler {
  return async (request, reply) => {
    const { address, decision } = bodyOf('validate', await jsonOf(request.raw, context.limits))
    const subject = { ...(address === undefined ? {} : { address }), decision }
    return sendJson(request, reply, await context.ucxiOf(request).validate(subject))
  }
}

export function statsRoute(context: ServerContext): Handler {
  return async (request, reply) => {
    queryOf(request, 'stats')
    const stats = await context.ucxiOf(request).stats({ signal: context.signalOf(request) })
    return sendJson(request, reply.header('cache-control', 'no-store'), stats)
  }
}

export function healthRoute(): Handler {
  return async (request, reply) => {
    queryOf(request, 'health')
    return sendJson(request, reply.header('cache-control', 'no-store'), { status: 'ok' })
  }
}

export function openApiRoute(): Handler {
  let document: object | undefined
  return async (request, reply) => {
    document ??= openApiOf()
    return sendJson(request, reply.header('cache-control', 'no-cache'), document)
  }
}

type QueryInput = Input<'query'>

function optionsOf(input: Partial<QueryInput>): QueryOptions {
  const { tags, at, valid_at: validAt, since, before, ...rest } = input
  const given = Object.entries(rest).filter(([, value]) => value !== undefined)
  return {
    ...(Object.fromEntries(given) as Pick<QueryOptions, 'pattern' | 'text' | 'alive' | 'after'>),
    ...(tags ? { tags } : {}),
    ...timesOf({ at, validAt, since, before }),
  }
}

/** The same query as a path, for GET. */
function pathOf(input: Partial<QueryInput>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined) continue
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one))
  }
  const text = search.toString()
  return text === '' ? '/ucxi/query' : `/ucxi/query?${text}`
}
