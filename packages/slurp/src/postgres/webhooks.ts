import {
  KEPT_ATTEMPTS,
  type WebhookAttempt,
  type WebhookProgress,
  type WebhookState,
} from '../storage-webhooks.ts'
import type { Queries } from './database.ts'
import { recordset } from './values.ts'

export async function listWebhooks(
  queries: Queries,
  signal: AbortSignal | undefined,
): Promise<WebhookState[]> {
  const sql = 'SELECT state FROM webhooks ORDER BY created, id'
  const rows = await queries.all<{ state: string }>(sql, [], signal)
  return rows.map(({ state }) => JSON.parse(state) as WebhookState)
}

export async function putWebhook(queries: Queries, webhook: WebhookState): Promise<void> {
  const sql = `INSERT INTO webhooks (id, created, state) VALUES ($1, $2, $3)
    ON CONFLICT (id) DO UPDATE SET created = excluded.created, state = excluded.state`
  await queries.run(sql, [webhook.id, webhook.created, JSON.stringify(webhook)])
}

/** Inside a transaction. */
export async function removeWebhook(queries: Queries, id: string): Promise<boolean> {
  // First the webhook, as those do who move it: else two would wait for one another.
  const removed = await queries.run('DELETE FROM webhooks WHERE id = $1', [id])
  await queries.run('DELETE FROM attempts WHERE webhook = $1', [id])
  return removed > 0
}

/** Inside a transaction. */
export async function moveWebhook(
  queries: Queries,
  id: string,
  { progress, attempts }: { progress: WebhookProgress; attempts: readonly WebhookAttempt[] },
): Promise<void> {
  const sql = 'SELECT state FROM webhooks WHERE id = $1 FOR UPDATE'
  const row = await queries.get<{ state: string }>(sql, [id])
  // It may have been removed while something was on its way.
  if (!row) return
  const { disabled: _, ...before } = JSON.parse(row.state) as WebhookState
  await putWebhook(queries, { ...before, ...progress })
  if (attempts.length === 0) return
  await queries.run(
    `INSERT INTO attempts (webhook, attempt)
      SELECT $1, value FROM json_array_elements_text($2::text::json) WITH ORDINALITY
        AS x (value, place) ORDER BY place`,
    [id, recordset(attempts.map((attempt) => JSON.stringify(attempt)))],
  )
  await queries.run(
    `DELETE FROM attempts WHERE webhook = $1 AND number <= (SELECT number FROM attempts
      WHERE webhook = $1 ORDER BY number DESC LIMIT 1 OFFSET ${KEPT_ATTEMPTS})`,
    [id],
  )
}

/** By the clock of the server, which all who share it have in common. */
export async function claimWebhook(queries: Queries, id: string, by: string): Promise<boolean> {
  const sql = `UPDATE webhooks
    SET claimed_by = $2, claimed_until = clock_timestamp() + interval '1 minute'
    WHERE id = $1 AND (claimed_by IS NULL OR claimed_by = $2 OR claimed_until < clock_timestamp())`
  return (await queries.run(sql, [id, by])) > 0
}

export async function releaseWebhook(queries: Queries, id: string, by: string): Promise<void> {
  const sql = `UPDATE webhooks SET claimed_by = NULL, claimed_until = NULL
    WHERE id = $1 AND claimed_by = $2`
  await queries.run(sql, [id, by])
}

export async function listAttempts(
  queries: Queries,
  id: string,
  { limit, signal }: { readonly limit: number; readonly signal?: AbortSignal },
): Promise<WebhookAttempt[]> {
  const sql = 'SELECT attempt FROM attempts WHERE webhook = $1 ORDER BY number DESC LIMIT $2'
  const rows = await queries.all<{ attempt: string }>(sql, [id, limit], signal)
  return rows.map(({ attempt }) => JSON.parse(attempt) as WebhookAttempt)
}
