import { digest } from './chain.ts'
import { known, Refusal } from './refusal.ts'
import type { ChainState } from './state.ts'

const ID = 'credits.alpha'
const EDITION = 1
const MAPPINGS = { account: 'AX', stake: 'sAX' } as const
const FUNCTIONS = ['balance_of', 'total']
const SOURCE = `program ${ID};\nmapping account: key as address, value as u128;\nmapping stake: key as address, value as u128;\n`

/** The one program of a devnet, which keeps the credits, and what it did. */
export class Programs {
  readonly #state: ChainState
  readonly #deployments: readonly string[]
  readonly #amended: string

  /** @param deployments the transactions that deployed its editions. @param amended the one that amended the last. */
  constructor(state: ChainState, deployments: readonly string[], amended: string) {
    this.#state = state
    this.#deployments = deployments
    this.#amended = amended
  }

  get(id: string, edition = EDITION) {
    known('program', id === ID && edition <= EDITION ? id : undefined)
    return { id, edition, source: SOURCE, functions: [...FUNCTIONS] }
  }

  deployment(id: string, edition = EDITION): string {
    this.get(id, edition)
    return known('edition', this.#deployments[edition])
  }

  amendment(id: string, edition: number, number: number): string | undefined {
    return number <= this.amendments(id, edition) ? this.#amended : undefined
  }

  amendments(id: string, edition = EDITION): number {
    return this.get(id, edition).edition === EDITION ? 1 : 0
  }

  mappings(id: string): string[] {
    this.get(id)
    return Object.keys(MAPPINGS)
  }

  mapping(id: string, name: string, height?: number): Record<string, string> {
    const token = this.#token(id, name)
    const { ledger } = this.#state
    const holders = [...ledger.holders(token)].map(
      ([account, balance]) =>
        [
          account,
          height === undefined ? balance : this.#state.balanceAt(account, token, height),
        ] as const,
    )
    return Object.fromEntries(holders.map(([account, balance]) => [account, String(balance)]))
  }

  value(id: string, name: string, key: string, height?: number): string | null {
    const token = this.#token(id, name)
    if (!key.startsWith('ax1') || this.#state.changes(key, token).length === 0) return null
    const balance =
      height === undefined
        ? this.#state.ledger.balance(key, token)
        : this.#state.balanceAt(key, token, height)
    return String(balance)
  }

  view(id: string, fn: string, inputs: readonly string[], height?: number): string[] {
    this.get(id)
    if (fn === 'total') return [String(this.#state.ledger.supply('AX'))]
    known('function', fn === 'balance_of' ? fn : undefined)
    const [account] = inputs
    if (account === undefined) throw new Refusal(400, 'balance_of takes an account')
    return [this.value(id, 'account', account, height) ?? '0']
  }

  /** Each transaction is one transition, with one output. */
  transitionOf(io: string): string | undefined {
    for (const id of this.#state.chain.transactions.keys()) {
      if (digest('output', id) === io) return digest('transition', id)
    }
    return undefined
  }

  transactionOf(transition: string): string | undefined {
    for (const id of this.#state.chain.transactions.keys()) {
      if (digest('transition', id) === transition) return id
    }
    return undefined
  }

  #token(id: string, name: string): 'AX' | 'sAX' {
    this.get(id)
    return MAPPINGS[
      known('mapping', name in MAPPINGS ? (name as keyof typeof MAPPINGS) : undefined)
    ]
  }
}
