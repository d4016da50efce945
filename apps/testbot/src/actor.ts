import type { Calls, Transport, ALPHA, DELTA } from '@bzzz/adnet'
import type { BehaviorResult, BotContext } from '@bzzz/bot-framework'
import type { Verdict } from '@bzzz/bot-framework/metrics'
import type { Identity } from '@bzzz/identity'

export type Alpha = Calls<typeof ALPHA>
export type Delta = Calls<typeof DELTA>

/** Calls on both networks, in the name of somebody. */
export interface Clients {
  readonly alpha: Alpha
  readonly delta: Delta
}

/** A bot that plays a role, whatever it plays on. */
export interface BotPart {
  readonly id: string
  readonly context: BotContext
  /** What a role remembers of its bot. */
  readonly memory: Map<string, unknown>
}

/** What all bots of a run share, whatever they play on. */
export interface Scene<Player> {
  readonly actors: readonly Player[]
  /** Counts what happened, by name, for the conditions. */
  readonly seen: Map<string, number>
  /** What is known of the run, for the conditions. */
  readonly facts: Map<string, unknown>
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** A bot on the AX/DX networks, with what it has to act with. */
export interface Actor extends BotPart, Clients {
  /** The networks without a client, for what no client would send. */
  readonly raw: { readonly alpha: Transport; readonly delta: Transport }
  readonly stage: Stage
  /** The next number of an operation that is signed by hand. */
  nonce(): number
}

/** What bots on the AX/DX networks share. */
export interface Stage extends Scene<Actor> {
  /** Somebody who is no bot, with money: a victim, an account to send to. */
  person(name: string): { readonly identity: Identity; readonly clients: Clients }
  /** Gives an account money, which is there before anything else is done. */
  fund(address: string, token: 'AX' | 'sAX' | 'DX', amount: bigint): void
  /** Requests that were sent, and calls that were made. */
  traffic(): { readonly requests: number; readonly calls: number }
}

/** A part that bots play: on the AX/DX networks, where nothing else is said. */
export interface Role<Player = Actor, Shared = Stage> {
  readonly about: string
  readonly behaviors: Readonly<
    Record<string, (actor: Player, signal: AbortSignal) => Promise<BehaviorResult>>
  >
  /** Before the first act of each bot. */
  readonly setup?: (actor: Player) => Promise<void>
  /** What must hold of the target when all is done, by what it then shows. */
  readonly conditions?: (stage: Shared) => Promise<Verdict[]>
}

/** What happened, by name. */
export type Seen = Pick<Scene<unknown>, 'seen'>

/** Counts something that happened. */
export function see(stage: Seen, what: string, times = 1): void {
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
