/**
 * Bots that put a network under load.
 *
 * ```ts
 * const bot = hostBot({ id: 'alice', bot: { executeBehavior: async () => success() }, context })
 * await bot.prepare()
 * bot.run()
 * await bot.execute('pay') // { ok: true, measures: {} }
 * await bot.stop()
 * ```
 *
 * Beside this entry: `./metrics` (histograms, the log of what happened, summaries and reports).
 *
 * @packageDocumentation
 */
export { hostBot } from './host-bot.ts'
export { success, failure, failureOf } from './bot.ts'
export { createContext } from './create-context.ts'
export { createWallet, transfer, MAX_AMOUNT, TOKENS } from './wallet.ts'
export { createScheduler } from './create-scheduler.ts'
export { createMessageBus } from './create-bus.ts'
export { createRandom } from './random.ts'
export { botIdentities } from './identities.ts'
export { sleep, systemClock } from './clock.ts'
export { createVirtualClock } from './virtual-clock.ts'
export { BotError } from './errors.ts'
export type { BehaviorResult, Bot, BotContext, CallOptions, Measures } from './bot.ts'
export type { ContextInit, OwnContext } from './create-context.ts'
export type {
  ExecuteOptions,
  Execution,
  HostedBot,
  HostInit,
  StopBotOptions,
} from './hosted-bot.ts'
export type { Balance, Reservation, Token, Wallet, WalletInit } from './wallet.ts'
export type { WalletEntry } from './wallet-history.ts'
export type {
  CronOptions,
  EveryOptions,
  ScheduledTask,
  Scheduler,
  SchedulerCounts,
  SchedulerInit,
  StopOptions,
  StopReport,
  Task,
  TaskCounts,
  TaskRun,
} from './scheduler.ts'
export type {
  BusCounts,
  Loss,
  LossReason,
  Mailbox,
  MailboxOptions,
  Message,
  MessageBus,
  MessageBusInit,
  MessageKind,
  Overflow,
  Receipt,
  SendOptions,
  WaitOptions,
} from './message-bus.ts'
export type { Random } from './random.ts'
export type { Clock } from './clock.ts'
export type { VirtualClock, VirtualClockInit } from './virtual-clock.ts'
export type { BotErrorCode } from './errors.ts'

// For who builds on these.
export { createConfig, createEndpoints } from './config.ts'
export { LIFECYCLE, startLife } from './lifecycle.ts'
export { startMachine } from './state-machine.ts'
export type { Config, Endpoints } from './config.ts'
export type { BotState, Life } from './lifecycle.ts'
export type { Machine, MachineOptions, Next, Step, Transitions } from './state-machine.ts'
