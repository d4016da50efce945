import { BotError, wholeNumber } from './errors.ts'
import { History, type WalletEntry } from './wallet-history.ts'

/** What a wallet holds: Alpha's credits, the same staked, and Delta's. */
export type Token = 'AX' | 'sAX' | 'DX'

export const TOKENS: readonly Token[] = ['AX', 'sAX', 'DX']

/** The most that a wallet holds of a token, unless it is told otherwise: what 128 bits can say. */
export const MAX_AMOUNT: bigint = 2n ** 128n - 1n

/** How a wallet stands with one token, in its smallest unit. */
export interface Balance {
  /** What can be spent. */
  readonly available: bigint
  /** What is set aside for operations that are not decided yet. */
  readonly reserved: bigint
}

/** An amount that is set aside until it is known whether it was spent. Either way ends it. */
export interface Reservation {
  readonly token: Token
  readonly amount: bigint
  readonly state: 'pending' | 'committed' | 'rolled-back'
  /** It was spent. @throws `ERR_BOT_RESERVATION` where it was decided already. */
  commit(): void
  /** It was not: the amount can be spent again. @throws `ERR_BOT_RESERVATION`. */
  rollBack(): void
}

/** What a bot owns, as far as the bot knows. Amounts are whole, in the smallest unit, and never made up. */
export interface Wallet {
  balance(token: Token): Balance
  /** @throws `ERR_BOT_AMOUNT` for 0 or less; `ERR_BOT_OVERFLOW` where it would hold too much. */
  credit(token: Token, amount: bigint, note?: string): void
  /** @throws `ERR_BOT_AMOUNT` for 0 or less; `ERR_BOT_BALANCE` where less than that is available. */
  debit(token: Token, amount: bigint, note?: string): void
  /** Sets an amount aside. @throws as {@link debit}. */
  reserve(token: Token, amount: bigint, note?: string): Reservation
  /** The newest entries, the oldest of them first. */
  readonly history: readonly WalletEntry[]
  /** How many entries were made in all; `history` holds the last of them. */
  readonly entries: number
}

export interface WalletInit {
  readonly balances?: Readonly<Partial<Record<Token, bigint>>>
  /** The most that it holds of a token. {@link MAX_AMOUNT} if left out. */
  readonly most?: bigint
  /** How many entries of the history are kept. 100 if left out. */
  readonly keep?: number
  /** The time of an entry, in milliseconds. Always 0 if left out. */
  readonly now?: () => number
}

/** Makes a wallet. @throws `ERR_BOT_AMOUNT`, `ERR_BOT_OVERFLOW` for the first balances. */
export function createWallet(init: WalletInit = {}): Wallet {
  return new LedgerWallet(init)
}

/**
 * Moves an amount from one wallet to another: both change, or neither.
 *
 * @throws as {@link Wallet.debit} for the payer and {@link Wallet.credit} for the payee.
 */
export function transfer(from: Wallet, to: Wallet, token: Token, amount: bigint): void {
  const reservation = from.reserve(token, amount, 'transfer')
  try {
    to.credit(token, amount, 'transfer')
  } catch (error) {
    reservation.rollBack()
    throw error
  }
  reservation.commit()
}

interface Account {
  available: bigint
  reserved: bigint
}

class LedgerWallet implements Wallet {
  // Most bots of a crowd never touch a token: an account is made when it is needed.
  readonly #accounts: Partial<Record<Token, Account>> = {}
  readonly #most: bigint
  readonly #history: History

  constructor({ balances = {}, most = MAX_AMOUNT, keep = 100, now = () => 0 }: WalletInit) {
    this.#most = most
    this.#history = new History(wholeNumber('keep', keep, 0), now)
    for (const token of TOKENS) {
      const amount = balances[token] ?? 0n
      if (amount !== 0n) this.credit(token, amount, 'first balance')
    }
  }

  get history(): readonly WalletEntry[] {
    return this.#history.newest()
  }

  get entries(): number {
    return this.#history.made
  }

  balance(token: Token): Balance {
    const { available, reserved } = this.#accounts[token] ?? { available: 0n, reserved: 0n }
    return { available, reserved }
  }

  credit(token: Token, amount: bigint, note?: string): void {
    const account = this.#account(token, amount)
    if (account.available + account.reserved + amount > this.#most) {
      throw new BotError(
        'ERR_BOT_OVERFLOW',
        `Expected at most ${this.#most} ${token} in a wallet, got ${account.available + account.reserved} and ${amount} more`,
      )
    }
    account.available += amount
    this.#history.add('credit', token, amount, account, note)
  }

  debit(token: Token, amount: bigint, note?: string): void {
    const account = this.#account(token, amount)
    requireAvailable(account, token, amount)
    account.available -= amount
    this.#history.add('debit', token, amount, account, note)
  }

  reserve(token: Token, amount: bigint, note?: string): Reservation {
    const account = this.#account(token, amount)
    requireAvailable(account, token, amount)
    account.available -= amount
    account.reserved += amount
    this.#history.add('reserve', token, amount, account, note)
    return new PendingAmount(token, amount, (state) => {
      account.reserved -= amount
      if (state === 'rolled-back') account.available += amount
      const kind = state === 'committed' ? 'commit' : 'roll-back'
      this.#history.add(kind, token, amount, account, note)
    })
  }

  #account(token: Token, amount: bigint): Account {
    if (!TOKENS.includes(token)) {
      throw new BotError('ERR_BOT_AMOUNT', `Expected AX, sAX or DX, got ${token}`)
    }
    if (typeof amount !== 'bigint' || amount <= 0n) {
      throw new BotError(
        'ERR_BOT_AMOUNT',
        `Expected an amount above 0 as a bigint, such as 1500n, got ${typeof amount} ${String(amount)}`,
      )
    }
    return (this.#accounts[token] ??= { available: 0n, reserved: 0n })
  }
}

class PendingAmount implements Reservation {
  readonly token: Token
  readonly amount: bigint
  readonly #decide: (state: 'committed' | 'rolled-back') => void
  #state: Reservation['state'] = 'pending'

  constructor(token: Token, amount: bigint, decide: (state: 'committed' | 'rolled-back') => void) {
    this.token = token
    this.amount = amount
    this.#decide = decide
  }

  get state(): Reservation['state'] {
    return this.#state
  }

  commit(): void {
    this.#end('committed')
  }

  rollBack(): void {
    this.#end('rolled-back')
  }

  #end(state: 'committed' | 'rolled-back'): void {
    if (this.#state !== 'pending') {
      throw new BotError(
        'ERR_BOT_RESERVATION',
        `Expected a reservation that is pending, got one that is ${this.#state}`,
      )
    }
    this.#state = state
    this.#decide(state)
  }
}

function requireAvailable(account: Account, token: Token, amount: bigint): void {
  if (account.available >= amount) return
  throw new BotError(
    'ERR_BOT_BALANCE',
    `Expected at least ${amount} ${token}, got ${account.available} available and ${account.reserved} reserved`,
  )
}
