import type { Handover } from './cluster-schema.ts'
import { toMs } from './statement.ts'

/** When an admin key was the one of the cluster. */
export interface Term {
  /** 0 for the key that founded the cluster, 1 for the one after it, and so on. */
  readonly rank: number
  /** Milliseconds since 1970, exclusive; Infinity for the key of today. */
  readonly until: number
}

/** The admin keys of a cluster, one after the other. */
export interface Admins {
  readonly terms: ReadonlyMap<string, Term>
  /** The last key that is beyond doubt. */
  readonly current: string
  /** Two handovers by one key, where there are: neither is believed until one is pinned. */
  readonly fork: readonly Handover[]
}

/**
 * Follows the handovers from the founding key on. Does not depend on the order in which they came:
 * of two by the same key neither is better, so that who steals an old key cannot take the cluster,
 * and only people can say which one counts.
 */
export function followAdmins(
  cluster: string,
  handovers: ReadonlyMap<string, Handover>,
  pinned: ReadonlySet<string>,
): Admins {
  const terms = new Map<string, Term>()
  let current = cluster
  for (;;) {
    const rank = terms.size
    const all = [...handovers].filter(([, { issuer, to }]) => issuer === current && !terms.has(to))
    const chosen = all.length > 1 ? all.filter(([id]) => pinned.has(id)) : all
    const [next] = chosen
    const until = Math.min(...all.map(([, handover]) => toMs(handover.effective)))
    terms.set(current, { rank, until: next ? toMs(next[1].effective) : until })
    if (!next || chosen.length > 1) {
      const fork = all.length > 1 ? all.map(([, handover]) => handover) : []
      return { terms, current, fork }
    }
    current = next[1].to
  }
}
