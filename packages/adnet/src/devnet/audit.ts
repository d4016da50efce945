import type { Bridge } from './bridge.ts'
import type { Perpetuals } from './perpetuals.ts'
import { isKept } from './perpetuals.ts'
import type { Spot } from './spot.ts'
import type { ChainState } from './state.ts'

/** What must always hold: whatever is listed does not. */
export interface Audit {
  readonly isSound: boolean
  readonly flaws: readonly string[]
}

/** Goes through the books of both networks. */
export function auditOf(
  alpha: ChainState,
  delta: ChainState,
  parts: {
    readonly bridge: Bridge
    readonly spot: Spot
    readonly perpetuals: Perpetuals
    readonly index: bigint
  },
): Audit {
  const { bridge, spot, perpetuals, index } = parts
  const flaws: string[] = []
  const check = (holds: boolean, flaw: string): void => {
    if (!holds) flaws.push(flaw)
  }
  for (const { network, ledger } of [alpha, delta]) {
    for (const token of ['AX', 'sAX', 'DX'] as const) {
      check(ledger.total(token) === ledger.supply(token), `${token} was made or lost on ${network}`)
    }
  }
  const { locked, minted } = bridge.state
  const onTheWay = sumOf(bridge.locks.values(), 'locked') + sumOf(bridge.burns.values(), 'burnt')
  check(locked === minted + onTheWay, 'The bridge holds another amount than was minted from it')
  check(
    alpha.ledger.supply('sAX') === alpha.ledger.balance('stakes', 'AX'),
    'There is more or less staked than there are stakes',
  )
  for (const [pair, book] of Object.entries(spot.books)) {
    const [bid, ask] = [book.bids[0]?.price, book.asks[0]?.price]
    check(bid === undefined || ask === undefined || bid < ask, `The book of ${pair} is crossed`)
  }
  let margins = 0n
  for (const position of perpetuals.open) {
    margins += position.margin
    check(isKept(position, index), `Position ${position.id} is open without its margin`)
  }
  check(delta.ledger.balance('margin', 'DX') === margins, 'Margins are not what positions have')
  check(
    delta.ledger.balance('orders', 'DX') === escrowOf(spot),
    'Orders hold more or less than they could cost',
  )
  return { isSound: flaws.length === 0, flaws }
}

function sumOf(records: Iterable<{ status: string; amount: bigint }>, status: string): bigint {
  let sum = 0n
  for (const record of records) if (record.status === status) sum += record.amount
  return sum
}

function escrowOf(spot: Spot): bigint {
  let sum = 0n
  for (const { bids } of Object.values(spot.books)) {
    for (const { price, orders } of bids) {
      for (const { size, filled } of orders) sum += price * BigInt(size - filled)
    }
  }
  return sum
}
