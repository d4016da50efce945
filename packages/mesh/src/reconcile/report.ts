import type { MeshCallOptions } from '../mesh.ts'
import type { OfferAnswer } from './reconciler.ts'
import type { RefusedTimeline } from './puller.ts'

export interface ReconcileOptions extends MeshCallOptions {
  /** Only timelines whose keys match this address, such as `ucxl://any:any@shop:any/**`; all if left out. */
  readonly pattern?: string
}

/** What a comparison with another node found, and what came of it. */
export interface ReconcileReport {
  /** Peer id of the other node. */
  readonly peer: string
  /** Timelines of this node that were compared: those that match, and that both may read. */
  readonly timelines: number
  /** Timelines of the other node that were compared. */
  readonly theirTimelines: number
  /** Timelines that only one of both had, or that had different newest versions. */
  readonly differing: number
  /** New records that were fetched and kept; those of a branch that lost its place too. */
  readonly records: number
  /** New contents that were fetched and kept. */
  readonly contents: number
  /** Contents that the other node did not have, or that were redacted here. */
  readonly missing: number
  /** New records by collection, `agent@project`. */
  readonly taken: ReadonlyMap<string, number>
  /** Collections that were left alone: nobody announced them, so that nobody knows whose they are. */
  readonly unannounced: readonly string[]
  /** Timelines of which nothing was taken, and why: another writer has the key here, say. */
  readonly refused: readonly RefusedTimeline[]
  /** What the other node fetched from this one, and how many timelines it did not take. */
  readonly given: OfferAnswer
  /** Bytes of messages sent; those by which the other node fetched its part are not in it. */
  readonly sent: number
  /** Bytes of messages received. */
  readonly received: number
  /** Messages, one after the other, until all differences were known. */
  readonly rounds: number
}
