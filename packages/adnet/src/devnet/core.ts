import type { CORE } from '../routes-core.ts'
import type { ChainBlock } from './chain.ts'
import { receipt, type Caller, type Handlers } from './handlers.ts'
import { holds, known, Refusal } from './refusal.ts'
import type { ChainState } from './state.ts'

const MOST_SPAN = 50
const STAKED = 'stakes'
const PEERS = Array.from({ length: 8 }, (_, number) => ({
  address: `10.0.0.${number + 1}:4130`,
  kind: number < 4 ? ('bft' as const) : ('p2p' as const),
}))

/** What both chains do. */
export function coreHandlers(state: ChainState): Handlers<typeof CORE> {
  const { chain, network, validators } = state
  const peers = () => PEERS.map((peer) => ({ ...peer, height: chain.latest.height }))
  const ofKind = (kind: 'p2p' | 'bft') => peers().filter((peer) => peer.kind === kind)
  const measured = (of: ReturnType<typeof peers>) =>
    of.map((peer, number) => ({
      ...peer,
      latencyMs: 5 + number,
      sent: chain.blocks.length,
      received: chain.blocks.length,
    }))
  const committee = (height: number) => ({
    height: chain.block(height).height,
    members: validators.map(({ address, stake }) => ({
      address,
      stake: stake + sum(state.delegations.get(address)?.values() ?? []),
      isOpen: true,
    })),
    totalStake: sum(validators.map(({ stake }) => stake)) + state.ledger.balance(STAKED, 'AX'),
  })
  const synced = () => {
    const { height } = chain.latest
    return { isSynced: true, height, peerHeight: height, requests: 0 }
  }
  const span = ({ start, end }: { start: number; end: number }): ChainBlock[] => {
    if (end <= start || end - start > MOST_SPAN) {
      throw new Refusal(400, `end must be above start, by ${MOST_SPAN} at most`)
    }
    return chain.blocks.slice(start, end)
  }
  return {
    version: () => ({ version: '1.0.0-devnet', network }),
    consensusVersion: () => ({ version: 1 }),
    nodeAddress: () => ({ address: validators[0]!.address }),
    backUp: () => ({ path: `devnet-${network}-${chain.latest.height}` }),

    latestBlock: () => chain.latest,
    latestHeight: () => chain.latest.height,
    latestHash: () => chain.latest.hash,
    block: ({ block }) => chain.block(block),
    blockHeader: ({ block }) => chain.block(block),
    blockTransactions: ({ block }) => chain.block(block).transactions,
    blocks: (input) => span(input),
    blockHashes: (input) => span(input).map(({ hash }) => hash),
    blockHeaders: (input) => span(input),
    blockStateRoots: (input) => span(input).map(({ stateRoot }) => stateRoot),
    blocksTransactions: (input) => span(input).flatMap(({ transactions }) => transactions),
    heightOf: ({ hash }) => chain.block(hash).height,

    transaction: ({ transaction }) => chain.transaction(transaction),
    confirmedTransaction: ({ transaction }) => {
      const found = chain.transaction(transaction)
      return known('confirmed transaction', found.height === null ? undefined : found)
    },
    unconfirmedTransaction: ({ transaction }) => chain.transaction(transaction),
    rejectionReason: ({ transaction }) => {
      const { reason } = chain.transaction(transaction)
      return { reason: known('rejection', reason ?? undefined) }
    },
    broadcast: (input, caller) => {
      move(state, input, caller)
      return receipt(caller)
    },

    poolTransmissions: () => [...chain.pool.map(({ id }) => id), ...state.solutions],
    poolSolutions: () => [...state.solutions],
    poolTransactions: () => [...chain.pool],
    statePath: ({ commitment }) => chain.statePath(commitment),
    statePaths: ({ commitments }) => commitments.split(',').map((each) => chain.statePath(each)),
    latestStateRoot: () => chain.latest.stateRoot,
    stateRoot: ({ height }) => chain.block(height).stateRoot,

    latestCommittee: () => committee(chain.latest.height),
    committee: ({ height }) => committee(height),
    delegators: ({ address }) => {
      known(
        'validator',
        validators.find((validator) => validator.address === address),
      )
      const delegated = [...(state.delegations.get(address) ?? [])]
      return delegated.map(([from, stake]) => ({ address: from, stake }))
    },
    participation: () => {
      const made = Map.groupBy(chain.blocks, ({ proposer }) => proposer)
      const shares = [...made].map(([address, blocks]) => [
        address,
        blocks.length / chain.blocks.length,
      ])
      return Object.fromEntries(shares) as Record<string, number>
    },

    peerCount: () => ({ count: PEERS.length }),
    peers: () => peers(),
    peerMetrics: () => measured(peers()),
    p2pCount: () => ({ count: ofKind('p2p').length }),
    p2pConnections: () => ofKind('p2p'),
    p2pMetrics: () => measured(ofKind('p2p')),
    bftCount: () => ({ count: ofKind('bft').length }),
    bftConnections: () => ofKind('bft'),
    syncStatus: synced,
    sync: synced,
    syncPeers: () => Object.fromEntries(peers().map(({ address, height }) => [address, height])),
    syncRequests: () => ({ count: 0 }),
    syncRequestList: () => [],
  }
}

interface Move {
  readonly kind: 'transfer' | 'stake' | 'unstake'
  readonly to: string
  readonly token: 'AX' | 'sAX' | 'DX'
  readonly amount: bigint
}

function move(state: ChainState, { kind, to, token, amount }: Move, { account }: Caller): void {
  const { ledger, network, validators } = state
  if (kind === 'transfer') {
    const prefix = network === 'alpha' ? 'ax1' : 'dx1'
    if (!to.startsWith(prefix))
      throw new Refusal(400, `An account of ${network} begins with ${prefix}`)
    ledger.move(account, to, token, amount)
    return
  }
  holds(network === 'alpha' && token === 'AX', 'AX is staked, and on Alpha')
  known(
    'validator',
    validators.find(({ address }) => address === to),
  )
  const delegated = state.delegations.get(to) ?? new Map<string, bigint>()
  state.delegations.set(to, delegated)
  const before = delegated.get(account) ?? 0n
  if (kind === 'stake') {
    ledger.move(account, STAKED, 'AX', amount)
    ledger.issue(account, 'sAX', amount)
    delegated.set(account, before + amount)
  } else {
    holds(before >= amount, `The account has ${before} with this validator`)
    ledger.redeem(account, 'sAX', amount)
    ledger.move(STAKED, account, 'AX', amount)
    delegated.set(account, before - amount)
  }
}

function sum(amounts: Iterable<bigint>): bigint {
  let total = 0n
  for (const amount of amounts) total += amount
  return total
}
