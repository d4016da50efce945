import type { CurationOpinion } from '@bzzz/decision-schema/curation'
import type { Delivered } from './delivery.ts'
import type { DeadLetter } from './state.ts'

/** A version of a decision, for who follows what becomes of it. */
export interface VersionNamed {
  /** Id of the version record. */
  readonly id: string
  /** Whose timeline: `agent:role@project:task/path`. */
  readonly key: string
  readonly version: number
}

/** A decision that a rule said something of. */
export interface Judged extends Pick<CurationOpinion, 'reason'> {
  /** The decision's hash, `sha256:…`; of a held one, its id. */
  readonly id: string
  readonly decisionId: string
  readonly rule: string
}

/** What happened, for logs, metrics and screens. Moments are milliseconds since 1970. */
export type SlurpClientEvent =
  /** It is stored: safe, and to be delivered. */
  | ({ readonly type: 'queued' } & VersionNamed)
  | ({ readonly type: 'held' } & Judged)
  | ({ readonly type: 'dropped' } & Judged)
  /** A held decision, or a dead letter, was taken off its list. */
  | { readonly type: 'dismissed'; readonly id: string }
  | ({
      readonly type: 'delivered'
      readonly state: Delivered['state']
      /** In all, this one counted. */
      readonly attempts: number
    } & VersionNamed)
  | ({
      readonly type: 'retrying'
      readonly reason: string
      readonly attempts: number
      readonly nextAt: number
    } & VersionNamed)
  | { readonly type: 'dead'; readonly letter: DeadLetter }
  /** The service is left alone until then. */
  | { readonly type: 'circuit-open'; readonly until: number }
  | { readonly type: 'circuit-closed' }
  /** The log is not the one that was read before: it is delivered from its start. */
  | { readonly type: 'rewound' }
  /** The store or the state failed; the client goes on by itself. */
  | { readonly type: 'stalled'; readonly error: unknown; readonly nextAt: number }
