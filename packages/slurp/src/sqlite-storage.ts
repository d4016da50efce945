import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
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
} from './storage.ts'
import type { Page, SearchRequest, SearchResult, StateRequest } from './storage-queries.ts'
import type { WebhookAttempt, WebhookProgress, WebhookState } from './storage-webhooks.ts'
import { Statements } from './sqlite-file.ts'
import { edgeOf, ROW, stored, VERSIONS, type EdgeRow } from './sql-rows.ts'
import { narrow, search } from './sqlite-search.ts'
import { standing } from './sqlite-standing.ts'
import { hasWaitingTexts, indexTexts, LOT } from './sqlite-texts.ts'
import {
  listAttempts,
  listWebhooks,
  moveWebhook,
  putWebhook,
  removeWebhook,
} from './sqlite-webhooks.ts'
import { addVersion } from './sqlite-writer.ts'

const MAX_INCOMING = 100_000
const HELD = 'record_id AS recordId, delivery, rule, reason, since, state'

export class SqliteStorage implements DecisionStorage {
  readonly #statements: Statements
  /** How many texts wait for the index, as far as they came through here. */
  #waiting = 0

  constructor(db: DatabaseSync) {
    this.#statements = new Statements(db)
  }

  async add(versions: readonly NewDecision[], options: AddOptions = {}): Promise<Added[]> {
    options.signal?.throwIfAborted()
    return this.#statements.transaction(() => {
      const { anyWriter = false } = options
      const how = { anyWriter, isIndexed: versions.length >= LOT / 4 }
      const added = versions.map((next) => addVersion(this.#statements, next, how))
      this.#waiting += how.isIndexed ? 0 : versions.length
      if (this.#waiting >= LOT) this.#index()
      return added
    })
  }

  async version(
    key: string,
    version?: number,
    options?: CallOptions,
  ): Promise<StoredDecision | undefined> {
    if (version === undefined) {
      return this.#one(
        `SELECT ${ROW} FROM contexts c JOIN versions v ON v.sequence = c.head WHERE c.key = ?`,
        [key],
        options,
      )
    }
    const sql = `SELECT ${ROW} FROM ${VERSIONS} WHERE c.key = ? AND v.version = ?`
    return this.#one(sql, [key, version], options)
  }

  async asOf(
    key: string,
    time: number,
    options?: CallOptions,
  ): Promise<StoredDecision | undefined> {
    const sql = `SELECT ${ROW} FROM ${VERSIONS} WHERE c.key = ? AND v.time <= ?
      ORDER BY v.time DESC LIMIT 1`
    return this.#one(sql, [key, time], options)
  }

  async versions(
    key: string,
    page: { readonly before?: number; readonly limit: number } & CallOptions,
  ): Promise<StoredDecision[]> {
    const { before = Number.MAX_SAFE_INTEGER, limit, signal } = page
    signal?.throwIfAborted()
    const sql = `SELECT ${ROW} FROM ${VERSIONS} WHERE c.key = ? AND v.version < ?
      ORDER BY v.version DESC LIMIT ?`
    return this.#statements.all<StoredDecision>(sql, key, before, limit).map(stored)
  }

  async byDecisionId(id: string, options?: CallOptions): Promise<StoredDecision | undefined> {
    const sql = `SELECT ${ROW} FROM ${VERSIONS} WHERE v.decision_id = ?1 AND v.context =
      (SELECT context FROM versions WHERE decision_id = ?1 ORDER BY sequence LIMIT 1)
      ORDER BY v.version DESC LIMIT 1`
    return this.#one(sql, [id.toLowerCase()], options)
  }

  async byContentId(id: string, options?: CallOptions): Promise<StoredDecision | undefined> {
    return this.#one(`SELECT ${ROW} FROM ${VERSIONS} WHERE v.content_id = ? LIMIT 1`, [id], options)
  }

  async byRecordId(id: string, options?: CallOptions): Promise<StoredDecision | undefined> {
    return this.#one(`SELECT ${ROW} FROM ${VERSIONS} WHERE v.record_id = ?`, [id], options)
  }

  async incoming(key: string, request: IncomingRequest): Promise<IncomingEdge[]> {
    const { kind, version, at, limit = MAX_INCOMING, signal } = request
    signal?.throwIfAborted()
    const values: SQLInputValue[] = [key, kind]
    let where = ''
    if (version !== undefined) {
      where += ' AND (e.version = ? OR e.version IS NULL)'
      values.push(version)
    }
    if (at !== undefined) {
      where += ` AND v.time <= ? AND NOT EXISTS (SELECT 1 FROM versions n
        WHERE n.context = v.context AND n.time > v.time AND n.time <= ?)`
      values.push(at, at)
    }
    const sql = `SELECT c.key, v.version, v.time, e.kind, e.type, e.place, e.version AS target_version,
        e.content_id AS target_content
      FROM contexts t JOIN edges e ON e.target = t.id JOIN versions v ON v.sequence = e.source
        JOIN contexts c ON c.id = v.context
      WHERE t.key = ? AND e.kind = ?${where} ORDER BY v.sequence, e.place LIMIT ?`
    const rows = this.#statements.all<IncomingEdge['source'] & EdgeRow>(sql, ...values, limit)
    return rows.map((row) => {
      const source = { key: row.key, version: row.version, time: row.time }
      return { edge: edgeOf(row, key), source }
    })
  }

  async changes(
    page: { readonly after: number; readonly limit: number } & CallOptions,
  ): Promise<StoredDecision[]> {
    page.signal?.throwIfAborted()
    const sql = `SELECT ${ROW} FROM ${VERSIONS} WHERE v.sequence > ? AND NOT v.repeated
      ORDER BY v.sequence LIMIT ?`
    return this.#statements.all<StoredDecision>(sql, page.after, page.limit).map(stored)
  }

  async state(request: StateRequest): Promise<Page<StoredDecision>> {
    const { at, filters = {}, after = '', limit, signal } = request
    signal?.throwIfAborted()
    const { where, values } = narrow(filters)
    // Of an older version, what it said itself counts.
    const own = at === undefined ? where : where.replaceAll(/c\.(type|status|at)\b/g, 'v.$1')
    const version =
      at === undefined
        ? 'v.sequence = c.head'
        : `v.sequence = (SELECT n.sequence FROM versions n WHERE n.context = c.id
            AND n.time <= ${Math.trunc(at)} ORDER BY n.time DESC LIMIT 1)`
    const sql = `SELECT ${ROW} FROM contexts c JOIN versions v ON ${version}
      WHERE c.head IS NOT NULL AND c.key > ?${own} ORDER BY c.key LIMIT ${limit + 1}`
    const rows = this.#statements.all<StoredDecision>(sql, after, ...values)
    const items = rows.slice(0, limit).map(stored)
    const last = items.at(-1)
    return { items, ...(rows.length > limit && last ? { next: last.key } : {}) }
  }

  async search(request: SearchRequest): Promise<SearchResult> {
    request.signal?.throwIfAborted()
    if (request.terms.length > 0 && hasWaitingTexts(this.#statements)) {
      this.#statements.transaction(() => this.#index())
    }
    return search(this.#statements, request)
  }

  async standing(
    question: Question,
    page: { readonly offset: number; readonly limit: number } & CallOptions,
  ): Promise<Standing[]> {
    page.signal?.throwIfAborted()
    return standing(this.#statements, question, page)
  }

  async counts(options?: CallOptions): Promise<StorageCounts> {
    options?.signal?.throwIfAborted()
    const sql = `SELECT (SELECT count(*) FROM contexts WHERE head IS NOT NULL) AS decisions,
      (SELECT count(*) FROM versions) AS versions, (SELECT count(*) FROM edges) AS edges,
      (SELECT count(*) FROM held WHERE state = 'held') AS held,
      (SELECT coalesce(max(sequence), 0) FROM versions) AS position`
    return { ...(this.#statements.get<StorageCounts>(sql) as StorageCounts) }
  }

  async hold(held: HeldDelivery): Promise<void> {
    this.#statements.run(
      `INSERT OR IGNORE INTO held (record_id, delivery, rule, reason, since, state)
        VALUES (?, ?, ?, ?, ?, ?)`,
      held.recordId,
      held.delivery,
      held.rule,
      held.reason,
      held.since,
      held.state,
    )
  }

  async held(id: string, options?: CallOptions): Promise<HeldDelivery | undefined> {
    options?.signal?.throwIfAborted()
    const sql = `SELECT ${HELD} FROM held WHERE record_id = ?`
    const row = this.#statements.get<HeldDelivery>(sql, id)
    return row && { ...row }
  }

  async heldPage(
    page: { readonly after?: string; readonly limit: number } & CallOptions,
  ): Promise<HeldDelivery[]> {
    page.signal?.throwIfAborted()
    const sql = `SELECT ${HELD} FROM held WHERE state = 'held' AND number >
      coalesce((SELECT number FROM held WHERE record_id = ?), 0) ORDER BY number LIMIT ?`
    const rows = this.#statements.all<HeldDelivery>(sql, page.after ?? '', page.limit)
    return rows.map((row) => ({ ...row }))
  }

  async settle(id: string, rejected: { readonly reason: string } | undefined): Promise<void> {
    if (rejected === undefined) {
      this.#statements.run('DELETE FROM held WHERE record_id = ?', id)
    } else {
      const sql = "UPDATE held SET state = 'rejected', reason = ? WHERE record_id = ?"
      this.#statements.run(sql, rejected.reason, id)
    }
  }

  async webhooks(options?: CallOptions): Promise<WebhookState[]> {
    options?.signal?.throwIfAborted()
    return listWebhooks(this.#statements)
  }

  async putWebhook(webhook: WebhookState): Promise<void> {
    putWebhook(this.#statements, webhook)
  }

  async removeWebhook(id: string): Promise<boolean> {
    return removeWebhook(this.#statements, id)
  }

  async moveWebhook(
    id: string,
    progress: WebhookProgress,
    attempts: readonly WebhookAttempt[] = [],
  ): Promise<void> {
    moveWebhook(this.#statements, id, { progress, attempts })
  }

  async attempts(
    id: string,
    page: { readonly limit: number } & CallOptions,
  ): Promise<WebhookAttempt[]> {
    page.signal?.throwIfAborted()
    return listAttempts(this.#statements, id, page.limit)
  }

  async close(): Promise<void> {
    this.#statements.close()
  }

  #index(): void {
    indexTexts(this.#statements)
    this.#waiting = 0
  }

  #one(
    sql: string,
    values: readonly SQLInputValue[],
    options: CallOptions | undefined,
  ): StoredDecision | undefined {
    options?.signal?.throwIfAborted()
    const row = this.#statements.get<StoredDecision>(sql, ...values)
    return row && stored(row)
  }
}
