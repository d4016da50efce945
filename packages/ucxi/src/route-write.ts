import type { StoredVersion } from '@bzzz/context-store'
import { format, keyOf } from '@bzzz/ucxl-address'
import type { FastifyRequest } from 'fastify'
import { contentOf, ENTRY_TYPE, jsonOf } from './body.ts'
import { conditionsOf } from './conditions.ts'
import type { Handler, ServerContext } from './context.ts'
import { UcxiError } from './errors.ts'
import { once, type Asked } from './once.ts'
import { addressOf, bodyOf, checked, queryOf, timesOf } from './request.ts'
import { entryInput, type EntryInput } from './schemas.ts'
import type { PutInput } from './ucxi.ts'
import { contextPath, pathOf, viewOf } from './views.ts'

/** PUT on an address. */
export function putRoute(context: ServerContext): Handler {
  return async (request, reply) => {
    const address = addressOf(request)
    if (address.temporal.kind !== 'latest') {
      throw new UcxiError(
        'ERR_UCXI_REQUEST',
        'Only the newest version can be written: leave the temporal segment out, or give *^',
      )
    }
    const conditions = conditionsIn(request, context)
    const input = { ...(await inputOf(request, context, 'put')), ...conditions }
    const asked = askedOf(request, input)
    return once(context, { request, reply, asked }, async (content = input.content) => {
      const options = { signal: context.signalOf(request) }
      const version = await context.ucxiOf(request).put(address, { ...input, content }, options)
      return answerOf(version, { location: pathOf(version) })
    })
  }
}

/** POST on a folder. */
export function postRoute(context: ServerContext): Handler {
  return async (request, reply) => {
    const folder = addressOf(request)
    const input = await inputOf(request, context, 'post')
    const asked = askedOf(request, input)
    return once(context, { request, reply, asked }, async (content = input.content) => {
      const options = { signal: context.signalOf(request) }
      const version = await context.ucxiOf(request).post(folder, { ...input, content }, options)
      return answerOf(version, {
        location: `/ucxl/${contextPath(version.record.key)}`,
        'content-location': pathOf(version),
      })
    })
  }
}

export function deleteRoute(context: ServerContext): Handler {
  return async (request, reply) => {
    const address = addressOf(request)
    queryOf(request, 'delete')
    if (address.temporal.kind !== 'latest') {
      throw new UcxiError(
        'ERR_UCXI_REQUEST',
        'A version cannot be deleted, only its context: leave the temporal segment out',
      )
    }
    const conditions = conditionsIn(request, context)
    return once(context, { request, reply, asked: { what: () => keyOf(address) } }, async () => {
      const options = { ...conditions, signal: context.signalOf(request) }
      const version = await context.ucxiOf(request).delete(address, options)
      return { ...answerOf(version, { 'content-location': pathOf(version) }), status: 200 }
    })
  }
}

export function restoreRoute(context: ServerContext): Handler {
  return async (request, reply) => {
    const { address } = bodyOf('restore', await jsonOf(request.raw, context.limits))
    return once(context, { request, reply, asked: { what: () => address } }, async () => {
      const ucxi = context.ucxiOf(request)
      const version = await ucxi.restore(address, { signal: context.signalOf(request) })
      return answerOf(version, { location: pathOf(version) })
    })
  }
}

function answerOf(
  version: StoredVersion,
  headers: Readonly<Record<string, string>>,
): { status: number; headers: Record<string, string>; body: string } {
  const { content, version: number } = version.record
  return {
    status: number === 1 ? 201 : 200,
    headers: { ...headers, ...(content === null ? {} : { etag: `"${content}"` }) },
    body: JSON.stringify(viewOf(version)),
  }
}

/** What is to be written: bytes as they come, or an entry with what it says of itself. */
async function inputOf(
  request: FastifyRequest,
  { limits }: ServerContext,
  name: 'put' | 'post',
): Promise<PutInput> {
  const { tags, valid_from: validFrom, valid_to: validTo, ...query } = queryOf(request, name)
  const said = {
    ...(tags ? { tags } : {}),
    ...timesOf({ validFrom, validTo }),
    ...(query.encrypt_for === undefined ? {} : { encryptFor: query.encrypt_for }),
  }
  const contentType = request.headers['content-type']
  if (contentType?.split(';', 1)[0]?.trim().toLowerCase() === ENTRY_TYPE) {
    const entry = checked(entryInput, await jsonOf(request.raw, limits), 'body')
    return { ...said, ...entryIn(entry) }
  }
  const content = await contentOf(request.raw, limits)
  return { ...said, content, ...(contentType === undefined ? {} : { contentType }) }
}

function entryIn(entry: EntryInput): PutInput {
  const {
    body,
    encoding = 'utf-8',
    content_type: type,
    valid_from: validFrom,
    valid_to: validTo,
  } = entry
  const { tags, relationships, provenance } = entry
  return {
    content: encoding === 'base64' ? fromBase64(body) : Buffer.from(body),
    contentType: type ?? 'text/plain; charset=utf-8',
    ...timesOf({ validFrom, validTo }),
    ...(tags ? { tags } : {}),
    ...(relationships ? { relationships } : {}),
    ...(provenance ? { provenance } : {}),
  }
}

function fromBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64')
  // What is no base64 is skipped over by the decoder: only what comes out the same was some.
  if (bytes.toString('base64').replaceAll('=', '') === text.replaceAll('=', '')) return bytes
  throw new UcxiError('ERR_UCXI_REQUEST', "The body's body: expected base64, as its encoding says")
}

/** @throws `ERR_UCXI_CONDITION` where the server wants conditions and there are none. */
function conditionsIn(
  { headers }: FastifyRequest,
  { requireConditions }: ServerContext,
): ReturnType<typeof conditionsOf> {
  const conditions = conditionsOf(headers)
  if (!requireConditions || Object.keys(conditions).length > 0) return conditions
  throw new UcxiError(
    'ERR_UCXI_CONDITION',
    'Expected If-Match with the ETag that this builds on, or If-None-Match: * for a new context',
  )
}

function askedOf(request: FastifyRequest, { content, ...rest }: PutInput): Asked {
  return { what: () => `${format(addressOf(request))} ${JSON.stringify(rest)}`, content }
}
