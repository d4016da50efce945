// Types are open words: these are the ones with an agreed meaning, and any other word is read too.

/** Well-known values of `decision_type`. */
export const DECISION_TYPES = Object.freeze([
  'architecture_choice',
  'task_completion',
  'code_change',
  'policy',
  'review',
  'incident',
  'plan',
  'experiment',
  'release',
] as const)

/** Well-known values of a citation's `type`: what the cited context is to the decision. */
export const CITATION_TYPES = Object.freeze([
  'justified_by',
  'refines',
  'implements',
  'informed_by',
  'requires',
  'contradicts',
] as const)

/** Well-known values of an impact's `type`: what the decision does to a context. */
export const IMPACT_TYPES = Object.freeze([
  'replaces',
  'modifies',
  'creates',
  'deprecates',
  'removes',
] as const)

/** Every value of `status`. */
export const STATUSES = Object.freeze([
  'proposed',
  'accepted',
  'rejected',
  'deprecated',
  'superseded',
] as const)

/** Every value of a citation's `relevance`, the most relevant first. */
export const RELEVANCES = Object.freeze(['high', 'medium', 'low'] as const)

export type DecisionStatus = (typeof STATUSES)[number]
export type Relevance = (typeof RELEVANCES)[number]
