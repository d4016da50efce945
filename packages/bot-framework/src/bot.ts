import type { Identity } from '@bzzz/identity'
import type { Clock } from './clock.ts'
import type { Config, Endpoints } from './config.ts'
import type { Mailbox } from './message-bus.ts'
import type { Random } from './random.ts'
import type { Wallet } from './wallet.ts'

/** What a bot has to work with. */
export interface BotContext {
  readonly identity: Identity
  readonly wallet: Wallet
  readonly clock: Clock
  /** Chance of this bot alone. */
  readonly random: Random
  /** Its place on the message bus. */
  readonly mailbox: Mailbox
  readonly endpoints: Endpoints
  readonly config: Config
  /** The name of the scenario that runs. */
  readonly scenario: string
  /** The phase that it is in, by name; it changes while the scenario runs. */
  readonly phase: string
  readonly tags: Readonly<Record<string, string>>
}

/** What is given to one call of a bot. */
export interface CallOptions {
  /** Aborted when the bot is stopped, the call has taken too long, or its caller gave up. */
  readonly signal: AbortSignal
}

/** What a behaviour measured of itself, by name: the number of things found, the bytes it read. */
export type Measures = Readonly<Record<string, number>>

/** How a behaviour went. A failure is a result: the bot goes on. */
export type BehaviorResult =
  | { readonly ok: true; readonly measures: Measures }
  | {
      readonly ok: false
      /** What sort of failure it was, for counting: an error code, `http-503`, `timeout`. */
      readonly kind: string
      readonly message: string
      readonly measures: Measures
      readonly cause?: unknown
    }

/** Something that acts on a network. What it awaits should heed the signal: who does not is left behind. */
export interface Bot {
  /** Makes ready. If it throws, the bot has failed, and is torn down. */
  setup?(context: BotContext, options: CallOptions): Promise<void>
  /** Acts once. What it throws is a failure of that kind. More than one may go on at once. */
  executeBehavior(
    behavior: string,
    context: BotContext,
    options: CallOptions,
  ): Promise<BehaviorResult>
  /** Gives back what setup took. Called once, also where setup failed. */
  teardown?(context: BotContext, options: CallOptions): Promise<void>
}

/** It went well. */
export function success(measures: Measures = {}): BehaviorResult {
  return { ok: true, measures }
}

/** It did not. */
export function failure(
  kind: string,
  message: string,
  options: { readonly measures?: Measures; readonly cause?: unknown } = {},
): BehaviorResult {
  const { measures = {}, cause } = options
  return { ok: false, kind, message, measures, ...(cause !== undefined && { cause }) }
}

/** The failure that an error stands for: its kind is its code, or its name. */
export function failureOf(error: unknown): BehaviorResult {
  if (!(error instanceof Error)) return failure('thrown', String(error), { cause: error })
  const kind = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  return failure(kind, error.message, { cause: error })
}
