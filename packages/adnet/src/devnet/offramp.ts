import { digest } from './chain.ts'
import type { Ledger } from './ledger.ts'
import { holds, known, Refusal } from './refusal.ts'

const HELD = 'offramp'

interface Payment {
  readonly id: string
  readonly owner: string
  readonly amount: bigint
  readonly currency: 'EUR' | 'USD'
  status: 'pending' | 'settled' | 'failed'
}

/** Money out of the network, for who has said who they are. */
export class Offramp {
  readonly #people = new Map<string, 'begun' | 'verified'>()
  readonly #payments = new Map<string, Payment>()
  readonly #ledger: Ledger

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  /** What would be sent to a person. */
  codeOf(account: string): string {
    return String(Number.parseInt(digest('kyc', account).slice(0, 8), 16) % 1_000_000).padStart(
      6,
      '0',
    )
  }

  begin(account: string): void {
    if (this.#people.get(account) !== 'verified') this.#people.set(account, 'begun')
  }

  verify(account: string, code: string): void {
    holds(this.#people.has(account), 'The account has not begun')
    if (code !== this.codeOf(account)) throw new Refusal(403, 'The code is another')
    this.#people.set(account, 'verified')
  }

  initiate(id: string, owner: string, amount: bigint, currency: 'EUR' | 'USD'): void {
    if (this.#people.get(owner) !== 'verified')
      throw new Refusal(403, 'The account is not verified')
    this.#ledger.move(owner, HELD, 'DX', amount)
    this.#payments.set(id, { id, owner, amount, currency, status: 'pending' })
  }

  settle(id: string, isPaid: boolean): void {
    const payment = this.get(id)
    holds(payment.status === 'pending', `The payment is ${payment.status}`)
    payment.status = isPaid ? 'settled' : 'failed'
    this.#ledger.move(HELD, isPaid ? 'paid' : payment.owner, 'DX', payment.amount)
  }

  retry(id: string, owner: string): void {
    const payment = this.get(id)
    if (payment.owner !== owner) throw new Refusal(403, 'The payment is another account’s')
    holds(payment.status === 'failed', `The payment is ${payment.status}`)
    this.#ledger.move(owner, HELD, 'DX', payment.amount)
    payment.status = 'pending'
  }

  get(id: string): Payment {
    return known('payment', this.#payments.get(id))
  }
}
