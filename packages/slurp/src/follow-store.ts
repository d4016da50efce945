import type { ContextStore } from '@bzzz/context-store'
import { Follower } from './follower.ts'
import type { Ingested } from './ingest.ts'
import type { Slurp } from './slurp.ts'
import { later } from './timer.ts'
import type { Schedule } from './webhook-runner.ts'

/** A version of a decision in a store's log. */
export interface LoggedDecision {
  /** Its place in the order of that store. */
  readonly sequence: number
  /** Id of its version record. */
  readonly id: string
  /** Whose timeline: `agent:role@project:task/path`. */
  readonly key: string
  /** Its place on that timeline, from 1. */
  readonly version: number
}

/** One that was taken in, now and for the first time. */
export interface TakenDecision extends LoggedDecision {
  readonly ingested: Ingested
}

/** One that will never be taken as it is. */
export interface RefusedDecision extends LoggedDecision {
  /**
   * The code of the error: `ERR_SLURP_CONTENT` for what is encrypted or no JSON,
   * `ERR_SLURP_TOO_LARGE`, and those of {@link Slurp.ingest}.
   */
  readonly code: string
  readonly error: Error
}

/** One that cannot be taken yet. Those of its agent that come after it wait behind it. */
export interface WaitingDecision extends LoggedDecision {
  /** How often it was tried. */
  readonly attempts: number
  /** What it waits for, in words for a person. */
  readonly reason: string
}

/**
 * Gets the bytes of a version from elsewhere.
 *
 * @param address the address that always means this version
 * @returns undefined, or a rejection, where they cannot be had now: it is asked again later
 */
export type FetchBytes = (
  address: string,
  options: { readonly signal: AbortSignal },
) => Promise<Uint8Array | undefined>

export interface FollowStoreInit {
  /** The service that takes decisions in: {@link createSlurp}, or `slurp` of {@link startSlurp}. */
  readonly slurp: Pick<Slurp, 'ingestAll'>
  /** Whose log is followed. It is only read, and stays the caller's to close. */
  readonly store: Pick<ContextStore, 'changes' | 'content' | 'get' | 'resolve' | 'watch'>
  /**
   * `position` of before, in this very store; 0, from the start, if left out. Where the log does not
   * reach that far it is another store's, and is read from its start: what is known does no harm.
   */
  readonly after?: number
  /**
   * Gets bytes that the store has only the record of, such as `get` of a node of the mesh. Those that
   * are not of the record's content id count as none. Without it they are waited for.
   */
  readonly fetch?: FetchBytes
  /** Until what could not be taken is tried again, in milliseconds; 30,000 if left out. */
  readonly retryMs?: number
  /** How long one `fetch` may take, in milliseconds; 30,000 if left out. */
  readonly fetchMs?: number
  /** How many are fetched at once, each of another agent; 8 if left out. */
  readonly concurrency?: number
  /** Bytes of a decision, at most; 4 MiB, as over HTTP, if left out. More is refused unread. */
  readonly maxBytes?: number
  /** For how many agents it waits at most before it reads no further; 10,000 if left out. */
  readonly maxWaiting?: number
  /** Calls back later; the system's timers if left out. */
  readonly schedule?: Schedule
  /** Told of each that was new here, also where a person is to decide on it. What it throws is ignored. */
  readonly onTaken?: (taken: TakenDecision) => void
  /** Told of each that will not be taken, and why. What it throws is ignored. */
  readonly onRefused?: (refused: RefusedDecision) => void
  /** Told of each failure that passes by itself, such as a storage that is busy. */
  readonly onError?: (error: unknown) => void
}

/** What follows a store, until it is closed or one of both sides is. */
export interface StoreFollower {
  /** All up to here is done with: what to give as `after` the next time. */
  readonly position: number
  /** For each agent whose decisions wait: the first of them. */
  readonly waiting: readonly WaitingDecision[]
  /**
   * Resolves when all that is in the log now was taken or refused, or waits for its next attempt;
   * also when following ends.
   */
  settled(): Promise<void>
  /** Ends it. What was not finished comes again the next time; closing twice is fine. */
  close(): Promise<void>
}

const DEFAULTS = {
  after: 0,
  retryMs: 30_000,
  fetchMs: 30_000,
  concurrency: 8,
  maxBytes: 4 * 1024 * 1024,
  maxWaiting: 10_000,
  schedule: later,
}

/**
 * Takes in the decisions that arrive in a store, whoever brings them: the mesh, an importer, another
 * process on the same file. Each goes the way of a delivery over HTTP, and is believed as little.
 *
 * Decisions are the versions of the media type `DECISION_MEDIA_TYPE`. Tombstones, and what was
 * redacted, are passed over. Where the bytes are not here yet, the decision and those of the same
 * agent behind it wait, and no others. What comes again is known again, so that a `position` that is
 * too old loses nothing and doubles nothing.
 */
export function followStore(init: FollowStoreInit): StoreFollower {
  const follower = new Follower({ ...DEFAULTS, ...init })
  return Object.freeze<StoreFollower>({
    get position() {
      return follower.position
    },
    get waiting() {
      return follower.waiting
    },
    settled: async () => follower.settled(),
    close: async () => follower.close(),
  })
}
