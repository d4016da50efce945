import { digest } from '../src/devnet/chain.ts'
import { proofOf, puzzleOf, sealOf } from '../src/devnet.ts'
import type { Network } from '../src/index.ts'
import type { BusyTown } from './town.ts'

type Input = Readonly<Record<string, unknown>>

/** What stands for each name in a path, of things that are there. */
export async function knownParams(network: Network, { ids, ada, its }: BusyTown): Promise<Input> {
  const isAlpha = network === 'alpha'
  const first = await its.ada[network].block({ block: 0 })
  const transaction = isAlpha ? ids.alphaTransfer : ids.deltaTransfer
  return {
    address: isAlpha ? ada.ax : ada.dx,
    amendment: 1,
    asset: 'AX',
    auction: ids.auction,
    block: 0,
    commitment: transaction,
    edition: 1,
    fn: 'total',
    gid: 0,
    hash: first.hash,
    height: 1,
    io: digest('output', transaction),
    key: ada.ax,
    lock: ids.lock,
    mapping: 'account',
    market: 'AX-PERP',
    name: 'ada',
    offramp: ids.offramp,
    order: ids.order,
    pair: 'AX-DX',
    position: ids.position,
    program: 'credits.alpha',
    proposal: isAlpha ? ids.alphaProposal : ids.deltaProposal,
    root: first.stateRoot,
    transaction,
    transition: digest('transition', transaction),
  }
}

const NO_HASH = 'f'.repeat(64)

/** The same, of things that are not there. What is missing here is a value, and no name of a thing. */
export const UNKNOWN: Input = {
  amendment: 9,
  auction: NO_HASH,
  block: 999_999,
  burn: NO_HASH,
  commitment: NO_HASH,
  commitments: NO_HASH,
  edition: 9,
  fn: 'nothing',
  gid: 9,
  hash: NO_HASH,
  height: 999_999,
  io: NO_HASH,
  lock: NO_HASH,
  mapping: 'nothing',
  name: 'nobody',
  offramp: NO_HASH,
  order: NO_HASH,
  position: NO_HASH,
  program: 'nothing.alpha',
  proposal: NO_HASH,
  root: NO_HASH,
  transaction: NO_HASH,
  transition: NO_HASH,
  validator: 'nobody',
}

/** What a route needs beside its path; what is done before, so that it can be. */
export const SAMPLES: Readonly<
  Record<string, (town: BusyTown, network: Network) => Input | Promise<Input>>
> = {
  blocks: () => ({ start: 0, end: 2 }),
  blockHashes: () => ({ start: 0, end: 2 }),
  blockHeaders: () => ({ start: 0, end: 2 }),
  blockStateRoots: () => ({ start: 0, end: 2 }),
  blocksTransactions: () => ({ start: 0, end: 2 }),
  rejectionReason: ({ ids }, network) => ({
    transaction: network === 'alpha' ? ids.alphaRejected : ids.deltaRejected,
  }),
  broadcast: ({ bob }, network) => ({
    kind: 'transfer',
    to: network === 'alpha' ? bob.ax : bob.dx,
    token: 'AX',
    amount: 1n,
  }),
  statePaths: ({ ids }, network) => ({
    commitments: network === 'alpha' ? `${ids.alphaTransfer},${ids.stake}` : ids.deltaTransfer,
  }),
  delegators: async ({ its }, network) => ({
    address: (await its.ada[network].latestCommittee()).members[0]!.address,
  }),
  broadcastSolution: ({ ada }) => {
    let counter = 0
    while (!puzzleOf(ada.ax, 0, counter).startsWith('00')) counter++
    return { epoch: 0, counter }
  },
  view: () => ({ inputs: [] }),
  viewAt: ({ ada }) => ({ fn: 'balance_of', inputs: [ada.ax] }),
  vote: () => ({ choice: 'yes' }),
  propose: () => ({ title: 'More', parameter: 'maker_fee', value: 1n }),
  execute: async ({ its, ids, clock }, network) => {
    const proposal = network === 'alpha' ? ids.alphaProposal : ids.deltaProposal
    await its.ada[network].vote({ proposal, choice: 'yes' })
    await clock.advance(90_000)
    return {}
  },
  restore: async ({ its, devnet }) => {
    const evidence = devnet.equivocate()
    await its.ada.alpha.slashEvidence(evidence)
    const { members } = await its.ada.alpha.latestCommittee()
    return { gid: members.findIndex(({ address }) => address === evidence.validator) }
  },
  slashEvidence: ({ devnet }) => devnet.equivocate(),
  name: async (town) => {
    const { auction } = await auctioned(town, 120_000)
    await town.its.ada.alpha.claimName({ auction })
    return {}
  },
  auction: async (town) => auctioned(town, 0),
  commitBid: ({ ada }) => ({ name: 'ada', seal: sealOf(ada.ax, 5n, NO_HASH), deposit: 10n }),
  revealBid: async (town) => {
    const { its, ada, clock } = town
    const seal = sealOf(ada.ax, 5n, NO_HASH)
    const { auction } = await its.ada.alpha.commitBid({ name: 'ada', seal, deposit: 10n })
    await clock.advance(60_000)
    return { auction, bid: 5n, salt: NO_HASH }
  },
  claimName: async (town) => auctioned(town, 120_000),
  lockAmount: ({ bob }) => ({ to: bob.dx, amount: 7n }),
  unlockAmount: ({ ids }) => ({ burn: ids.burn }),
  submitProof: async ({ its, ada }) => {
    await its.ada.alpha.registerProver()
    return { epoch: 0, proof: proofOf(ada.ax, 0) }
  },
  claimRewards: async ({ devnet }) => {
    devnet.seal()
    devnet.seal()
    return {}
  },

  submitOrder: () => ({
    pair: 'AX-DX',
    side: 'buy',
    price: 1_500n,
    size: 2,
    lifetime: 'until-cancelled',
  }),
  openPosition: () => ({ market: 'AX-PERP', side: 'short', size: 1, margin: 1_000_000n }),
  setLeverage: () => ({ market: 'AX-PERP', leverage: 3 }),
  addMargin: ({ ids }) => ({ position: ids.position, amount: 9n }),
  submitPrice: () => ({ asset: 'AX', price: 2_000_000n }),
  startKyc: () => ({ name: 'Ada' }),
  verifyKyc: ({ devnet, ada }) => ({ code: devnet.kycCode(ada.dx) }),
  initiateOfframp: () => ({ amount: 3n, currency: 'USD' }),
  settleOfframp: ({ ids }) => ({ offramp: ids.offramp, isPaid: true }),
  retryOfframp: async ({ its, ids: { offramp } }) => {
    await its.ada.delta.settleOfframp({ offramp, isPaid: false })
    return { offramp }
  },
  mint: ({ ids }) => ({ lock: ids.lock }),
  burn: ({ ada }) => ({ to: ada.ax, amount: 4n }),
  orders: ({ ada }) => ({ address: ada.dx }),
}

async function auctioned({ its, ada, clock }: BusyTown, ms: number): Promise<{ auction: string }> {
  const { alpha } = its.ada
  const { auction } = await alpha.commitBid({
    name: 'ada',
    seal: sealOf(ada.ax, 5n, NO_HASH),
    deposit: 10n,
  })
  if (ms > 0) {
    await clock.advance(60_000)
    await alpha.revealBid({ auction, bid: 5n, salt: NO_HASH })
    await clock.advance(ms - 60_000)
  }
  return { auction }
}
