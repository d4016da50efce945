import { SlurpError } from './errors.ts'
import { byCodeUnits, passes, searchHeads, type KeptDecision } from './memory-search.ts'
import { standingOf } from './memory-standing.ts'
import { MemoryTimelines } from './memory-timelines.ts'
import type {
  DecisionStorage,
  HeldDelivery,
  IncomingEdge,
  IncomingRequest,
  StorageCounts,
  StoredDecision,
} from './storage.ts'
import { KEPT_ATTEMPTS, type WebhookAttempt, type WebhookState } from './storage-webhooks.ts'

/** Decisions that are kept as long as the process lives: for tests, and to try things out. */
export function createMemoryStorage(): DecisionStorage {
  const timelines = new MemoryTimelines()
  const waiting = new Map<string, HeldDelivery>()
  const hooks = new Map<string, WebhookState>()
  const logs = new Map<string, WebhookAttempt[]>()
  let closed = false

  function open(options?: { readonly signal?: AbortSignal }): void {
    options?.signal?.throwIfAborted()
    if (closed) throw new SlurpError('ERR_SLURP_CLOSED', 'The storage is closed')
  }

  return {
    async add(versions, options = {}) {
      open(options)
      return versions.map((next) => timelines.add(next, options.anyWriter ?? false))
    },
    async version(key, version, options) {
      open(options)
      if (version === undefined) return shown(timelines.heads.get(key))
      return shown(timelines.byKey.get(key)?.find((row) => row.version === version))
    },
    async asOf(key, time, options) {
      open(options)
      return shown(timelines.asOf(key, time))
    },
    async versions(key, { before = Infinity, limit, signal }) {
      open(signal && { signal })
      const line = timelines.byKey.get(key) ?? []
      const below = line.filter(({ version }) => version < before).toReversed()
      return below.slice(0, limit).map(storedOf)
    },
    async byDecisionId(id, options) {
      open(options)
      const rows = timelines.byDecision.get(id.toLowerCase()) ?? []
      const own = rows.filter(({ key }) => key === rows[0]?.key)
      return shown(own.toSorted((a, b) => b.version - a.version)[0])
    },
    async byContentId(id, options) {
      open(options)
      return shown(timelines.byContent.get(id))
    },
    async byRecordId(id, options) {
      open(options)
      return shown(timelines.byRecord.get(id))
    },
    async incoming(key, request) {
      open(request)
      return incomingOf(timelines, key, request)
    },
    async changes({ after, limit, signal }) {
      open(signal && { signal })
      const news = timelines.log
        .slice(Math.max(0, after))
        .filter((row) => !timelines.repeated.has(row))
      return news.slice(0, limit).map(storedOf)
    },
    async state({ at, filters = {}, after = '', limit, signal }) {
      open(signal && { signal })
      const keys = [...timelines.byKey.keys()].filter((key) => key > after).toSorted(byCodeUnits)
      const rows = keys
        .flatMap(
          (key) => (at === undefined ? timelines.heads.get(key) : timelines.asOf(key, at)) ?? [],
        )
        .filter((row) => passes(row, filters))
      const items = rows.slice(0, limit).map(storedOf)
      const last = items.at(-1)
      return { items, ...(rows.length > limit && last ? { next: last.key } : {}) }
    },
    async search(request) {
      open(request)
      // In the order in which their contexts came, as their first versions tell.
      const { hits, ...rest } = searchHeads([...timelines.heads.values()], request)
      return {
        ...rest,
        hits: hits.map(({ rank, row }) => ({
          decision: storedOf(row),
          mark: { rank, key: row.key },
        })),
      }
    },
    async standing(question, { offset, limit, signal }) {
      open(signal && { signal })
      const all = standingOf(question, timelines.heads).slice(offset, offset + limit)
      return all.map(({ key, count }) => {
        const newest = shown(timelines.heads.get(key))
        return { key, count, ...(newest ? { newest } : {}) }
      })
    },
    async counts(options): Promise<StorageCounts> {
      open(options)
      return {
        decisions: timelines.heads.size,
        versions: timelines.log.length,
        edges: timelines.log.reduce((sum, { edges }) => sum + edges.length, 0),
        held: [...waiting.values()].filter(({ state }) => state === 'held').length,
        position: timelines.log.length,
      }
    },

    async hold(held) {
      open()
      if (!waiting.has(held.recordId)) waiting.set(held.recordId, Object.freeze({ ...held }))
    },
    async held(id, options) {
      open(options)
      return waiting.get(id)
    },
    async heldPage({ after, limit, signal }) {
      open(signal && { signal })
      const all = [...waiting.values()]
      const place = all.findIndex(({ recordId }) => recordId === after)
      return all
        .slice(place + 1)
        .filter(({ state }) => state === 'held')
        .slice(0, limit)
    },
    async settle(id, rejected) {
      open()
      const held = waiting.get(id)
      if (rejected === undefined) waiting.delete(id)
      else if (held) waiting.set(id, { ...held, state: 'rejected', reason: rejected.reason })
    },

    async webhooks(options) {
      open(options)
      return [...hooks.values()].toSorted(
        (a, b) => a.created - b.created || byCodeUnits(a.id, b.id),
      )
    },
    async putWebhook(webhook) {
      open()
      hooks.set(webhook.id, Object.freeze({ ...webhook }))
    },
    async removeWebhook(id) {
      open()
      logs.delete(id)
      return hooks.delete(id)
    },
    async moveWebhook(id, progress, attempts = []) {
      open()
      const hook = hooks.get(id)
      if (!hook) return
      const { disabled: _, ...before } = hook
      hooks.set(id, Object.freeze({ ...before, ...progress }))
      logs.set(id, [...(logs.get(id) ?? []), ...attempts].slice(-KEPT_ATTEMPTS))
    },
    async attempts(id, { limit, signal }) {
      open(signal && { signal })
      return (logs.get(id) ?? []).toReversed().slice(0, limit)
    },

    async close() {
      closed = true
    },
  }
}

function incomingOf(
  timelines: MemoryTimelines,
  key: string,
  { kind, version, at, limit = Infinity }: IncomingRequest,
): IncomingEdge[] {
  const sources = [...(timelines.sources.get(key) ?? [])].filter(
    (row) => at === undefined || timelines.asOf(row.key, at) === row,
  )
  const edges = sources.flatMap((row) =>
    row.edges
      .filter(
        (edge) =>
          edge.kind === kind &&
          edge.key === key &&
          (version === undefined || edge.version === undefined || edge.version === version),
      )
      .map((edge) => ({
        edge,
        source: { key: row.key, version: row.version, time: row.time },
      })),
  )
  return edges.slice(0, limit)
}

function shown(row: KeptDecision | undefined): StoredDecision | undefined {
  return row && storedOf(row)
}

/** What is kept of it, without what it is found by. */
function storedOf(row: KeptDecision): StoredDecision {
  const { sequence, key, version, time, decisionId, contentId, recordId, node, record } = row
  const kept = { sequence, key, version, time, decisionId, contentId, recordId, node, record }
  return Object.freeze(kept)
}
