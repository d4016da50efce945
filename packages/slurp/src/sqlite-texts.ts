import type { Statements } from './sqlite-file.ts'
import type { NewDecision } from './storage.ts'

// A text that goes into the index by itself costs as much as the rest of a version: those that come
// one by one wait in a queue.

/** From how many versions on texts go into the index, all at once. */
export const LOT = 256

type Text = NewDecision['text']

export function indexText(
  statements: Statements,
  context: number,
  { title, summary, body }: Text,
): void {
  // One that came before may still be waiting.
  statements.run('DELETE FROM texts WHERE context = ?', context)
  statements.run('INSERT OR REPLACE INTO titles (rowid, title) VALUES (?, ?)', context, title)
  statements.run(
    'INSERT OR REPLACE INTO words (rowid, title, summary, body) VALUES (?, ?, ?, ?)',
    context,
    title,
    summary,
    body,
  )
}

export function keepText(
  statements: Statements,
  context: number,
  { title, summary, body }: Text,
): void {
  statements.run(
    'INSERT OR REPLACE INTO texts (context, title, summary, body) VALUES (?, ?, ?, ?)',
    context,
    title,
    summary,
    body,
  )
}

/** Whether a search would miss something. */
export function hasWaitingTexts(statements: Statements): boolean {
  const sql = 'SELECT 1 AS one FROM texts LIMIT 1'
  return statements.get<{ one: number }>(sql) !== undefined
}

/** Puts all waiting texts into the index; inside a transaction. */
export function indexTexts(statements: Statements): void {
  const sql = `SELECT context, title, summary, body FROM texts LIMIT ${LOT}`
  for (;;) {
    const lot = statements.all<Text & { context: number }>(sql)
    if (lot.length === 0) return
    for (const { context, ...text } of lot) indexText(statements, context, text)
  }
}
