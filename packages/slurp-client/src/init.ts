import type { ContextStore, Schedule } from '@bzzz/context-store'
import type { CitationReader } from '@bzzz/decision-schema/chains'
import type { Curator } from '@bzzz/decision-schema/curation'
import type { Identity } from '@bzzz/identity'
import type { Backoff } from './backoff.ts'
import type { Circuit } from '@bzzz/circuit-breaker'
import type { Deliver } from './delivery.ts'
import type { SlurpClientEvent } from './events.ts'
import type { OutboxState } from './state.ts'

/** What a client is made of. */
export type SlurpClientInit = SlurpClientParts & (OverHttp | ByItself)

/** Delivers over HTTP. */
export interface OverHttp {
  /** Base of the service: `https://slurp.example`. */
  readonly url: string
  /** Bearer token, or what gives one for each attempt. */
  readonly token?: string | (() => string | Promise<string>)
  /** The platform's if left out. */
  readonly fetch?: typeof globalThis.fetch
  readonly deliver?: never
}

/** Delivers in a way of its own. */
export interface ByItself {
  readonly deliver: Deliver
  readonly url?: never
}

export interface SlurpClientParts {
  /** Where decisions are kept. Its `writer` is the identity below. */
  readonly store: ContextStore
  /** Who signs. */
  readonly identity: Identity
  /** What is remembered besides the store: of this client alone, and as durable as it is to be. */
  readonly state: OutboxState
  /** What is worth keeping; `defaultRules` of `@bzzz/decision-schema/curation` if left out. */
  readonly curator?: Curator
  /**
   * What citations are resolved with; if left out, the store, which is taken to know all contexts of
   * the agent who decides, and of others what it has.
   */
  readonly reader?: CitationReader
  /** Milliseconds since 1970; the system's clock if left out. */
  readonly now?: () => number
  /** From 0 to below 1; the system's if left out. */
  readonly random?: () => number
  /** The id of a draft of that moment; a UUID v7 if left out. */
  readonly uuid?: (time: number) => string
  /** The timer; the system's if left out. */
  readonly schedule?: Schedule
  /** Told of each step. What it throws is ignored. */
  readonly onEvent?: (event: SlurpClientEvent) => void
  /** How long one attempt may take, in milliseconds; 30,000 if left out. */
  readonly attemptMs?: number
  /** Waits between attempts; 500 ms at first and 5 minutes at most if left out. */
  readonly backoff?: Backoff
  /** When the service is left alone; after 5 failures, for 30 s, if left out. */
  readonly circuit?: Circuit
  /**
   * After how many attempts to which the service answered with a failure of its own (500, 502, no
   * JSON) a decision becomes a dead letter, so that it stops no other. Never, if left out: a service
   * that is down for a week loses nothing.
   */
  readonly maxAnswered?: number
}

export const DEFAULT_ATTEMPT_MS = 30_000
export const DEFAULT_BACKOFF: Backoff = { firstMs: 500, maxMs: 300_000 }
