import { MOST_AMOUNT } from '../values.ts'
import { Book, type BookOrder, type Side } from './book.ts'
import { digest } from './chain.ts'
import type { Ledger, Token } from './ledger.ts'
import { holds, known, Refusal } from './refusal.ts'

/** The smallest units of the base token in a lot. */
export const LOT = 1_000n
const ESCROW = 'orders'
const MOST_OPEN = 200
const KEEP = 10_000

export type Pair = 'AX-DX' | 'sAX-DX'
export type Lifetime = 'until-cancelled' | 'immediate' | 'fill-or-kill' | 'post-only'

export interface SpotOrder extends BookOrder {
  readonly pair: Pair
  readonly at: number
  status: 'open' | 'filled' | 'cancelled'
}

export interface Trade {
  readonly id: string
  readonly pair: Pair
  readonly price: bigint
  readonly size: number
  readonly maker: string
  readonly taker: string
  readonly side: Side
  readonly at: number
}

export interface Fees {
  readonly makerPpm: bigint
  readonly takerPpm: bigint
}

/** Buying and selling at prices that people name. What an order could cost is set aside while it is open. */
export class Spot {
  readonly books: Readonly<Record<Pair, Book>> = { 'AX-DX': new Book(), 'sAX-DX': new Book() }
  readonly orders = new Map<string, SpotOrder>()
  readonly trades: Trade[] = []
  readonly #ledger: Ledger
  readonly #fees: () => Fees
  readonly #open = new Map<string, Set<SpotOrder>>()
  readonly #onTrade: (trade: Trade) => void
  readonly #onOrder: (order: SpotOrder) => void
  #traded = 0

  constructor(
    ledger: Ledger,
    fees: () => Fees,
    on: { trade(trade: Trade): void; order(order: SpotOrder): void },
  ) {
    this.#ledger = ledger
    this.#fees = fees
    this.#onTrade = (trade) => on.trade(trade)
    this.#onOrder = (order) => on.order(order)
  }

  of(owner: string): SpotOrder[] {
    return [...(this.#open.get(owner) ?? [])]
  }

  submit(
    wanted: {
      id: string
      owner: string
      pair: Pair
      side: Side
      price: bigint
      size: number
      at: number
    },
    lifetime: Lifetime,
  ): SpotOrder {
    const { id, owner, pair, side, price, size, at } = wanted
    if (price * BigInt(size) > MOST_AMOUNT) throw new Refusal(400, 'Price times size is too much')
    const book = this.books[pair]
    const open = this.#open.get(owner) ?? new Set()
    holds(open.size < MOST_OPEN, `At most ${MOST_OPEN} orders may be open`)
    if (lifetime === 'post-only') holds(!book.match(side, price), 'It would trade at once')
    if (lifetime === 'fill-or-kill') {
      holds(book.depth(side, price, owner) >= size, 'It cannot be filled at once')
    }
    const [token, cost] = costOf(pair, side, price, size)
    this.#ledger.move(owner, ESCROW, token, cost)
    const order: SpotOrder = { id, owner, pair, side, price, size, at, filled: 0, status: 'open' }
    this.orders.set(id, order)
    this.#match(book, order)
    if (order.filled === size) order.status = 'filled'
    else if (lifetime === 'until-cancelled' || lifetime === 'post-only') {
      book.add(order)
      this.#open.set(owner, open.add(order))
    } else this.#release(order)
    this.#onOrder(order)
    return order
  }

  /** @throws a refusal: 404, 403 for an order of somebody else, 409 for one that is not open. */
  cancel(id: string, owner: string): void {
    const order = known('order', this.orders.get(id))
    if (order.owner !== owner) throw new Refusal(403, 'The order is another account’s')
    holds(order.status === 'open', `The order is ${order.status}`)
    this.#takeOut(order)
  }

  #match(book: Book, order: SpotOrder): void {
    for (;;) {
      const maker = book.match(order.side, order.price) as SpotOrder | undefined
      if (!maker || order.filled === order.size) return
      // Nobody trades with themselves: the older order goes.
      if (maker.owner === order.owner) this.#takeOut(maker)
      else this.#trade(book, maker, order)
    }
  }

  #trade(book: Book, maker: SpotOrder, taker: SpotOrder): void {
    const size = Math.min(maker.size - maker.filled, taker.size - taker.filled)
    const { price } = maker
    const { pair, side, at } = taker
    const [buyer, seller] = side === 'buy' ? [taker, maker] : [maker, taker]
    const quote = price * BigInt(size)
    const { makerPpm, takerPpm } = this.#fees()
    const fee = (quote * (seller === taker ? takerPpm : makerPpm)) / 1_000_000n
    const base = pair.split('-')[0] as Token
    this.#ledger.move(ESCROW, buyer.owner, base, BigInt(size) * LOT)
    this.#ledger.moveIfAny(ESCROW, seller.owner, 'DX', quote - fee)
    this.#ledger.moveIfAny(ESCROW, 'fees', 'DX', fee)
    // A buyer who named more than it cost gets the rest back.
    this.#ledger.moveIfAny(ESCROW, buyer.owner, 'DX', (buyer.price - price) * BigInt(size))
    taker.filled += size
    book.fill(maker, size)
    if (maker.filled === maker.size) {
      maker.status = 'filled'
      this.#open.get(maker.owner)?.delete(maker)
    }
    const id = digest('trade', ++this.#traded, maker.id, taker.id)
    const trade = { id, pair, price, size, maker: maker.id, taker: taker.id, side, at }
    this.trades.push(trade)
    if (this.trades.length > KEEP) this.trades.splice(0, KEEP / 2)
    this.#onTrade(trade)
    this.#onOrder(maker)
  }

  #takeOut(order: SpotOrder): void {
    this.books[order.pair].remove(order)
    this.#open.get(order.owner)?.delete(order)
    this.#release(order)
    this.#onOrder(order)
  }

  #release(order: SpotOrder): void {
    order.status = 'cancelled'
    const { pair, side, price, size, filled, owner } = order
    const [token, rest] = costOf(pair, side, price, size - filled)
    this.#ledger.moveIfAny(ESCROW, owner, token, rest)
  }
}

function costOf(pair: Pair, side: Side, price: bigint, size: number): [Token, bigint] {
  if (side === 'buy') return ['DX', price * BigInt(size)]
  return [pair.split('-')[0] as Token, BigInt(size) * LOT]
}
