import { z } from 'zod'
import { get, post } from './route.ts'
import { CORE } from './routes-core.ts'
import * as of from './shapes.ts'
import {
  orderBook,
  trade,
  order,
  position,
  funding,
  oraclePrice,
  fill,
  candle,
  offramp,
} from './shapes-delta.ts'
import {
  address,
  amount,
  hash,
  lots,
  market,
  page,
  pair,
  price,
  side,
  signedAmount,
  spent,
  token,
} from './values.ts'

const paged = { query: page }
const opened = of.receipt.extend({ position: hash })

/** The routes that DeltaOS has beside those of every chain: 40. */
const DELTA_OWN = {
  markets: get(
    '/markets',
    'What is traded',
    z.array(z.object({ pair, lot: amount, makerFeePpm: z.int(), takerFeePpm: z.int() })),
  ),
  orderBook: get(
    '/orderbook/:pair',
    'What is wanted and offered, the best first',
    orderBook,
    paged,
  ),
  trades: get('/trades/:pair', 'What was traded', z.array(trade), paged),
  candles: get('/candles/:pair', 'Prices by minute', z.array(candle), paged),
  submitOrder: post(
    '/order',
    'Buy or sell at a price, or better',
    {
      pair,
      side,
      price,
      size: lots,
      lifetime: z.enum(['until-cancelled', 'immediate', 'fill-or-kill', 'post-only']),
    },
    of.receipt.extend({ order: hash, filled: z.int() }),
  ),
  order: get('/order/:order', 'An order', order),
  orders: get('/orders', 'The orders of an account', z.array(order), { query: { address } }),
  cancelOrder: post('/order/:order/cancel', 'Take an order back', {}, of.receipt),

  perpetualMarkets: get(
    '/perpetuals/markets',
    'The perpetual contracts',
    z.array(
      z.object({ market, maxLeverage: z.int(), maintenancePpm: z.int(), openInterest: z.int() }),
    ),
  ),
  funding: get('/perpetuals/funding/:market', 'What longs pay shorts now', funding),
  fundingHistory: get(
    '/perpetuals/funding/:market/history',
    'What they paid',
    z.array(funding),
    paged,
  ),
  positions: get(
    '/perpetuals/positions/:address',
    'The positions of an account',
    z.array(position),
  ),
  openPosition: post(
    '/perpetuals/open',
    'Open a position',
    { market, side: z.enum(['long', 'short']), size: lots, margin: spent },
    opened,
  ),
  closePosition: post(
    '/perpetuals/close/:position',
    'Close a position',
    {},
    of.receipt.extend({ pnl: signedAmount }),
  ),
  setLeverage: post(
    '/perpetuals/leverage',
    'Bound one’s own leverage',
    { market, leverage: z.int().positive().max(100) },
    of.receipt,
  ),
  addMargin: post(
    '/perpetuals/margin',
    'Add margin to a position',
    { position: hash, amount: spent },
    of.receipt,
  ),
  liquidations: get(
    '/perpetuals/liquidations',
    'Positions that were liquidated',
    z.array(position),
    paged,
  ),
  fills: get('/perpetuals/fills/:address', 'What an account traded', z.array(fill), paged),

  prices: get('/oracle/prices', 'Prices of all assets', z.array(oraclePrice)),
  price: get('/oracle/price/:asset', 'The price of an asset', oraclePrice),
  priceHistory: get(
    '/oracle/price/:asset/history',
    'Its prices so far',
    z.array(oraclePrice),
    paged,
  ),
  submitPrice: post(
    '/oracle/submit',
    'Say what an asset costs, as an oracle',
    { asset: token, price },
    of.receipt,
  ),

  startKyc: post(
    '/offramp/kyc',
    'Say who one is',
    { name: z.string().min(1).max(100) },
    of.receipt,
  ),
  verifyKyc: post(
    '/offramp/kyc/verify',
    'Prove it',
    { code: z.string().regex(/^\d{6}$/) },
    of.receipt,
  ),
  initiateOfframp: post(
    '/offramp/initiate',
    'Have money paid out',
    { amount: spent, currency: z.enum(['EUR', 'USD']) },
    of.receipt.extend({ offramp: hash }),
  ),
  offramp: get('/offramp/status/:offramp', 'How a payment stands', offramp),
  settleOfframp: post(
    '/offramp/settle',
    'Say that it was paid, as the operator',
    { offramp: hash, isPaid: z.boolean() },
    of.receipt,
    { access: 'token' },
  ),
  retryOfframp: post('/offramp/retry', 'Try one again that failed', { offramp: hash }, of.receipt),

  mint: post(
    '/crosschain/mint',
    'Have here what is locked on Alpha',
    { lock: hash },
    of.receipt.extend({ amount }),
  ),
  burn: post(
    '/crosschain/burn',
    'Give it back, to have it on Alpha',
    { to: address, amount: spent },
    of.receipt.extend({ burn: hash }),
  ),
  lockProof: get(
    '/crosschain/proof/:lock',
    'The proof that something is locked',
    z.object({ lock: hash, root: hash, path: z.array(hash) }),
  ),
  bridge: get('/crosschain/bridge/state', 'How the bridge stands', of.bridgeState),

  proposals: get('/governance/proposals', 'What was proposed', z.array(of.proposal)),
  proposal: get('/governance/proposals/:proposal', 'A proposal', of.proposal),
  propose: post(
    '/governance/proposals',
    'Propose a change of a parameter',
    of.proposalBody,
    of.receipt.extend({ proposal: hash }),
  ),
  vote: post('/governance/proposals/:proposal/vote', 'Vote', of.voteBody, of.receipt),
  votes: get('/governance/proposals/:proposal/votes', 'Who voted how', z.array(of.vote)),
  execute: post(
    '/governance/proposals/:proposal/execute',
    'Have a proposal that passed take effect',
    {},
    of.receipt,
  ),
  parameters: get('/governance/params', 'The parameters of the network', of.parameters),
  delegates: get(
    '/governance/delegates',
    'Who may vote, and with what weight',
    z.array(z.object({ address, weight: amount })),
  ),
}

/** The routes of DeltaOS: those of every chain, and its own. */
export const DELTA = { ...CORE, ...DELTA_OWN }

/** The streams of DeltaOS: server-sent events, each an object of its shape. */
export const STREAMS = {
  orderBook: {
    path: '/stream/orderbook/:pair',
    summary: 'The book, after each change',
    event: orderBook,
  },
  trades: { path: '/stream/trades/:pair', summary: 'Each trade', event: trade },
  orders: {
    path: '/stream/orders/:address',
    summary: 'Each change of an account’s orders',
    event: order,
  },
  positions: {
    path: '/stream/positions/:address',
    summary: 'Each change of its positions',
    event: position,
  },
  funding: {
    path: '/stream/funding/:market',
    summary: 'What longs pay shorts, each hour',
    event: funding,
  },
  oracle: { path: '/stream/oracle/:asset', summary: 'Each price of an asset', event: oraclePrice },
} as const
