import type { BreakerState } from '@bzzz/slurp-client'

/** A context that was read for a task. */
export interface Input {
  /** With the exact version that was read. */
  readonly address: string
  readonly contentType: string
  readonly content: Uint8Array
}

/** What a handler is given. */
export interface Work {
  /** The task, in its exact version. */
  readonly address: string
  readonly title: string
  readonly instructions: string
  readonly data?: unknown
  /** What the task asked to be read. */
  readonly inputs: readonly Input[]
  /** Which attempt it is, counted from 1. */
  readonly attempt: number
  /** When it is too late, in RFC 3339, where there is such a moment. */
  readonly deadline?: string | undefined
}

export interface HandleOptions {
  /**
   * Ends the work: too late, cancelled, or the agent stops. Its reason is what `handle` rejects with, after
   * what it began has ended.
   */
  readonly signal: AbortSignal
  /** Keeps what was printed. */
  readonly log: (text: string) => void
  /** Reads a context. What was read can be cited. */
  readonly read: (address: string) => Promise<Input>
}

/** What came of it. */
export interface Result {
  readonly content: Uint8Array
  readonly contentType: string
  /** In a sentence or two, for the decision. */
  readonly summary?: string | undefined
  /** Addresses of what it rests on, of all that was read; all of it if left out. */
  readonly used?: readonly string[] | undefined
  /** What did it, such as the name of a model. */
  readonly model?: string | undefined
}

/** Works on tasks. What it does wrong ends its own work and nothing else. */
export interface Handler {
  /**
   * @throws `ERR_RUNTIME_HANDLER` (it failed), `ERR_RUNTIME_HANDLER_ANSWER` (its answer makes no sense),
   *   `ERR_RUNTIME_HANDLER_FLOOD` (it said too much); the signal's reason.
   */
  handle(work: Work, options: HandleOptions): Promise<Result>
  /** How it stands with what it asks outside; no task is begun while that is left alone. */
  readonly circuit?: () => BreakerState
}
