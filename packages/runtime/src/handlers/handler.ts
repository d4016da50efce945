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
  /** What was asked for this task before, by any agent, and answered. */
  readonly answers: readonly Answered[]
}

/** What a handler has to know of somebody before it can go on. */
export interface Question {
  /** Whom it is for: `ada`, `ada:lead`, `any:lead`. */
  readonly to: readonly string[]
  readonly question: string
  /** More about it, in Markdown. */
  readonly body?: string | undefined
  readonly choices?: readonly string[] | undefined
  /** What is to be filled in: flat JSON Schema. */
  readonly form?: unknown
}

/** A question with its answer. */
export interface Answered {
  readonly question: string
  /** A text, or what was filled in. */
  readonly answer: unknown
  readonly comment?: string | undefined
  /** Name and role of who answered. */
  readonly by: string
  /** The answer's address, in its exact version. */
  readonly address: string
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

/**
 * It cannot go on without an answer. Once there is one it is called again, from the start, with the answer among
 * the others: nothing has to be kept alive for as long as a person thinks.
 */
export interface Ask {
  readonly ask: Question
}

/** Works on tasks. What it does wrong ends its own work and nothing else. */
export interface Handler {
  /**
   * @throws `ERR_RUNTIME_HANDLER` (it failed), `ERR_RUNTIME_HANDLER_ANSWER` (its answer makes no sense),
   *   `ERR_RUNTIME_HANDLER_FLOOD` (it said too much); the signal's reason.
   */
  handle(work: Work, options: HandleOptions): Promise<Result | Ask>
  /** How it stands with what it asks outside; no task is begun while that is left alone. */
  readonly circuit?: () => BreakerState
}
