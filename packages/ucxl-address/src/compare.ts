import type { Address, Temporal } from './types.ts'

/**
 * A total order, for sorting: by agent, role, project, task and path, each in the order of its code
 * units, then by temporal segment (its kind as a word, then its number or moment), then by query and
 * by fragment, an absent one first. It is 0 exactly for two addresses with the same canonical form,
 * and does not depend on the locale.
 */
export function compare(a: Address, b: Address): number {
  return (
    order(a.agent, b.agent) ||
    order(a.role, b.role) ||
    order(a.project, b.project) ||
    order(a.task, b.task) ||
    order(a.path, b.path) ||
    compareTemporal(a.temporal, b.temporal) ||
    order(optional(a.query), optional(b.query)) ||
    order(optional(a.fragment), optional(b.fragment))
  )
}

function compareTemporal(a: Temporal, b: Temporal): number {
  return order(a.kind, b.kind) || order(position(a), position(b))
}

/** Among readings of one kind. */
function position(temporal: Temporal): string | number {
  if (temporal.kind === 'latest') return 0
  // Without its Z, so that a moment comes before the milliseconds that follow it.
  return temporal.kind === 'instant' ? temporal.instant.slice(0, -1) : temporal.number
}

/** So that an absent part comes before an empty one. */
function optional(part: string | undefined): string {
  return part === undefined ? '' : `?${part}`
}

function order(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0
}
