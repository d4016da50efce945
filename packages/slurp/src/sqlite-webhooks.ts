import type { Statements } from './sqlite-file.ts'
import {
  KEPT_ATTEMPTS,
  type WebhookAttempt,
  type WebhookProgress,
  type WebhookState,
} from './storage-webhooks.ts'

export function listWebhooks(statements: Statements): WebhookState[] {
  const rows = statements.all<{ state: string }>('SELECT state FROM webhooks ORDER BY created, id')
  return rows.map(({ state }) => JSON.parse(state) as WebhookState)
}

export function putWebhook(statements: Statements, webhook: WebhookState): void {
  const sql = 'INSERT OR REPLACE INTO webhooks (id, created, state) VALUES (?, ?, ?)'
  statements.run(sql, webhook.id, webhook.created, JSON.stringify(webhook))
}

export function removeWebhook(statements: Statements, id: string): boolean {
  return statements.transaction(() => {
    statements.run('DELETE FROM attempts WHERE webhook = ?', id)
    return statements.run('DELETE FROM webhooks WHERE id = ?', id).changes > 0
  })
}

export function moveWebhook(
  statements: Statements,
  id: string,
  { progress, attempts }: { progress: WebhookProgress; attempts: readonly WebhookAttempt[] },
): void {
  statements.transaction(() => {
    const row = statements.get<{ state: string }>('SELECT state FROM webhooks WHERE id = ?', id)
    // It may have been removed while something was on its way.
    if (!row) return
    const { disabled: _, ...before } = JSON.parse(row.state) as WebhookState
    putWebhook(statements, { ...before, ...progress })
    for (const attempt of attempts) {
      const sql = 'INSERT INTO attempts (webhook, attempt) VALUES (?, ?)'
      statements.run(sql, id, JSON.stringify(attempt))
    }
    if (attempts.length === 0) return
    statements.run(
      `DELETE FROM attempts WHERE webhook = ?1 AND number <= (SELECT number FROM attempts
        WHERE webhook = ?1 ORDER BY number DESC LIMIT 1 OFFSET ${KEPT_ATTEMPTS})`,
      id,
    )
  })
}

export function listAttempts(statements: Statements, id: string, limit: number): WebhookAttempt[] {
  const sql = 'SELECT attempt FROM attempts WHERE webhook = ? ORDER BY number DESC LIMIT ?'
  const rows = statements.all<{ attempt: string }>(sql, id, limit)
  return rows.map(({ attempt }) => JSON.parse(attempt) as WebhookAttempt)
}
