import { z } from 'zod'
import {
  address,
  amount,
  hash,
  lots,
  market,
  moment,
  pair,
  side,
  signedAmount,
  token,
} from './values.ts'

const level = z.object({ price: amount, size: z.int() })
export const orderBook = z.object({
  pair,
  sequence: z.int(),
  bids: z.array(level),
  asks: z.array(level),
})
export const trade = z.object({
  id: hash,
  pair,
  price: amount,
  size: lots,
  maker: hash,
  taker: hash,
  side,
  at: moment,
})
export const order = z.object({
  id: hash,
  owner: address,
  pair,
  side,
  price: amount,
  size: lots,
  filled: z.int().nonnegative(),
  status: z.enum(['open', 'filled', 'cancelled']),
  at: moment,
})
export const position = z.object({
  id: hash,
  owner: address,
  market,
  side: z.enum(['long', 'short']),
  size: lots,
  entryPrice: amount,
  margin: amount,
  leverage: z.int(),
  status: z.enum(['open', 'closed', 'liquidated']),
  pnl: signedAmount,
})
export const funding = z.object({
  market,
  /** Millionths of the notional value, for an hour. Longs pay where it is above 0. */
  ratePpm: z.int(),
  markPrice: amount,
  indexPrice: amount,
  at: moment,
})
export const oraclePrice = z.object({ asset: token, price: amount, sources: z.int(), at: moment })
export const fill = trade.extend({ owner: address })
export const candle = z.object({
  at: moment,
  open: amount,
  high: amount,
  low: amount,
  close: amount,
  volume: z.int(),
})
export const offramp = z.object({
  id: hash,
  owner: address,
  amount,
  currency: z.enum(['EUR', 'USD']),
  status: z.enum(['pending', 'settled', 'failed']),
})
