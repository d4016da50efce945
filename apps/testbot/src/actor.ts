import type { Calls, Transport, ALPHA, DELTA } from '@bzzz/adnet'
import type { BehaviorResult, BotContext } from '@bzzz/bot-framework'
import type { Verdict } from '@bzzz/bot-framework/metrics'
import type { Identity } from '@bzzz/identity'

type Alpha = Calls<typeof ALPHA>
type Delta = Calls<typeof DELTA>

/** Calls on both networks, in the name of somebody. */
export interface Clients {
  readonly alpha: Alpha
  readonly delta: Delta
}

/** A bot with what it has to act with. */
export interface Actor extends Clients {
  readonly id: string
  readonly context: BotContext
  /** The networks without a client, for what no client would send. */
  readonly raw: { readonly alpha: Transport; readonly delta: Transport }
  readonly stage: Stage
  /** What a role remembers of its bot. */
  readonly memory: Map<string, unknown>
  /** The next number of an operation that is signed by hand. */
  nonce(): number
}

/** What all bots of a run share. */
export interface Stage {
  readonly actors: readonly Actor[]
  /** Somebody who is no bot, with money: a victim, an account to send to. */
  person(name: string): { readonly identity: Identity; readonly clients: Clients }
  fund(address: string, token: 'AX' | 'sAX' | 'DX', amount: bigint): void
  /** Counts what happened, by name, for the conditions. */
  readonly seen: Map<string, number>
  /** What is known of the run, for the conditions. */
  readonly facts: Map<string, unknown>
  /** Requests that were sent, and calls that were made. */
  traffic(): { readonly requests: number; readonly calls: number }
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

export type Behavior = (actor: Actor, signal: AbortSignal) => Promise<BehaviorResult>

/** A part that bots play. */
export interface Role {
  readonly about: string
  readonly behaviors: Readonly<Record<string, Behavior>>
  /** Before the first act of each bot. */
  readonly setup?: (actor: Actor) => Promise<void>
  /** What must hold of the target when all is done, by what it then shows. */
  readonly conditions?: (stage: Stage) => Promise<Verdict[]>
}

/** Counts something that happened. */
export function see(stage: Stage, what: string, times = 1): void {
  stage.seen.set(what, (stage.seen.get(what) ?? 0) + times)
}

/** What an account holds on Alpha, as Alpha says. */
export async function balanceOn(clients: Clients, account: string): Promise<bigint> {
  const { outputs } = await clients.alpha.view({
    program: 'credits.alpha',
    fn: 'balance_of',
    inputs: [account],
  })
  return BigInt(outputs[0] ?? '0')
}
