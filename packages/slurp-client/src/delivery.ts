import type { VersionRecord } from '@bzzz/context-store'
import type { Decision } from '@bzzz/decision-schema'

/** A version of a decision on its way: all that the service needs to check it. */
export interface Delivery {
  /** The signed version record, whose `content` is the id of the node's RFC 8785 bytes. */
  readonly record: VersionRecord
  readonly node: Decision
}

/** What came of one attempt to deliver. */
export type DeliveryOutcome = Delivered | Refused | Failed

/** The service has it. */
export interface Delivered {
  readonly outcome: 'delivered'
  /** New there, there already, or there and held for a person. */
  readonly state: 'accepted' | 'known' | 'held'
}

/** The service will never take it as it is: it becomes a dead letter. */
export interface Refused {
  readonly outcome: 'refused'
  /** Why, in words for a person. */
  readonly reason: string
  /** HTTP status. */
  readonly status?: number
  /** The service's own code for it. */
  readonly code?: string
}

/** It did not arrive, or nobody can tell: it is tried again. */
export interface Failed {
  readonly outcome: 'failed'
  /** Why, in words for a person. */
  readonly reason: string
  /** How long the service asks to be left alone, in milliseconds. */
  readonly retryAfterMs?: number
  /** True where the service is well and only asks for patience: the circuit stays closed. */
  readonly patience?: boolean
  /** True where the service answered, so that the decision itself may be what it fails on. */
  readonly answered?: boolean
}

/**
 * Delivers one decision to the service. What it throws counts as failed; it ends soon after the
 * signal fires, and is not waited for then.
 */
export type Deliver = (
  delivery: Delivery,
  options: { readonly signal: AbortSignal },
) => Promise<DeliveryOutcome>
