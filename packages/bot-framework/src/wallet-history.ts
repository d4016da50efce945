import type { Token } from './wallet.ts'

/** One change of a wallet, and how it stood afterwards. */
export interface WalletEntry {
  /** Counted from 1. */
  readonly number: number
  readonly at: number
  readonly kind: 'credit' | 'debit' | 'reserve' | 'commit' | 'roll-back'
  readonly token: Token
  readonly amount: bigint
  readonly available: bigint
  readonly reserved: bigint
  readonly note?: string
}

/** The last entries of a wallet, in a ring. */
export class History {
  readonly #ring: WalletEntry[] = []
  readonly #keep: number
  readonly #now: () => number
  #made = 0

  constructor(keep: number, now: () => number) {
    this.#keep = keep
    this.#now = now
  }

  get made(): number {
    return this.#made
  }

  add(
    kind: WalletEntry['kind'],
    token: Token,
    amount: bigint,
    after: { readonly available: bigint; readonly reserved: bigint },
    note: string | undefined,
  ): void {
    this.#made++
    if (this.#keep === 0) return
    const { available, reserved } = after
    const entry = { number: this.#made, at: this.#now(), kind, token, amount, available, reserved }
    this.#ring[(this.#made - 1) % this.#keep] = note === undefined ? entry : { ...entry, note }
  }

  newest(): WalletEntry[] {
    if (this.#made <= this.#keep) return [...this.#ring]
    const oldest = this.#made % this.#keep
    return [...this.#ring.slice(oldest), ...this.#ring.slice(0, oldest)]
  }
}
