import { z } from 'zod'
import { get, post } from './route.ts'
import * as of from './shapes.ts'
import { address, amount, hash, height, spent, span, token } from './values.ts'

const spanned = { query: span }

/** What both chains have: node, blocks, transactions, state, committee, peers. */
// Not checked against the type of all tables here: that would widen what the compiler knows of each route.
export const CORE = {
  version: get('/version', 'Which software and network this is', of.version),
  consensusVersion: get(
    '/consensus_version',
    'The version of the rules',
    z.object({ version: z.int() }),
  ),
  nodeAddress: get('/node/address', 'The account of this node', z.object({ address }), {
    access: 'token',
  }),
  backUp: post('/db_backup', 'Copy the database', {}, z.object({ path: z.string() }), {
    access: 'token',
  }),

  latestBlock: get('/block/latest', 'The newest block', of.block),
  latestHeight: get('/block/height/latest', 'The height of the newest block', height),
  latestHash: get('/block/hash/latest', 'The hash of the newest block', hash),
  block: get('/block/:block', 'A block, by height or hash', of.block),
  blockHeader: get('/block/:block/header', 'The header of a block', of.header),
  blockTransactions: get(
    '/block/:block/transactions',
    'The transactions of a block',
    z.array(of.transaction),
  ),
  blocks: get('/blocks', 'Blocks from one height to another', z.array(of.block), spanned),
  blockHashes: get('/blocks/hashes', 'Their hashes', z.array(hash), spanned),
  blockHeaders: get('/blocks/headers', 'Their headers', z.array(of.header), spanned),
  blockStateRoots: get('/blocks/stateRoots', 'Their state roots', z.array(hash), spanned),
  blocksTransactions: get(
    '/blocks/transactions',
    'Their transactions',
    z.array(of.transaction),
    spanned,
  ),
  heightOf: get('/height/:hash', 'The height of the block with a hash', height),

  transaction: get('/transaction/:transaction', 'A transaction', of.transaction),
  confirmedTransaction: get(
    '/transaction/confirmed/:transaction',
    'A transaction that is in a block',
    of.transaction,
  ),
  unconfirmedTransaction: get(
    '/transaction/unconfirmed/:transaction',
    'A transaction as it was sent',
    of.transaction,
  ),
  rejectionReason: get(
    '/transaction/rejected/:transaction/reason',
    'Why a transaction was rejected',
    z.object({ reason: z.string() }),
  ),
  broadcast: post(
    '/transaction/broadcast',
    'Transfer to another account, stake, or take back a stake',
    { kind: z.enum(['transfer', 'stake', 'unstake']), to: address, token, amount: spent },
    of.receipt,
  ),

  poolTransmissions: get(
    '/memoryPool/transmissions',
    'Ids of what waits for a block',
    z.array(hash),
  ),
  poolSolutions: get('/memoryPool/solutions', 'Solutions that wait for a block', z.array(hash)),
  poolTransactions: get(
    '/memoryPool/transactions',
    'Transactions that wait for a block',
    z.array(of.transaction),
  ),
  statePath: get(
    '/statePath/:commitment',
    'The proof that a commitment is in the state',
    of.statePath,
  ),
  statePaths: get('/statePaths', 'The same for up to 16 of them', z.array(of.statePath), {
    query: { commitments: z.string().regex(/^[0-9a-f]{64}(?:,[0-9a-f]{64}){0,15}$/) },
  }),
  latestStateRoot: get('/stateRoot/latest', 'The newest state root', hash),
  stateRoot: get('/stateRoot/:height', 'The state root at a height', hash),

  latestCommittee: get('/committee/latest', 'The validators, and their stakes', of.committee),
  committee: get('/committee/:height', 'The same at a height', of.committee),
  delegators: get(
    '/delegators/:address',
    'Who staked with a validator',
    z.array(z.object({ address, stake: amount })),
  ),
  participation: get(
    '/validators/participation',
    'The share of blocks that each validator made',
    z.record(z.string(), z.number()),
  ),

  peerCount: get('/peers/count', 'How many peers there are', of.count),
  peers: get('/peers/all', 'The peers', z.array(of.peer)),
  peerMetrics: get('/peers/all/metrics', 'How they do', z.array(of.peerMetrics)),
  p2pCount: get('/connections/p2p/count', 'How many connections to nodes there are', of.count),
  p2pConnections: get('/connections/p2p/all', 'Connections to nodes', z.array(of.peer)),
  p2pMetrics: get('/connections/p2p/all/metrics', 'How they do', z.array(of.peerMetrics)),
  bftCount: get('/connections/bft/count', 'How many connections to validators there are', of.count),
  bftConnections: get('/connections/bft/all', 'Connections to validators', z.array(of.peer)),
  syncStatus: get('/sync_status', 'How far this node is', of.syncStatus),
  sync: get('/sync/status', 'The same', of.syncStatus),
  syncPeers: get('/sync/peers', 'The heights of peers', z.record(z.string(), height)),
  syncRequests: get('/sync/requests', 'How many requests for blocks are open', of.count),
  syncRequestList: get(
    '/sync/requests/list',
    'Which these are',
    z.array(z.object({ height, peer: z.string() })),
  ),
}
