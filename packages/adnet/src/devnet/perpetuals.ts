import { MOST_AMOUNT } from '../values.ts'
import type { Ledger } from './ledger.ts'
import { holds, known, Refusal } from './refusal.ts'

const MARGIN = 'margin'
const VAULT = 'vault'
const MOST_RATE_PPM = 10_000n
export const MAINTENANCE_PPM = 50_000n
const PPM = 1_000_000n
const KEEP = 1_000

export interface Position {
  readonly id: string
  readonly owner: string
  readonly market: 'AX-PERP'
  readonly side: 'long' | 'short'
  readonly size: number
  readonly entryPrice: bigint
  margin: bigint
  status: 'open' | 'closed' | 'liquidated'
  pnl: bigint
}

export interface FundingRecord {
  readonly market: 'AX-PERP'
  readonly ratePpm: number
  readonly markPrice: bigint
  readonly indexPrice: bigint
  readonly at: number
}

export interface Prices {
  /** What it is traded at. */
  readonly mark: bigint
  /** What the oracle says. */
  readonly index: bigint
}

/**
 * Perpetual contracts against a vault, which takes the other side of all. Whoever cannot keep the margin is
 * liquidated, and what is left of it goes to the vault.
 */
export class Perpetuals {
  readonly positions = new Map<string, Position>()
  readonly funding: FundingRecord[] = []
  readonly liquidated: Position[] = []
  readonly leverage = new Map<string, number>()
  readonly #open = new Set<Position>()
  readonly #ledger: Ledger
  readonly #prices: () => Prices
  readonly #maxLeverage: () => bigint
  readonly #onPosition: (position: Position) => void

  constructor(
    ledger: Ledger,
    prices: () => Prices,
    maxLeverage: () => bigint,
    onPosition: (position: Position) => void,
  ) {
    this.#ledger = ledger
    this.#prices = prices
    this.#maxLeverage = maxLeverage
    this.#onPosition = onPosition
  }

  get open(): Position[] {
    return [...this.#open]
  }

  start(id: string, owner: string, side: 'long' | 'short', size: number, margin: bigint): Position {
    const { index } = this.#prices()
    const notional = index * BigInt(size)
    if (notional > MOST_AMOUNT) throw new Refusal(400, 'Price times size is too much')
    const own = BigInt(this.leverage.get(owner) ?? 100)
    const most = own < this.#maxLeverage() ? own : this.#maxLeverage()
    holds(
      margin * most >= notional,
      `The margin bears ${margin * most}, and the position is ${notional}`,
    )
    holds(margin >= maintenanceOf(notional), 'The margin would not be kept')
    const interest = this.open.reduce((sum, each) => sum + index * BigInt(each.size), notional)
    holds(interest <= this.#ledger.balance(VAULT, 'DX'), 'The vault bears no more')
    this.#ledger.move(owner, MARGIN, 'DX', margin)
    const position: Position = {
      id,
      owner,
      market: 'AX-PERP',
      side,
      size,
      entryPrice: index,
      margin,
      status: 'open',
      pnl: 0n,
    }
    this.positions.set(id, position)
    this.#open.add(position)
    this.#onPosition(position)
    return position
  }

  addMargin(id: string, owner: string, amount: bigint): void {
    const position = this.#own(id, owner)
    this.#ledger.move(owner, MARGIN, 'DX', amount)
    position.margin += amount
    this.#onPosition(position)
  }

  close(id: string, owner: string): bigint {
    const position = this.#own(id, owner)
    const pnl = pnlOf(position, this.#prices().index)
    // The vault pays what it has, and nobody loses more than the margin.
    const vault = this.#ledger.balance(VAULT, 'DX')
    const result = pnl > vault ? vault : pnl < -position.margin ? -position.margin : pnl
    if (result > 0n) this.#ledger.move(VAULT, owner, 'DX', result)
    else this.#ledger.moveIfAny(MARGIN, VAULT, 'DX', -result)
    this.#ledger.moveIfAny(MARGIN, owner, 'DX', position.margin + (result < 0n ? result : 0n))
    this.#end(position, 'closed', result)
    return result
  }

  /** What longs pay shorts as things are. */
  rate(at: number): FundingRecord {
    const { mark, index } = this.#prices()
    const raw = ((mark - index) * PPM) / index
    const rate = raw > MOST_RATE_PPM ? MOST_RATE_PPM : raw < -MOST_RATE_PPM ? -MOST_RATE_PPM : raw
    return { market: 'AX-PERP', ratePpm: Number(rate), markPrice: mark, indexPrice: index, at }
  }

  /**
   * Has one side pay the other, out of margins, and the vault take or pay the difference. @returns what
   * each paid (below 0) or got, the vault as well: their sum is 0.
   */
  fund(at: number): Map<string, bigint> {
    const record = this.rate(at)
    this.funding.push(record)
    if (this.funding.length > KEEP) this.funding.shift()
    const flows = new Map<string, bigint>()
    const payer = record.ratePpm >= 0 ? 'long' : 'short'
    const rate = BigInt(Math.abs(record.ratePpm))
    for (const position of this.open) {
      const due = (record.indexPrice * BigInt(position.size) * rate) / PPM
      const isPayer = position.side === payer
      const limit = isPayer ? position.margin : this.#ledger.balance(VAULT, 'DX')
      const flow = due < limit ? due : limit
      if (isPayer) this.#ledger.moveIfAny(MARGIN, VAULT, 'DX', flow)
      else this.#ledger.moveIfAny(VAULT, MARGIN, 'DX', flow)
      const signed = isPayer ? -flow : flow
      position.margin += signed
      flows.set(position.id, signed)
      flows.set(VAULT, (flows.get(VAULT) ?? 0n) - signed)
    }
    this.liquidate()
    return flows
  }

  /** Ends all positions whose margin is not kept. */
  liquidate(): void {
    const { index } = this.#prices()
    for (const position of this.open) {
      if (isKept(position, index)) continue
      this.#ledger.moveIfAny(MARGIN, VAULT, 'DX', position.margin)
      this.liquidated.push(position)
      if (this.liquidated.length > KEEP) this.liquidated.shift()
      this.#end(position, 'liquidated', -position.margin)
    }
  }

  #own(id: string, owner: string): Position {
    const position = known('position', this.positions.get(id))
    if (position.owner !== owner) throw new Refusal(403, 'The position is another account’s')
    holds(position.status === 'open', `The position is ${position.status}`)
    return position
  }

  #end(position: Position, status: 'closed' | 'liquidated', pnl: bigint): void {
    position.status = status
    position.pnl = pnl
    position.margin = 0n
    this.#open.delete(position)
    this.#onPosition(position)
  }
}

/** What a position would win or lose at a price. */
export function pnlOf({ side, size, entryPrice }: Position, price: bigint): bigint {
  const gain = (price - entryPrice) * BigInt(size)
  return side === 'long' ? gain : -gain
}

/** Whether a position has the margin that it needs at a price. */
export function isKept(position: Position, price: bigint): boolean {
  return position.margin + pnlOf(position, price) >= maintenanceOf(price * BigInt(position.size))
}

function maintenanceOf(notional: bigint): bigint {
  return (notional * MAINTENANCE_PPM) / PPM
}
