import Negotiator from 'negotiator'
import type { TimelineIndex } from '@bzzz/temporal-nav'
import { keyOf } from '@bzzz/ucxl-address'
import type { FastifyRequest } from 'fastify'
import type { Handler, ServerContext } from './context.ts'
import { UcxiError } from './errors.ts'
import { fromHttpDate } from './http-date.ts'
import { linksOfMemento } from './memento.ts'
import { addressOf, queryOf, timeOf, timesOf } from './request.ts'
import { sendText, vary } from './send.ts'
import {
  LINK_FORMAT,
  LINKSET,
  toJson,
  toLinkFormat,
  toLinkset,
  type TimemapPage,
} from './timemap.ts'
import type { TimelinePage, Ucxi } from './ucxi.ts'
import { versionPath } from './views.ts'

/** The TimeGate of a context: leads to the version of a date. */
export function timegateRoute(context: ServerContext): Handler {
  return async (request, reply) => {
    const ucxi = context.ucxiOf(request)
    const base = context.baseOf(request)
    const { at } = queryOf(request, 'get')
    const address = newest(request)
    const key = keyOf(address)
    vary(reply, 'accept-datetime')
    const options = { signal: context.signalOf(request) }
    const entry = await ucxi.nearest(address, wantedTime(request, at), options)
    const around = await ucxi.around(key, entry.version, options)
    return reply
      .code(302)
      .headers({
        location: `${base}${versionPath(key, entry.version)}`,
        link: linksOfMemento(base, { key, entry, around }, { ofTimegate: true }),
        'cache-control': 'no-cache',
      })
      .send()
  }
}

/** The TimeMap of a context: its versions, in pages, in the form that is asked for. */
export function timemapRoute(context: ServerContext): Handler {
  return async (request, reply) => {
    const ucxi = context.ucxiOf(request)
    const { at, from, limit } = queryOf(request, 'timeline')
    const address = newest(request)
    const page = await ucxi.timeline(address, {
      ...timesOf({ at }),
      ...(from === undefined ? {} : { from }),
      ...(limit === undefined ? {} : { limit }),
      signal: context.signalOf(request),
    })
    const form = formOf(request)
    const next = await nextOf(ucxi, { request, key: keyOf(address), page, limit })
    const whole: TimemapPage = {
      base: context.baseOf(request),
      key: keyOf(address),
      page,
      self: pathIn(request, {}),
      ...(next ? { next } : {}),
    }
    vary(reply, 'accept')
    reply.header('cache-control', 'no-cache')
    if (next) reply.header('link', `<${whole.base}${next.path}>; rel="next"`)
    return sendText(request, reply, { contentType: form, text: FORMS[form](whole) })
  }
}

const JSON_TYPE = 'application/json'
const FORMS = {
  [LINK_FORMAT]: toLinkFormat,
  [JSON_TYPE]: (page: TimemapPage) => JSON.stringify(toJson(page)),
  [LINKSET]: (page: TimemapPage) => JSON.stringify(toLinkset(page)),
}

function formOf({ headers: { accept = '*/*' } }: FastifyRequest): keyof typeof FORMS {
  const [form] = new Negotiator({ headers: { accept: accept.slice(0, 1024) } }).mediaTypes(
    Object.keys(FORMS),
  )
  return (form ?? LINK_FORMAT) as keyof typeof FORMS
}

async function nextOf(
  ucxi: Ucxi,
  {
    request,
    key,
    page,
    limit,
  }: {
    readonly request: FastifyRequest
    readonly key: string
    readonly page: TimelinePage
    readonly limit: number | undefined
  },
): Promise<TimemapPage['next']> {
  const end = page.versions.at(-1)
  if (!page.more || !end) return undefined
  const from = end.record.version + 1
  const to = Math.min(page.last.version, end.record.version + (limit ?? page.versions.length))
  const first = (await ucxi.around(key, end.record.version)).next
  const last = to === from ? first : await entryAt(ucxi, key, { to, page })
  if (!first || !last) return undefined
  return { path: pathIn(request, { from: String(from) }), first, last }
}

/** Path and query of the request, as they stand safely in a link. */
function pathIn(request: FastifyRequest, changed: Readonly<Record<string, string>>): string {
  const url = new URL(request.originalUrl, 'http://localhost')
  for (const [name, value] of Object.entries(changed)) url.searchParams.set(name, value)
  return `${url.pathname}${url.search}`
}

async function entryAt(
  ucxi: Ucxi,
  key: string,
  { to, page }: { readonly to: number; readonly page: TimelinePage },
): ReturnType<TimelineIndex['at']> {
  return to === page.last.version ? page.last : (await ucxi.around(key, to - 1)).next
}

/** @throws `ERR_UCXI_REQUEST` for the address of one version: a timeline is of a context. */
function newest(request: FastifyRequest): ReturnType<typeof addressOf> {
  const address = addressOf(request)
  if (address.temporal.kind === 'latest') return address
  throw new UcxiError(
    'ERR_UCXI_REQUEST',
    'Expected a context, without a version or moment in its address',
  )
}

function wantedTime({ headers }: FastifyRequest, at: string | undefined): number {
  if (at !== undefined) return timeOf(at)
  const wanted = headers['accept-datetime']
  return wanted === undefined ? END_OF_TIME : fromHttpDate(String(wanted))
}

/** The last second that an instant can write: whoever names no date means the newest version. */
const END_OF_TIME = 253_402_300_799_000
