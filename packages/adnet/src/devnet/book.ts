export type Side = 'buy' | 'sell'

/** An order that is in a book, or was. */
export interface BookOrder {
  readonly id: string
  readonly owner: string
  readonly side: Side
  readonly price: bigint
  readonly size: number
  filled: number
}

interface Level {
  readonly price: bigint
  readonly orders: BookOrder[]
}

/** Orders of one pair, by price, and by time where the price is the same. */
export class Book {
  /** The best first: the highest price. */
  readonly bids: Level[] = []
  /** The best first: the lowest price. */
  readonly asks: Level[] = []
  /** Counts changes. */
  sequence = 0

  /** The order that one of that side and price would trade with first. */
  match(side: Side, price: bigint): BookOrder | undefined {
    const best = (side === 'buy' ? this.asks : this.bids)[0]
    if (!best) return undefined
    const isCrossed = side === 'buy' ? best.price <= price : best.price >= price
    return isCrossed ? best.orders[0] : undefined
  }

  /** How many lots of others one of that side and price could trade at once. */
  depth(side: Side, price: bigint, owner: string): number {
    let size = 0
    for (const level of side === 'buy' ? this.asks : this.bids) {
      if (side === 'buy' ? level.price > price : level.price < price) break
      for (const order of level.orders) if (order.owner !== owner) size += order.size - order.filled
    }
    return size
  }

  add(order: BookOrder): void {
    this.sequence++
    const levels = this.#levels(order.side)
    const place = placeOf(levels, order)
    const level = levels[place]
    if (level?.price === order.price) level.orders.push(order)
    else levels.splice(place, 0, { price: order.price, orders: [order] })
  }

  /** A part of an order was traded; one that is done leaves the book. */
  fill(order: BookOrder, size: number): void {
    order.filled += size
    this.sequence++
    if (order.filled === order.size) this.remove(order)
  }

  remove(order: BookOrder): void {
    this.sequence++
    const levels = this.#levels(order.side)
    const place = placeOf(levels, order)
    const orders = levels[place]?.orders ?? []
    const index = orders.indexOf(order)
    if (index >= 0) orders.splice(index, 1)
    if (orders.length === 0 && index >= 0) levels.splice(place, 1)
  }

  /** The price between the best two; undefined where one side is empty. */
  get middle(): bigint | undefined {
    const [bid, ask] = [this.bids[0], this.asks[0]]
    return bid && ask ? (bid.price + ask.price) / 2n : undefined
  }

  /** The best levels of a side, each as one. */
  levels(side: Side, limit: number): { price: bigint; size: number }[] {
    return this.#levels(side)
      .slice(0, limit)
      .map(({ price, orders }) => ({
        price,
        size: orders.reduce((sum, order) => sum + order.size - order.filled, 0),
      }))
  }

  #levels(side: Side): Level[] {
    return side === 'buy' ? this.bids : this.asks
  }
}

/** Where the level of an order is, or would be. */
function placeOf(levels: readonly Level[], { side, price }: BookOrder): number {
  let [low, high] = [0, levels.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const found = levels[middle]!.price
    if (side === 'buy' ? found > price : found < price) low = middle + 1
    else high = middle
  }
  return low
}
