import type { VersionRecord } from '@bzzz/context-store'
import type { Decision } from '@bzzz/decision-schema'
import { toInstant } from '@bzzz/temporal-nav'
import { addressOfVersion } from './addresses.ts'
import type { Ingested } from './ingest.ts'
import type { StoredDecision } from './storage.ts'

// What is shown of decisions, in the names of JSON. Types, and not interfaces, so that they are
// records of anything where a schema asks for one.

/** A version as a list shows it. */
export type DecisionSummary = {
  readonly decision_id: string
  /** The address that always means this version. */
  readonly address: string
  readonly version: number
  /** When it was recorded. */
  readonly time: string
  readonly agent_id: string
  readonly decision_type: string
  /** When it was decided, by its own account. */
  readonly timestamp: string
  readonly status?: string
  readonly title?: string
}

/** A version, whole, with what it takes to check it. */
export type DecisionView = DecisionSummary & {
  readonly sequence: number
  readonly content_id: string
  readonly record_id: string
  readonly node: Decision
  readonly record: VersionRecord
}

/** The answer to a delivery. */
export type IngestedView = {
  readonly decision_id: string
  readonly address: string
  readonly version: number
  readonly content_id: string
  readonly record_id: string
  readonly state: Ingested['state']
}

/** The decision of a version that is kept, which was checked when it came. */
export function decisionOf({ node }: StoredDecision): Decision {
  return JSON.parse(node) as Decision
}

export function summaryOf(stored: StoredDecision): DecisionSummary {
  const { key, version, time } = stored
  const node = decisionOf(stored)
  return {
    decision_id: node.decision_id,
    address: addressOfVersion(key, version),
    version,
    time: toInstant(time),
    agent_id: node.agent_id,
    decision_type: node.decision_type,
    timestamp: node.timestamp,
    ...(node.status === undefined ? {} : { status: node.status }),
    ...(node.title === undefined ? {} : { title: node.title }),
  }
}

export function viewOf(stored: StoredDecision): DecisionView {
  const { sequence, contentId, recordId, record } = stored
  return {
    ...summaryOf(stored),
    sequence,
    content_id: contentId,
    record_id: recordId,
    node: decisionOf(stored),
    record: JSON.parse(record) as VersionRecord,
  }
}

export function ingestedView(ingested: Ingested): IngestedView {
  const { decisionId, address, version, contentId, recordId, state } = ingested
  return {
    decision_id: decisionId,
    address,
    version,
    content_id: contentId,
    record_id: recordId,
    state,
  }
}
