import { z } from 'zod'
import { address, amount, hash, height, moment, token } from './values.ts'

/** What is shared by both chains. */
export const header = z.object({
  height,
  hash,
  previousHash: hash,
  stateRoot: hash,
  timestamp: moment,
  proposer: z.string(),
})
export const transaction = z.object({
  id: hash,
  kind: z.string(),
  status: z.enum(['pending', 'accepted', 'rejected']),
  from: address,
  nonce: z.int(),
  height: height.nullable(),
  reason: z.string().nullable(),
  fields: z.record(z.string(), z.unknown()),
})
export const block = header.extend({ transactions: z.array(transaction) })
export const version = z.object({ version: z.string(), network: z.string() })
export const count = z.object({ count: z.int().nonnegative() })
export const peer = z.object({ address: z.string(), kind: z.enum(['p2p', 'bft']), height })
export const peerMetrics = peer.extend({ latencyMs: z.number(), sent: z.int(), received: z.int() })
export const syncStatus = z.object({
  isSynced: z.boolean(),
  height,
  peerHeight: height,
  requests: z.int(),
})
export const committee = z.object({
  height,
  members: z.array(z.object({ address: z.string(), stake: amount, isOpen: z.boolean() })),
  totalStake: amount,
})
export const statePath = z.object({ commitment: hash, root: hash, path: z.array(hash) })

/** What a network says when it has taken a signed operation. */
export const receipt = z.object({ transaction: hash, status: z.literal('accepted') })

export const proposal = z.object({
  id: hash,
  title: z.string(),
  proposer: address,
  parameter: z.string(),
  value: amount,
  status: z.enum(['open', 'passed', 'failed', 'executed']),
  yes: amount,
  no: amount,
  endsAt: moment,
})
export const vote = z.object({
  proposal: hash,
  voter: address,
  choice: z.enum(['yes', 'no']),
  weight: amount,
})
export const parameters = z.record(z.string(), amount)
export const bridgeState = z.object({
  locked: amount,
  minted: amount,
  locks: z.int(),
  burns: z.int(),
})
export const lockRecord = z.object({
  id: hash,
  from: address,
  to: address,
  token,
  amount,
  status: z.enum(['locked', 'minted', 'burnt', 'unlocked']),
})

/** What a proposal and a vote say, on either chain. */
export const proposalBody = {
  title: z.string().min(1).max(200),
  parameter: z.enum(['maker_fee', 'taker_fee', 'max_leverage', 'unlock_delay', 'block_reward']),
  value: amount,
}
export const voteBody = { choice: z.enum(['yes', 'no']) }
