import type { VersionRecord } from '@bzzz/context-store'
import { exportDecision } from '@bzzz/decision-schema/chains'
import type { Decision } from '@bzzz/decision-schema'
import { fromInstant } from '@bzzz/temporal-nav'
import { addressOfVersion } from './addresses.ts'
import type { StoredDecision } from './storage.ts'
import { viewOf, type DecisionView } from './views.ts'

/** A version of a decision, as formats write it. */
export interface DecisionRecord {
  readonly decision: Decision
  /** The address that always means this version. */
  readonly address: string
  readonly version: number
  /** When it was recorded: milliseconds since 1970. */
  readonly time: number
  /** Content id of its RFC 8785 bytes. */
  readonly contentId: string
  /** `did:key` of who signed its record. */
  readonly writer: string
}

/** A version for the formats, from what the service keeps or shows. */
export function recordOf(source: StoredDecision | DecisionView): DecisionRecord {
  const view = 'recordId' in source ? viewOf(source) : source
  const record: VersionRecord = view.record
  return {
    decision: view.node,
    address: addressOfVersion(record.key, record.version),
    version: record.version,
    time: fromInstant(record.time),
    contentId: view.content_id,
    writer: record.writer,
  }
}

/** One JSON document with all that the service shows of each version. */
export function toJson(decisions: readonly (StoredDecision | DecisionView)[]): string {
  const views = decisions.map((one) => ('recordId' in one ? viewOf(one) : one))
  return `${JSON.stringify({ decisions: views }, undefined, 2)}\n`
}

/** A line of NDJSON with its line feed, which `verifyExport` of `@bzzz/decision-schema` checks. */
export function toNdjson({
  decision,
  version,
}: Pick<DecisionRecord, 'decision' | 'version'>): string {
  return `${exportDecision(decision, version)}\n`
}
