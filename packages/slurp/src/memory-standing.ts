import { byCodeUnits, type KeptDecision } from './memory-search.ts'
import type { Edge, Question } from './storage.ts'

/** What stands out among the newest versions: its key, and how many say so. */
export function standingOf(
  question: Question,
  heads: ReadonlyMap<string, KeptDecision>,
): { key: string; count: number }[] {
  const found =
    question === 'unjustified'
      ? [...heads.values()]
          .filter(({ unjustified }) => unjustified)
          .map(({ key }) => ({ key, count: 1 }))
      : countCiting(heads, conditionOf(question, heads))
  return found.toSorted((a, b) => b.count - a.count || byCodeUnits(a.key, b.key))
}

type Counts = (citing: KeptDecision, edge: Edge) => boolean

function conditionOf(
  question: Exclude<Question, 'unjustified'>,
  heads: ReadonlyMap<string, KeptDecision>,
): Counts {
  switch (question) {
    case 'most-cited':
      return (_, { type }) => type !== 'contradicts'
    case 'contradicted':
      return (_, { type }) => type === 'contradicts'
    case 'superseded-cited': {
      const superseders = supersedersIn(heads)
      const isSuperseded = (key: string): boolean =>
        heads.get(key)?.facets.status === 'superseded' || superseders.inForce.has(key)
      return (citing, { type, key }) =>
        type !== 'contradicts' &&
        heads.has(key) &&
        isSuperseded(key) &&
        !isSuperseded(citing.key) &&
        !superseders.all.get(key)?.has(citing.key)
    }
  }
}

/** Who takes whose place; `inForce` are those whose place is taken by one that holds. */
function supersedersIn(heads: ReadonlyMap<string, KeptDecision>): {
  inForce: Set<string>
  all: Map<string, Set<string>>
} {
  const inForce = new Set<string>()
  const all = new Map<string, Set<string>>()
  for (const { key, edges, facets } of heads.values()) {
    for (const edge of edges) {
      if (edge.kind !== 'supersedes' || edge.key === key) continue
      all.set(edge.key, (all.get(edge.key) ?? new Set()).add(key))
      if (facets.status !== 'proposed' && facets.status !== 'rejected') inForce.add(edge.key)
    }
  }
  return { inForce, all }
}

function countCiting(
  heads: ReadonlyMap<string, KeptDecision>,
  counts: Counts,
): { key: string; count: number }[] {
  const citing = new Map<string, Set<string>>()
  for (const head of heads.values()) {
    for (const edge of head.edges) {
      if (edge.kind !== 'cites' || edge.key === head.key || !counts(head, edge)) continue
      citing.set(edge.key, (citing.get(edge.key) ?? new Set()).add(head.key))
    }
  }
  return [...citing].map(([key, by]) => ({ key, count: by.size }))
}
