import type { Clock } from '@bzzz/bot-framework'
import type { Network } from '../envelope.ts'
import { Chain } from './chain.ts'
import { Governance } from './governance.ts'
import { Ledger, type Token } from './ledger.ts'

/** A validator of a devnet. */
export interface Validator {
  readonly address: string
  readonly stake: bigint
  readonly gid: number
}

/** What every chain has. */
export class ChainState {
  readonly network: Network
  readonly clock: Clock
  readonly ledger: Ledger
  readonly chain: Chain
  readonly governance: Governance
  readonly validators: readonly Validator[]
  readonly delegations = new Map<string, Map<string, bigint>>()
  readonly solutions: string[] = []
  /** Balances as they were, by token and account: at which height they changed, and to what. */
  readonly #history = new Map<string, [number, bigint][]>()

  constructor(network: Network, clock: Clock, validators: readonly Validator[]) {
    this.network = network
    this.clock = clock
    this.validators = validators
    this.chain = new Chain(validators.map(({ address }) => address))
    this.ledger = new Ledger((account, token, balance) => this.#note(account, token, balance))
    const votes: Token = network === 'alpha' ? 'sAX' : 'DX'
    this.governance = new Governance(() => this.ledger.holders(votes))
  }

  /** What an account held when a block was made. */
  balanceAt(account: string, token: Token, height: number): bigint {
    return this.changes(account, token).findLast(([at]) => at <= height)?.[1] ?? 0n
  }

  /** When the balance of an account changed, and to what. */
  changes(account: string, token: Token): readonly (readonly [number, bigint])[] {
    return this.#history.get(`${token} ${account}`) ?? []
  }

  #note(account: string, token: Token, balance: bigint): void {
    if (this.network !== 'alpha') return
    const key = `${token} ${account}`
    const changes = this.#history.get(key) ?? []
    this.#history.set(key, changes)
    const height = this.chain.blocks.length
    // Of one block only the last word counts.
    if (changes.at(-1)?.[0] === height) changes.at(-1)![1] = balance
    else changes.push([height, balance])
  }
}
