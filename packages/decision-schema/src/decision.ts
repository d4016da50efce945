import type { DecisionStatus, Relevance } from './vocabulary.ts'

/** What others may add: kept as it is, hashed and signed with the rest. */
interface Extensible {
  readonly [field: string]: unknown
}

/**
 * What was decided, by whom, why, and on the strength of what. The names are those of the JSON form,
 * which is what is hashed, signed and stored; `LIMITS` says how long each part may be.
 *
 * One that this package gives is frozen throughout.
 */
export interface Decision extends Extensible {
  /** A UUID: v7 where it was made here, any other where it was read. */
  readonly decision_id: string
  /** The concrete address under which it is kept. */
  readonly ucxl_address: string
  /** When it was made: RFC 3339. */
  readonly timestamp: string
  /** The writer's name; who checks signatures holds it to the signer's certificate. */
  readonly agent_id: string
  /** Any word; `DECISION_TYPES` has those with an agreed meaning. */
  readonly decision_type: string
  readonly status?: DecisionStatus
  /** What a list shows, in a line. */
  readonly title?: string
  /** What a list shows, in a paragraph. */
  readonly summary?: string
  readonly options?: readonly DecisionOption[]
  /** The name of one of the options. */
  readonly chosen?: string
  readonly consequences?: Consequences
  /** How one will see that it is kept. */
  readonly confirmation?: string
  readonly deciders?: readonly string[]
  readonly consulted?: readonly string[]
  readonly informed?: readonly string[]
  /** What an agent was running. */
  readonly model?: string
  readonly session?: string
  /** Addresses of the decisions that this one takes the place of. */
  readonly supersedes?: readonly string[]
  /** From when it holds, included: RFC 3339. */
  readonly valid_from?: string
  /** Until when it holds, not included: RFC 3339. */
  readonly valid_to?: string
  readonly context?: DecisionContext
  readonly justification?: Justification
  readonly citations?: readonly Citation[]
  readonly impacts?: readonly Impact[]
  /** Data Integrity proofs: the author's, and those of people who approved. Not hashed. */
  readonly proof?: Proof | readonly Proof[]
}

/** Something that could have been chosen. */
export interface DecisionOption extends Extensible {
  readonly name: string
  readonly pros?: readonly string[]
  readonly cons?: readonly string[]
}

/** What follows from a decision. */
export interface Consequences extends Extensible {
  readonly good?: readonly string[]
  readonly bad?: readonly string[]
  readonly neutral?: readonly string[]
}

/** Where a decision belongs. */
export interface DecisionContext extends Extensible {
  readonly project?: string
  readonly task?: string
  readonly scope?: string
}

/** Why a decision was made. */
export interface Justification extends Extensible {
  readonly reasoning?: string
  /** Names of options that were not chosen, in the plain form. See `optionsOf`. */
  readonly alternatives_considered?: readonly string[]
  readonly criteria?: readonly string[]
}

/** What a decision rests on. */
export interface Citation extends Extensible {
  /** Any word; `CITATION_TYPES` has those with an agreed meaning. */
  readonly type: string
  /** The concrete address of what is cited, which may float (`*^`, an instant). */
  readonly ucxl_address: string
  readonly relevance?: Relevance
  /** A passage of the cited version; how its white space runs does not count. */
  readonly excerpt?: string
  /** The version that is cited, from 1. Added by `pinCitations`. */
  readonly version?: number
  /** Content id of that version's bytes. Added by `pinCitations`. */
  readonly content_id?: string
  /** `decisionHash` of that version, where it is a decision. Added by `pinCitations`. */
  readonly decision_hash?: string
}

/** What a decision does to a context. */
export interface Impact extends Extensible {
  /** Any word; `IMPACT_TYPES` has those with an agreed meaning. */
  readonly type: string
  readonly ucxl_address: string
  readonly reason?: string
}

/** A W3C Data Integrity proof. Its fields are read by who checks it. */
export interface Proof extends Extensible {
  readonly type: string
}
