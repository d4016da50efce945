import type { DELTA } from '../routes-delta.ts'
import type { Bridge } from './bridge.ts'
import { coreHandlers } from './core.ts'
import { governanceHandlers } from './governance-handlers.ts'
import { receipt, type Handlers } from './handlers.ts'
import type { Offramp } from './offramp.ts'
import type { Oracle } from './oracle.ts'
import { MAINTENANCE_PPM, pnlOf, type Perpetuals, type Position } from './perpetuals.ts'
import { holds, known } from './refusal.ts'
import { LOT, type Spot, type Trade } from './spot.ts'
import type { ChainState } from './state.ts'

const MINUTE = 60_000

/** What Delta has beside its chain. */
export interface DeltaParts {
  readonly bridge: Bridge
  readonly spot: Spot
  readonly perpetuals: Perpetuals
  readonly oracle: Oracle
  readonly offramp: Offramp
  /** The chain on which is locked what is minted here. */
  readonly alpha: ChainState
}

/** What Delta does. */
export function deltaHandlers(state: ChainState, parts: DeltaParts): Handlers<typeof DELTA> {
  const { governance } = state
  const { bridge, spot, perpetuals, oracle, offramp, alpha } = parts
  const assets = () => [...oracle.history.keys()].map((asset) => oracle.price(asset))
  return {
    ...coreHandlers(state),
    ...governanceHandlers(state),
    markets: () =>
      (['AX-DX', 'sAX-DX'] as const).map((pair) => ({
        pair,
        lot: LOT,
        makerFeePpm: Number(governance.parameter('maker_fee')),
        takerFeePpm: Number(governance.parameter('taker_fee')),
      })),
    orderBook: ({ pair, limit = 20 }) => bookOf(spot, pair, limit),
    trades: ({ pair, limit = 20 }) =>
      newest(
        spot.trades.filter((trade) => trade.pair === pair),
        limit,
      ),
    candles: ({ pair, limit = 20 }) =>
      candlesOf(
        spot.trades.filter((trade) => trade.pair === pair),
        limit,
      ),
    submitOrder: ({ lifetime, ...wanted }, caller) => {
      const { transaction: id, account: owner, now: at } = caller
      const { filled } = spot.submit({ ...wanted, id, owner, at }, lifetime)
      return { ...receipt(caller), order: id, filled }
    },
    order: ({ order }) => known('order', spot.orders.get(order)),
    orders: ({ address }) => spot.of(address),
    cancelOrder: ({ order }, caller) => {
      spot.cancel(order, caller.account)
      return receipt(caller)
    },

    perpetualMarkets: () => [
      {
        market: 'AX-PERP',
        maxLeverage: Number(governance.parameter('max_leverage')),
        maintenancePpm: Number(MAINTENANCE_PPM),
        openInterest: perpetuals.open.reduce((sum, { size }) => sum + size, 0),
      },
    ],
    funding: (_, { now }) => perpetuals.rate(now),
    fundingHistory: ({ limit = 20 }) => newest(perpetuals.funding, limit),
    positions: ({ address }) =>
      perpetuals.open
        .filter(({ owner }) => owner === address)
        .map((each) => positionOf(each, oracle)),
    openPosition: ({ side, size, margin }, caller) => {
      perpetuals.start(caller.transaction, caller.account, side, size, margin)
      return { ...receipt(caller), position: caller.transaction }
    },
    closePosition: ({ position }, caller) => ({
      ...receipt(caller),
      pnl: perpetuals.close(position, caller.account),
    }),
    setLeverage: ({ leverage }, caller) => {
      holds(
        BigInt(leverage) <= governance.parameter('max_leverage'),
        'That is above the bound of the market',
      )
      perpetuals.leverage.set(caller.account, leverage)
      return receipt(caller)
    },
    addMargin: ({ position, amount }, caller) => {
      perpetuals.addMargin(position, caller.account, amount)
      return receipt(caller)
    },
    liquidations: ({ limit = 20 }) =>
      newest(perpetuals.liquidated, limit).map((each) => positionOf(each, oracle)),
    fills: ({ address, limit = 20 }) => {
      const isOwn = (order: string): boolean => spot.orders.get(order)?.owner === address
      const own = spot.trades.filter(({ maker, taker }) => isOwn(maker) || isOwn(taker))
      return newest(own, limit).map((trade) => ({ ...trade, owner: address }))
    },

    prices: () => assets(),
    price: ({ asset }) => oracle.price(asset),
    priceHistory: ({ asset, limit = 20 }) =>
      newest(known('price', oracle.history.get(asset)), limit),
    submitPrice: ({ asset, price }, caller) => {
      oracle.submit(caller.account, asset, price, caller.now)
      return receipt(caller)
    },

    startKyc: (_, caller) => {
      offramp.begin(caller.account)
      return receipt(caller)
    },
    verifyKyc: ({ code }, caller) => {
      offramp.verify(caller.account, code)
      return receipt(caller)
    },
    initiateOfframp: ({ amount, currency }, caller) => {
      offramp.initiate(caller.transaction, caller.account, amount, currency)
      return { ...receipt(caller), offramp: caller.transaction }
    },
    offramp: ({ offramp: id }) => offramp.get(id),
    settleOfframp: ({ offramp: id, isPaid }, caller) => {
      offramp.settle(id, isPaid)
      return receipt(caller)
    },
    retryOfframp: ({ offramp: id }, caller) => {
      offramp.retry(id, caller.account)
      return receipt(caller)
    },

    mint: ({ lock }, caller) => ({ ...receipt(caller), amount: bridge.mint(lock, caller.account) }),
    burn: ({ to, amount }, caller) => {
      bridge.burn(caller.transaction, caller.account, to, amount)
      return { ...receipt(caller), burn: caller.transaction }
    },
    lockProof: ({ lock }) => {
      known('lock', bridge.locks.get(lock))
      const { root, path } = alpha.chain.statePath(lock)
      return { lock, root, path }
    },
    bridge: () => bridge.state,
    delegates: () => governance.weights,
  }
}

/** A book as it is shown. */
export function bookOf(spot: Spot, pair: 'AX-DX' | 'sAX-DX', limit: number) {
  const book = spot.books[pair]
  return {
    pair,
    sequence: book.sequence,
    bids: book.levels('buy', limit),
    asks: book.levels('sell', limit),
  }
}

/** A position as it is shown: an open one with what it would win now. */
export function positionOf(position: Position, oracle: Oracle) {
  const index = oracle.price('AX').price
  const notional = index * BigInt(position.size)
  const leverage = position.margin > 0n ? Number(notional / position.margin) : 0
  const pnl = position.status === 'open' ? pnlOf(position, index) : position.pnl
  return { ...position, leverage, pnl }
}

function newest<T>(all: readonly T[], limit: number): T[] {
  return all.slice(-limit).toReversed()
}

function candlesOf(trades: readonly Trade[], limit: number) {
  const minutes = Map.groupBy(trades, ({ at }) => Math.floor(at / MINUTE) * MINUTE)
  const candles = [...minutes].map(([at, of]) => {
    const prices = of.map(({ price }) => price)
    const volume = of.reduce((sum, { size }) => sum + size, 0)
    const high = prices.reduce((a, b) => (a > b ? a : b))
    const low = prices.reduce((a, b) => (a < b ? a : b))
    return { at, open: prices[0]!, high, low, close: prices.at(-1)!, volume }
  })
  return newest(candles, limit)
}
