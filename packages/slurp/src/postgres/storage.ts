import { randomUUID } from 'node:crypto'
import type { CallOptions } from '@bzzz/temporal-nav'
import type {
  Added,
  AddOptions,
  DecisionStorage,
  HeldDelivery,
  IncomingEdge,
  IncomingRequest,
  NewDecision,
  Question,
  Standing,
  StorageCounts,
  StoredDecision,
} from '../storage.ts'
import type { Page, SearchRequest, SearchResult, StateRequest } from '../storage-queries.ts'
import type { WebhookAttempt, WebhookProgress, WebhookState } from '../storage-webhooks.ts'
import type { Database, Value } from './database.ts'
import { edgeOf, ROW, stored, VERSIONS, type EdgeRow } from '../sql-rows.ts'
import { narrow, search } from './search.ts'
import { standing } from './standing.ts'
import * as hooks from './webhooks.ts'
import { addVersions } from './writer.ts'

const MAX_INCOMING = 100_000
const HELD = 'record_id AS "recordId", delivery, rule, reason, since, state'

export class PostgresStorage implements DecisionStorage {
  readonly #database: Database
  /** What this one is told apart by from others of the same schema. */
  readonly #name = randomUUID()

  constructor(database: Database) {
    this.#database = database
  }

  async add(versions: readonly NewDecision[], options: AddOptions = {}): Promise<Added[]> {
    options.signal?.throwIfAborted()
    const { anyWriter = false } = options
    return this.#database.transaction(async (queries) => addVersions(queries, versions, anyWriter))
  }

  async version(
    key: string,
    version?: number,
    options?: CallOptions,
  ): Promise<StoredDecision | undefined> {
    if (version === undefined) {
      return this.#one(
        `SELECT ${ROW} FROM contexts c JOIN versions v ON v.sequence = c.head WHERE c.key = $1`,
        [key],
        options,
      )
    }
    const sql = `SELECT ${ROW} FROM ${VERSIONS} WHERE c.key = $1 AND v.version = $2`
    return this.#one(sql, [key, version], options)
  }

  async asOf(
    key: string,
    time: number,
    options?: CallOptions,
  ): Promise<StoredDecision | undefined> {
    const sql = `SELECT ${ROW} FROM ${VERSIONS} WHERE c.key = $1 AND v.time <= $2
      ORDER BY v.time DESC LIMIT 1`
    return this.#one(sql, [key, time], options)
  }

  async versions(
    key: string,
    page: { readonly before?: number; readonly limit: number } & CallOptions,
  ): Promise<StoredDecision[]> {
    const { before = Number.MAX_SAFE_INTEGER, limit, signal } = page
    const sql = `SELECT ${ROW} FROM ${VERSIONS} WHERE c.key = $1 AND v.version < $2
      ORDER BY v.version DESC LIMIT $3`
    return this.#all(sql, [key, before, limit], signal)
  }

  async byDecisionId(id: string, options?: CallOptions): Promise<StoredDecision | undefined> {
    const sql = `SELECT ${ROW} FROM ${VERSIONS} WHERE v.decision_id = $1 AND v.context =
      (SELECT context FROM versions WHERE decision_id = $1 ORDER BY sequence LIMIT 1)
      ORDER BY v.version DESC LIMIT 1`
    return this.#one(sql, [id.toLowerCase()], options)
  }

  async byContentId(id: string, options?: CallOptions): Promise<StoredDecision | undefined> {
    const sql = `SELECT ${ROW} FROM ${VERSIONS} WHERE v.content_id = $1 LIMIT 1`
    return this.#one(sql, [id], options)
  }

  async byRecordId(id: string, options?: CallOptions): Promise<StoredDecision | undefined> {
    return this.#one(`SELECT ${ROW} FROM ${VERSIONS} WHERE v.record_id = $1`, [id], options)
  }

  async incoming(key: string, request: IncomingRequest): Promise<IncomingEdge[]> {
    const { kind, version, at, limit = MAX_INCOMING, signal } = request
    const values: Value[] = [key, kind, limit]
    const place = (value: Value): string => `$${values.push(value)}`
    let where = ''
    if (version !== undefined) {
      where += ` AND (e.version = ${place(version)} OR e.version IS NULL)`
    }
    if (at !== undefined) {
      const then = place(at)
      where += ` AND v.time <= ${then} AND NOT EXISTS (SELECT 1 FROM versions n
        WHERE n.context = v.context AND n.time > v.time AND n.time <= ${then})`
    }
    const sql = `SELECT c.key, v.version, v.time, e.kind, e.type, e.place, e.version AS target_version,
        e.content_id AS target_content
      FROM contexts t JOIN edges e ON e.target = t.id JOIN versions v ON v.sequence = e.source
        JOIN contexts c ON c.id = v.context
      WHERE t.key = $1 AND e.kind = $2${where} ORDER BY v.sequence, e.place LIMIT $3`
    const rows = await this.#database.all<IncomingEdge['source'] & EdgeRow>(sql, values, signal)
    return rows.map((row) => {
      const source = { key: row.key, version: row.version, time: row.time }
      return { edge: edgeOf(row, key), source }
    })
  }

  async changes(
    page: { readonly after: number; readonly limit: number } & CallOptions,
  ): Promise<StoredDecision[]> {
    const sql = `SELECT ${ROW} FROM ${VERSIONS} WHERE v.sequence > $1 AND NOT v.repeated
      ORDER BY v.sequence LIMIT $2`
    return this.#all(sql, [page.after, page.limit], page.signal)
  }

  async state(request: StateRequest): Promise<Page<StoredDecision>> {
    const { at, filters = {}, after = '', limit, signal } = request
    const { where, values } = narrow(filters, 2)
    // Of an older version, what it said itself counts.
    const own = at === undefined ? where : where.replaceAll(/c\.(type|status|at)\b/g, 'v.$1')
    const version =
      at === undefined
        ? 'v.sequence = c.head'
        : `v.sequence = (SELECT n.sequence FROM versions n WHERE n.context = c.id
            AND n.time <= ${Math.trunc(at)} ORDER BY n.time DESC LIMIT 1)`
    const sql = `SELECT ${ROW} FROM contexts c JOIN versions v ON ${version}
      WHERE c.head IS NOT NULL AND c.key > $1${own} ORDER BY c.key LIMIT ${limit + 1}`
    const rows = await this.#all(sql, [after, ...values], signal)
    const items = rows.slice(0, limit)
    const last = items.at(-1)
    return { items, ...(rows.length > limit && last ? { next: last.key } : {}) }
  }

  async search(request: SearchRequest): Promise<SearchResult> {
    return search(this.#database, request)
  }

  async standing(
    question: Question,
    page: { readonly offset: number; readonly limit: number } & CallOptions,
  ): Promise<Standing[]> {
    return standing(this.#database, question, page)
  }

  async counts(options?: CallOptions): Promise<StorageCounts> {
    const sql = `SELECT (SELECT count(*) FROM contexts WHERE head IS NOT NULL) AS decisions,
      (SELECT count(*) FROM versions) AS versions, (SELECT count(*) FROM edges) AS edges,
      (SELECT count(*) FROM held WHERE state = 'held') AS held,
      (SELECT coalesce(max(sequence), 0) FROM versions) AS position`
    return { ...(await this.#database.get<StorageCounts>(sql, [], options?.signal))! }
  }

  async position(options?: CallOptions): Promise<number> {
    const sql = 'SELECT coalesce(max(sequence), 0) AS position FROM versions'
    const row = await this.#database.get<{ position: number }>(sql, [], options?.signal)
    return row?.position ?? 0
  }

  async hold(held: HeldDelivery): Promise<void> {
    const { recordId, delivery, rule, reason, since, state } = held
    await this.#database.run(
      `INSERT INTO held (record_id, delivery, rule, reason, since, state)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (record_id) DO NOTHING`,
      [recordId, delivery, rule, reason, since, state],
    )
  }

  async held(id: string, options?: CallOptions): Promise<HeldDelivery | undefined> {
    const sql = `SELECT ${HELD} FROM held WHERE record_id = $1`
    const row = await this.#database.get<HeldDelivery>(sql, [id], options?.signal)
    return row && { ...row }
  }

  async heldPage(
    page: { readonly after?: string; readonly limit: number } & CallOptions,
  ): Promise<HeldDelivery[]> {
    const sql = `SELECT ${HELD} FROM held WHERE state = 'held' AND number >
      coalesce((SELECT number FROM held WHERE record_id = $1), 0) ORDER BY number LIMIT $2`
    const values = [page.after ?? '', page.limit]
    const rows = await this.#database.all<HeldDelivery>(sql, values, page.signal)
    return rows.map((row) => ({ ...row }))
  }

  async settle(id: string, rejected: { readonly reason: string } | undefined): Promise<void> {
    if (rejected === undefined) {
      await this.#database.run('DELETE FROM held WHERE record_id = $1', [id])
    } else {
      const sql = "UPDATE held SET state = 'rejected', reason = $1 WHERE record_id = $2"
      await this.#database.run(sql, [rejected.reason, id])
    }
  }

  async webhooks(options?: CallOptions): Promise<WebhookState[]> {
    return hooks.listWebhooks(this.#database, options?.signal)
  }

  async putWebhook(webhook: WebhookState): Promise<void> {
    await hooks.putWebhook(this.#database, webhook)
  }

  async removeWebhook(id: string): Promise<boolean> {
    return this.#database.transaction(async (queries) => hooks.removeWebhook(queries, id))
  }

  async moveWebhook(
    id: string,
    progress: WebhookProgress,
    attempts: readonly WebhookAttempt[] = [],
  ): Promise<void> {
    await this.#database.transaction(async (queries) =>
      hooks.moveWebhook(queries, id, { progress, attempts }),
    )
  }

  async claimWebhook(id: string): Promise<boolean> {
    return hooks.claimWebhook(this.#database, id, this.#name)
  }

  async releaseWebhook(id: string): Promise<void> {
    await hooks.releaseWebhook(this.#database, id, this.#name)
  }

  async attempts(
    id: string,
    page: { readonly limit: number } & CallOptions,
  ): Promise<WebhookAttempt[]> {
    return hooks.listAttempts(this.#database, id, page)
  }

  async close(): Promise<void> {
    await this.#database.close()
  }

  async #all(
    sql: string,
    values: readonly Value[],
    signal: AbortSignal | undefined,
  ): Promise<StoredDecision[]> {
    const rows = await this.#database.all<StoredDecision>(sql, values, signal)
    return rows.map(stored)
  }

  async #one(
    sql: string,
    values: readonly Value[],
    options: CallOptions | undefined,
  ): Promise<StoredDecision | undefined> {
    const [row] = await this.#all(sql, values, options?.signal)
    return row
  }
}
