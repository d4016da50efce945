import { MOST_AMOUNT } from '../values.ts'
import { holds, Refusal } from './refusal.ts'

export type Token = 'AX' | 'sAX' | 'DX'

/** Who has what. Money moves, and is made at the beginning and by {@link issue} only. */
export class Ledger {
  readonly #accounts = new Map<string, Map<Token, bigint>>()
  readonly #supply = new Map<Token, bigint>()
  readonly #onChange: (account: string, token: Token, balance: bigint) => void

  constructor(onChange: (account: string, token: Token, balance: bigint) => void = () => {}) {
    this.#onChange = onChange
  }

  balance(account: string, token: Token): bigint {
    return this.#accounts.get(account)?.get(token) ?? 0n
  }

  /** What was issued of a token, and not taken back. */
  supply(token: Token): bigint {
    return this.#supply.get(token) ?? 0n
  }

  /** What all accounts hold together. */
  total(token: Token): bigint {
    let sum = 0n
    for (const balances of this.#accounts.values()) sum += balances.get(token) ?? 0n
    return sum
  }

  /** Accounts that hold a token, the names of the network's own left out. */
  *holders(token: Token): Generator<[string, bigint]> {
    for (const [account, balances] of this.#accounts) {
      const balance = balances.get(token) ?? 0n
      if (balance > 0n && /^[ad]x1/.test(account)) yield [account, balance]
    }
  }

  /** @throws a refusal where the payer has less, or for 0 and less. */
  move(from: string, to: string, token: Token, amount: bigint): void {
    if (amount <= 0n) throw new Refusal(400, 'An amount must be above 0')
    const available = this.balance(from, token)
    holds(available >= amount, `The account has ${available} ${token}, and ${amount} are needed`)
    this.#set(from, token, available - amount)
    this.#set(to, token, this.balance(to, token) + amount)
  }

  /** Moves what there is to move, which may be nothing. */
  moveIfAny(from: string, to: string, token: Token, amount: bigint): void {
    if (amount > 0n) this.move(from, to, token, amount)
  }

  issue(to: string, token: Token, amount: bigint): void {
    const supply = this.supply(token) + amount
    holds(supply <= MOST_AMOUNT, `There would be more than ${MOST_AMOUNT} ${token}`)
    this.#supply.set(token, supply)
    this.#set(to, token, this.balance(to, token) + amount)
  }

  /** Takes back what was issued. */
  redeem(from: string, token: Token, amount: bigint): void {
    this.move(from, 'redeemed', token, amount)
    this.#set('redeemed', token, 0n)
    this.#supply.set(token, this.supply(token) - amount)
  }

  #set(account: string, token: Token, balance: bigint): void {
    let balances = this.#accounts.get(account)
    if (!balances) this.#accounts.set(account, (balances = new Map()))
    balances.set(token, balance)
    this.#onChange(account, token, balance)
  }
}
