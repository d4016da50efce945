import type { BehaviorResult, Bot, BotContext } from './bot.ts'
import type { BotState } from './lifecycle.ts'
import type { Step } from './state-machine.ts'

export interface ExecuteOptions {
  /** When it was meant to start, by the clock of the bot. Now if left out. */
  readonly intendedAt?: number
  /** Milliseconds until it is a failure of the kind `timeout`. Without end if left out. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface StopBotOptions {
  /** How long behaviours may go on before their signal is aborted, in milliseconds. 0 if left out. */
  readonly graceMs?: number
}

/** A behaviour that was executed: what is recorded of it. Times are milliseconds, by the clock of the bot. */
export interface Execution {
  readonly bot: string
  readonly behavior: string
  readonly phase: string
  readonly tags: Readonly<Record<string, string>>
  /** When it was meant to start: latency counts from here. */
  readonly intendedAt: number
  readonly startedAt: number
  readonly endedAt: number
  readonly result: BehaviorResult
}

/** A bot and its life. */
export interface HostedBot {
  readonly id: string
  readonly state: BotState
  readonly history: readonly Step<BotState>[]
  readonly context: BotContext
  /** Behaviours that go on. */
  readonly active: number
  /** Why it failed, where it did. */
  readonly error?: unknown
  /** Setup: from `created` to `ready`. @throws `ERR_BOT_STATE`; `ERR_BOT_TIMEOUT`; what setup threw: then it has failed. */
  prepare(options?: { readonly signal?: AbortSignal }): Promise<void>
  /** From `ready` to `running`. @throws `ERR_BOT_STATE`. */
  run(): void
  /** From `running` to `paused`: what goes on may end, and nothing new starts. @throws `ERR_BOT_STATE`. */
  pause(): void
  /** From `paused` to `running`. @throws `ERR_BOT_STATE`. */
  resume(): void
  /** Acts once. Never throws for what the bot does. @throws `ERR_BOT_STATE` where it is not running. */
  execute(behavior: string, options?: ExecuteOptions): Promise<BehaviorResult>
  /** Ends what goes on and tears down. It may be called in any state, and again. It never throws: see `error`. */
  stop(options?: StopBotOptions): Promise<void>
}

export interface HostInit {
  readonly id: string
  readonly bot: Bot
  readonly context: BotContext
  /** How long setup may take, in milliseconds. 30,000 if left out. */
  readonly setupMs?: number
  /** How long teardown, and behaviours that were aborted, may take, in milliseconds. 5,000 if left out. */
  readonly teardownMs?: number
  /** Told of each behaviour that ended. */
  readonly onExecution?: (execution: Execution) => void
  /** Told of each step of its life. */
  readonly onState?: (state: BotState, id: string) => void
}
