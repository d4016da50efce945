import type { Ledger } from './ledger.ts'
import { holds, known, Refusal } from './refusal.ts'

const LOCKED = 'bridge'

export interface LockRecord {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly token: 'AX'
  readonly amount: bigint
  status: 'locked' | 'minted' | 'burnt' | 'unlocked'
}

/** Between the chains: what is locked on Alpha is minted on Delta, what is burnt there is unlocked here, once. */
export class Bridge {
  readonly locks = new Map<string, LockRecord>()
  readonly burns = new Map<string, LockRecord>()
  readonly #alpha: Ledger
  readonly #delta: Ledger

  constructor(alpha: Ledger, delta: Ledger) {
    this.#alpha = alpha
    this.#delta = delta
  }

  get state() {
    return {
      locked: this.#alpha.balance(LOCKED, 'AX'),
      minted: this.#delta.supply('AX'),
      locks: this.locks.size,
      burns: this.burns.size,
    }
  }

  lock(id: string, from: string, to: string, amount: bigint): void {
    if (!to.startsWith('dx1')) throw new Refusal(400, 'An account of Delta begins with dx1')
    this.#alpha.move(from, LOCKED, 'AX', amount)
    this.locks.set(id, { id, from, to, token: 'AX', amount, status: 'locked' })
  }

  mint(id: string, caller: string): bigint {
    const lock = known('lock', this.locks.get(id))
    if (lock.to !== caller) throw new Refusal(403, 'It was locked for another account')
    holds(lock.status === 'locked', `The lock is ${lock.status}`)
    this.#delta.issue(lock.to, 'AX', lock.amount)
    lock.status = 'minted'
    return lock.amount
  }

  burn(id: string, from: string, to: string, amount: bigint): void {
    if (!to.startsWith('ax1')) throw new Refusal(400, 'An account of Alpha begins with ax1')
    this.#delta.redeem(from, 'AX', amount)
    this.burns.set(id, { id, from, to, token: 'AX', amount, status: 'burnt' })
  }

  unlock(id: string, caller: string): void {
    const burn = known('burn', this.burns.get(id))
    if (burn.to !== caller) throw new Refusal(403, 'It was burnt for another account')
    holds(burn.status === 'burnt', `The burn is ${burn.status}`)
    this.#alpha.move(LOCKED, burn.to, 'AX', burn.amount)
    burn.status = 'unlocked'
  }
}
