import { z } from 'zod'
import { get, post } from './route.ts'
import { CORE } from './routes-core.ts'
import * as of from './shapes.ts'
import { address, amount, hash, height, moment, spent } from './values.ts'

const program = z.object({
  id: z.string(),
  edition: z.int(),
  source: z.string(),
  functions: z.array(z.string()),
})
const value = z.string().nullable()
const auction = z.object({
  id: hash,
  name: z.string(),
  status: z.enum(['commit', 'reveal', 'closed', 'claimed']),
  bids: z.int(),
  winner: address.nullable(),
  price: amount,
  revealsAt: moment,
  closesAt: moment,
})
const governor = z.object({ address, weight: amount })
const rewards = z.object({ address, claimable: amount, claimed: amount })
const view = { inputs: z.array(z.string().max(200)).max(16) }
const viewed = z.object({ outputs: z.array(z.string()) })
const unsigned = { access: 'public', isSafe: true } as const

/** The routes of AlphaOS: 96. */
export const ALPHA = {
  ...CORE,
  solutionLimit: get(
    '/solution/limits/:address',
    'How many solutions a prover may still send',
    z.object({ left: z.int() }),
  ),
  broadcastSolution: post(
    '/solution/broadcast',
    'Send the solution of a puzzle',
    { epoch: height, counter: z.int().nonnegative() },
    of.receipt,
  ),

  findBlockHash: get('/find/blockHash/:transaction', 'The block that holds a transaction', hash),
  findBlockHeight: get('/find/blockHeight/:root', 'The height of a state root', height),
  findTransition: get('/find/transitionID/:io', 'The transition of an input or output', hash),
  findTransaction: get('/find/transactionID/:transition', 'The transaction of a transition', hash),
  findDeployment: get(
    '/find/transactionID/deployment/:program',
    'The transaction that deployed a program',
    hash,
  ),
  findEdition: get(
    '/find/transactionID/deployment/:program/:edition',
    'The same for an edition of it',
    hash,
  ),
  findOriginal: get(
    '/find/transactionID/deployment/:program/:edition/original',
    'Before it was amended',
    hash,
  ),
  findAmendment: get(
    '/find/transactionID/deployment/:program/:edition/:amendment',
    'For one amendment of it',
    hash,
  ),

  program: get('/program/:program', 'A program', program),
  latestEdition: get('/program/:program/latest_edition', 'Its newest edition', z.int()),
  programEdition: get('/program/:program/:edition', 'An edition of it', program),
  mappings: get('/program/:program/mappings', 'The names of its mappings', z.array(z.string())),
  mapping: get(
    '/program/:program/mapping/:mapping',
    'All of a mapping',
    z.record(z.string(), z.string()),
    { access: 'token' },
  ),
  mappingValue: get('/program/:program/mapping/:mapping/:key', 'A value of a mapping', value),
  amendmentCount: get('/program/:program/amendment_count', 'How often it was amended', z.int()),
  editionAmendmentCount: get(
    '/program/:program/:edition/amendment_count',
    'How often an edition was',
    z.int(),
  ),
  view: post(
    '/program/:program/view/:fn',
    'What a function says, without a transaction',
    view,
    viewed,
    unsigned,
  ),
  viewAt: post(
    '/program/:program/view/:fn/:height',
    'What it said at a height',
    view,
    viewed,
    unsigned,
  ),

  mappingHistory: get(
    '/program/:program/mapping/:mapping/history/:height',
    'A mapping at a height',
    z.record(z.string(), z.string()),
  ),
  valueHistory: get(
    '/program/:program/mapping/:mapping/:key/history/:height',
    'A value at a height',
    value,
  ),
  stakingRewards: get(
    '/staking/rewards/:address/:height',
    'What staking had earned at a height',
    amount,
  ),

  governors: get('/governance/governors', 'Who may vote', z.array(governor)),
  governor: get('/governance/governors/:address', 'One of them', governor),
  proposals: get('/governance/proposals', 'What was proposed', z.array(of.proposal)),
  propose: post(
    '/governance/proposals',
    'Propose a change of a parameter',
    of.proposalBody,
    of.receipt.extend({ proposal: hash }),
  ),
  proposal: get('/governance/proposals/:proposal', 'A proposal', of.proposal),
  votes: get('/governance/proposals/:proposal/votes', 'Who voted how', z.array(of.vote)),
  vote: post('/governance/proposals/:proposal/vote', 'Vote', of.voteBody, of.receipt),
  execute: post(
    '/governance/proposals/:proposal/execute',
    'Have a proposal that passed take effect',
    {},
    of.receipt,
  ),
  parameters: get('/governance/params', 'The parameters of the network', of.parameters),
  timelock: get(
    '/governance/timelock',
    'What passed, and when it may take effect',
    z.array(z.object({ proposal: hash, at: moment })),
  ),
  grimTrigger: get(
    '/governance/grim_trigger/:gid',
    'Whether a group has lost its rights',
    z.object({ gid: z.int(), isTriggered: z.boolean() }),
  ),
  restore: post(
    '/governance/restore',
    'Give a group its rights again',
    { gid: z.int().nonnegative() },
    of.receipt,
  ),

  name: get(
    '/names/:name',
    'Who has a name',
    z.object({ name: z.string(), owner: address.nullable() }),
  ),
  auctions: get('/auctions', 'Auctions of names', z.array(auction)),
  auction: get('/auctions/:auction', 'One of them', auction),
  commitBid: post(
    '/auctions/commit',
    'Bid for a name, sealed; it begins the auction where there is none',
    { name: z.string().regex(/^[a-z][a-z0-9-]{2,31}$/), seal: hash, deposit: spent },
    of.receipt.extend({ auction: hash }),
  ),
  revealBid: post(
    '/auctions/reveal',
    'Open a sealed bid',
    { auction: hash, bid: spent, salt: hash },
    of.receipt,
  ),
  claimName: post(
    '/auctions/claim',
    'Take a name that was won, for the second price',
    { auction: hash },
    of.receipt,
  ),

  bridge: get('/bridge/state', 'How the bridge stands', of.bridgeState),
  lock: get('/bridge/lock/:lock', 'An amount that is locked', of.lockRecord),
  lockAmount: post(
    '/bridge/lock',
    'Lock an amount, to have it on Delta',
    { to: address, amount: spent },
    of.receipt.extend({ lock: hash }),
  ),
  unlockAmount: post(
    '/bridge/unlock',
    'Take back what was burnt on Delta',
    { burn: hash },
    of.receipt,
  ),

  pool: get(
    '/pool/status',
    'How the pool of provers stands',
    z.object({ provers: z.int(), proofs: z.int(), reward: amount }),
  ),
  registerProver: post('/prover/register', 'Become a prover', {}, of.receipt),
  submitProof: post(
    '/prover/proof/submit',
    'Send a proof',
    { epoch: height, proof: hash },
    of.receipt.extend({ reward: amount }),
  ),
  slashEvidence: post(
    '/validator/slash-evidence',
    'Show that a validator signed two blocks of one height',
    { validator: z.string().max(64), height, first: hash, second: hash },
    of.receipt,
  ),
  rewards: get('/rewards/:address', 'What an account may claim', rewards),
  claimRewards: post('/rewards/claim', 'Claim it', {}, of.receipt.extend({ amount })),
}
