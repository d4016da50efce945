import { toMadr } from '@bzzz/decision-schema/madr'
import { Readable } from 'node:stream'
import { addressOfKey } from './addresses.ts'
import type { Handlers, ServerContext } from './context.ts'
import { SlurpError } from './errors.ts'
import { graphOfRecords } from './format-graph.ts'
import { toEnvelope, toStatement } from './format-intoto.ts'
import { toProv } from './format-prov.ts'
import { recordOf, toJson, toNdjson } from './format-record.ts'
import { momentOf } from './query-text.ts'
import { filtersOf, given } from './request.ts'
import { sendDrawing } from './routes-graph.ts'
import type { StateQuery } from './slurp.ts'
import type { StoredDecision } from './storage.ts'
import { viewOf } from './views.ts'

const JSON_TYPE = 'application/json; charset=utf-8'
const LD_TYPE = 'application/ld+json; charset=utf-8'
const NDJSON_TYPE = 'application/x-ndjson; charset=utf-8'
const PAGE = 500
/** What is not written piece by piece stands in memory as a whole. */
const MOST = 10_000

export function exportRoutes(context: ServerContext): Handlers<'get' | 'export'> {
  const { slurp, signer } = context

  async function* states(query: StateQuery): AsyncGenerator<StoredDecision> {
    let after: string | undefined
    do {
      const page = await slurp.state({ ...query, limit: PAGE, ...given({ after }) })
      for (const { decision } of page.items) yield decision
      after = page.next
    } while (after !== undefined)
  }

  /** With all the versions that came before them, where that is asked for. */
  async function* lines(query: StateQuery, all: boolean): AsyncGenerator<string> {
    for await (const decision of states(query)) {
      yield toNdjson(recordOf(decision))
      if (!all) continue
      for await (const older of olderThan(decision)) yield toNdjson(recordOf(older))
    }
  }

  // By its address: its id may be claimed by another timeline too.
  async function* olderThan({ key, version }: StoredDecision): AsyncGenerator<StoredDecision> {
    const start = addressOfKey(key)
    let after: string | undefined
    do {
      const page = await slurp.versions(start, { limit: PAGE, ...given({ after }) })
      for (const one of page.items) if (one.version < version) yield one
      after = page.next
    } while (after !== undefined)
  }

  async function gather(query: StateQuery): Promise<StoredDecision[]> {
    const found: StoredDecision[] = []
    for await (const decision of states(query)) {
      found.push(decision)
      if (found.length > MOST) {
        throw new SlurpError(
          'ERR_SLURP_TOO_LARGE',
          `Expected at most ${MOST} decisions in this format: narrow it by project, type and the like, or take ndjson`,
        )
      }
    }
    return found
  }

  return {
    async get({ params, query, reply, signal }) {
      const stored = await slurp.get(params.start, { signal })
      const record = recordOf(stored)
      reply.header('etag', `"${stored.contentId}"`)
      switch (query.format ?? 'json') {
        case 'json':
          return viewOf(stored)
        case 'ndjson':
          return reply.type(NDJSON_TYPE).send(toNdjson(record))
        case 'madr':
          return reply.type('text/markdown; charset=utf-8').send(toMadr(record))
        case 'prov':
          return reply.type(LD_TYPE).send(JSON.stringify(toProv([record])))
        case 'intoto':
          return reply.type(JSON_TYPE).send(JSON.stringify(toStatement(record)))
        case 'dsse':
          if (!signer) {
            throw new SlurpError(
              'ERR_SLURP_REQUEST',
              'Expected a service that signs: this one was started without `signer`; format=intoto is the same unsigned',
            )
          }
          return reply.type(JSON_TYPE).send(JSON.stringify(toEnvelope(record, signer)))
      }
    },
    async export({ query, reply, signal }) {
      const { at, format = 'ndjson', versions = 'newest' } = query
      const state: StateQuery = {
        ...(at === undefined ? {} : { at: momentOf(at, 'at') }),
        filters: filtersOf(query),
        signal,
      }
      if (format === 'ndjson') {
        return reply.type(NDJSON_TYPE).send(Readable.from(lines(state, versions === 'all')))
      }
      if (versions === 'all') {
        throw new SlurpError('ERR_SLURP_REQUEST', 'Expected format=ndjson with versions=all')
      }
      const found = await gather(state)
      if (format === 'json') return reply.type(JSON_TYPE).send(toJson(found))
      const records = found.map(recordOf)
      if (format === 'prov') return reply.type(LD_TYPE).send(JSON.stringify(toProv(records)))
      return sendDrawing(reply, format, graphOfRecords(records))
    },
  }
}
