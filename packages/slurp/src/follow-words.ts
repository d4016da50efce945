import { StoreError, type Change } from '@bzzz/context-store'
import { SlurpError } from './errors.ts'
import type { LoggedDecision } from './follow-store.ts'
import { problemOf } from './problem.ts'

/** The name before the role in `agent:role@project:task/path`. */
export function agentOf({ key }: Change['record']): string {
  return key.slice(0, key.indexOf(':'))
}

/** How a change is named to listeners. */
export function nameOf({ sequence, id, record }: Change): LoggedDecision {
  return { sequence, id, key: record.key, version: record.version }
}

/** Whether an error says nothing of the decision, or nothing for good. */
export function isPassing(error: unknown): boolean {
  const { status } = problemOf(error)
  return status >= 500 || status === 425 || status === 429
}

/** Whether one of both sides will never answer again. */
export function isClosed(error: unknown): boolean {
  return StoreError.is(error, 'ERR_STORE_CLOSED') || SlurpError.is(error, 'ERR_SLURP_CLOSED')
}

/** A failure in words. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
