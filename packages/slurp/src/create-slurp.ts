import { keyOf, parse } from '@bzzz/ucxl-address'
import { findPath, whatWouldFall, why } from '@bzzz/decision-schema/chains'
import type { ChainOptions } from '@bzzz/decision-schema/chains'
import { addressOfVersion, concrete, getVersion, isDecisionId } from './addresses.ts'
import { clockOf } from './clock.ts'
import { createServiceCurator } from './curation.ts'
import { readKey, readMark, readNumber, writeCursor } from './cursor.ts'
import { SlurpError } from './errors.ts'
import { createFeed } from './feed.ts'
import { createIngest } from './ingest.ts'
import { bothFilters, parseQuery } from './query-text.ts'
import { createReader, withCited } from './reader.ts'
import { bodyOf } from './row-of.ts'
import { snippetOf } from './search-text.ts'
import type { FoundPage, PageQuery, SearchQuery, Slurp, SlurpInit, StateEntry } from './slurp.ts'
import type { HeldDelivery, Question, Standing, StoredDecision } from './storage.ts'
import type { Page } from './storage-queries.ts'
import { later } from './timer.ts'
import { createVerifier } from './verify-cache.ts'
import { decisionOf } from './views.ts'
import { watchOthers } from './watch-others.ts'
import { createWebhookDesk } from './webhook-desk.ts'
import { createWebhookRunner } from './webhook-runner.ts'
import { createSend } from './webhook-send.ts'

const MAX_LIMIT = 1000
const DEFAULT_LIMIT = 100
const SEARCH_LIMIT = 20
/** How many matches are ranked. */
const CAP = 10_000
// Edges that are looked at: each version of what takes a place has one.
const SUPERSEDERS = 1000

/** The service without HTTP. @see startSlurp */
export function createSlurp(init: SlurpInit): Slurp {
  const { storage, onError = () => undefined } = init
  const now = clockOf(init)
  const allowPrivate = init.allowPrivateWebhooks ?? false
  const verify = createVerifier()
  const reader = createReader(storage, init.reader)
  const curator = createServiceCurator(init.rules ?? [], reader, verify)
  const feed = createFeed(storage)
  const schedule = init.schedule ?? later
  const runner = createWebhookRunner({
    storage,
    now,
    onError,
    random: init.random ?? Math.random,
    send: init.send ?? createSend({ allowPrivate }),
    schedule,
  })
  const onNews = (): void => {
    feed.notify()
    runner.wake()
  }
  const desk = createWebhookDesk(storage, runner, { now, allowPrivate })
  const ingest = createIngest({
    storage,
    verify,
    now,
    writers: init.writers,
    judge: async ({ decision }) => curator.judge(decision),
    onAccepted: onNews,
  })
  const stopWatching = watchOthers({ storage, schedule, onNews })
  const settling = new Map<string, Promise<unknown>>()
  const chained = (options: ChainOptions): ChainOptions => ({ verify, ...options })
  runner.wake()

  async function findHeld(recordId: string): Promise<HeldDelivery> {
    const found = await storage.held(recordId)
    if (found?.state === 'held') return found
    throw new SlurpError(
      'ERR_SLURP_UNKNOWN',
      `Expected the record id of a delivery that is held, got ${JSON.stringify(recordId.slice(0, 100))}`,
    )
  }

  /** Settles what is held. Of two people who do at once, the second finds what the first has done. */
  async function settle<Result>(
    recordId: string,
    how: (held: HeldDelivery) => Promise<Result>,
  ): Promise<Result> {
    const before = settling.get(recordId)
    const turn = (async () => {
      await before?.catch(() => undefined)
      return how(await findHeld(recordId))
    })()
    settling.set(recordId, turn)
    try {
      return await turn
    } finally {
      if (settling.get(recordId) === turn) settling.delete(recordId)
    }
  }

  return {
    async ingest(delivery, options) {
      const [outcome] = await ingest.takeAll([delivery], options)
      if (outcome?.ingested) return outcome.ingested
      throw outcome?.error
    },
    ingestAll: async (deliveries, options) => ingest.takeAll(deliveries, options),
    explain: async (decision) => curator.explain(decision),

    get: async (start, options) => getVersion(storage, start, options),
    async versions(start, query = {}) {
      const { key } = await getVersion(storage, start, query)
      const limit = limitOf(query, DEFAULT_LIMIT)
      const before = query.after === undefined ? {} : { before: readNumber(query.after) }
      const items = await storage.versions(key, { ...before, limit: limit + 1, ...signalOf(query) })
      const last = items[limit - 1]
      const next = items.length > limit && last ? { next: writeCursor(last.version) } : {}
      return { items: items.slice(0, limit), ...next }
    },
    why: async (start, options = {}) => why(start, reader, chained(options)),
    async consequences(start, options = {}) {
      const isId = isDecisionId(start)
      const from = isId ? reader : withCited(reader, storage, concrete(start).toString())
      return whatWouldFall(start, from, chained(options))
    },
    async path(ends, options = {}) {
      const isId = isDecisionId(ends.to)
      const through = isId ? reader : withCited(reader, storage, concrete(ends.to).toString())
      return findPath(ends, through, chained(options))
    },
    search: async (query = {}) => searchPage(init, query),
    async state(query = {}) {
      const { at, filters = {}, after } = query
      const { items, next } = await storage.state({
        ...(at === undefined ? {} : { at }),
        filters: bothFilters({}, filters),
        ...(after === undefined ? {} : { after: readKey(after) }),
        limit: limitOf(query, DEFAULT_LIMIT),
        ...signalOf(query),
      })
      const entries: StateEntry[] = []
      for (const decision of items) {
        entries.push({ decision, supersededBy: await supersedersOf(init, decision, at ?? now()) })
      }
      return { items: entries, ...(next === undefined ? {} : { next: writeCursor(next) }) }
    },
    standing: async (question, query = {}) => standingPage(init, question, query),
    counts: async (options) => storage.counts(options),
    follow: (options) => feed.follow(options),

    held: async (query = {}) =>
      storage.heldPage({
        ...(query.after === undefined ? {} : { after: query.after }),
        limit: limitOf(query, DEFAULT_LIMIT),
        ...signalOf(query),
      }),
    accept: async (recordId) =>
      settle(recordId, async (held) => {
        const done = await ingest.release(held)
        await storage.settle(recordId, undefined)
        return done
      }),
    reject: async (recordId, reason) =>
      settle(recordId, async () => storage.settle(recordId, { reason })),

    webhooks: async () => desk.list(),
    addWebhook: async (draft) => desk.add(draft),
    removeWebhook: async (id) => desk.remove(id),
    enableWebhook: async (id) => desk.enable(id),
    attempts: async (id, query) => desk.attempts(id, query),
    idle: async () => runner.idle(),

    async close() {
      stopWatching()
      await runner.stop()
    },
  }
}

async function searchPage({ storage }: SlurpInit, query: SearchQuery): Promise<FoundPage> {
  const { text = '', filters: given = {}, after, facets = false } = query
  const { terms, filters } = parseQuery(text)
  const result = await storage.search({
    terms,
    filters: bothFilters(filters, given),
    ...(after === undefined ? {} : { after: readMark(after) }),
    limit: limitOf(query, SEARCH_LIMIT),
    cap: CAP,
    facets,
    ...signalOf(query),
  })
  const items = result.hits.map(({ decision, mark }) => {
    const node = decisionOf(decision)
    const passage = [node.title, node.summary, bodyOf(node)].filter(Boolean).join('\n')
    const { text: snippet, marks } = snippetOf(passage, terms)
    return { decision, snippet, marks, ...(terms.length > 0 ? { score: mark.rank } : {}) }
  })
  const last = result.hits.at(-1)
  return {
    items,
    capped: result.capped,
    ...(result.more && last ? { next: writeCursor(last.mark) } : {}),
    ...(result.facets ? { facets: result.facets } : {}),
  }
}

async function standingPage(
  { storage }: SlurpInit,
  question: Question,
  query: PageQuery,
): Promise<Page<Standing>> {
  const limit = limitOf(query, DEFAULT_LIMIT)
  const offset = query.after === undefined ? 0 : readNumber(query.after)
  const page = { offset, limit: limit + 1, ...signalOf(query) }
  const found = await storage.standing(question, page)
  const next = found.length > limit ? { next: writeCursor(offset + limit) } : {}
  return { items: found.slice(0, limit), ...next }
}

/**
 * What took the place of a decision by then: of each context the version of that moment, where that
 * one still says so, and is more than a wish.
 */
async function supersedersOf(
  { storage }: SlurpInit,
  { key }: StoredDecision,
  at: number,
): Promise<string[]> {
  const edges = await storage.incoming(key, { kind: 'supersedes', at, limit: SUPERSEDERS })
  const others = new Set(edges.map(({ source }) => source.key).filter((other) => other !== key))
  const found: string[] = []
  for (const other of others) {
    const current = await storage.asOf(other, at)
    if (!current) continue
    const { status, supersedes = [] } = decisionOf(current)
    const holds = status !== 'proposed' && status !== 'rejected'
    if (holds && supersedes.some((address) => keyOf(parse(address)) === key)) {
      found.push(addressOfVersion(other, current.version))
    }
  }
  return found
}

function limitOf({ limit }: { readonly limit?: number }, usual: number): number {
  const value = limit ?? usual
  if (Number.isInteger(value) && value >= 1 && value <= MAX_LIMIT) return value
  throw new SlurpError('ERR_SLURP_QUERY', `Expected a limit from 1 to ${MAX_LIMIT}, got ${value}`)
}

function signalOf({ signal }: { readonly signal?: AbortSignal }): { signal?: AbortSignal } {
  return signal ? { signal } : {}
}
