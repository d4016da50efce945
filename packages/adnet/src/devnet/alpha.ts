import type { ALPHA } from '../routes-alpha.ts'
import type { Bridge } from './bridge.ts'
import { coreHandlers } from './core.ts'
import { governanceHandlers } from './governance-handlers.ts'
import { receipt, type Handlers } from './handlers.ts'
import type { Names } from './names.ts'
import type { Programs } from './programs.ts'
import type { Provers } from './provers.ts'
import { holds, known, Refusal } from './refusal.ts'
import type { Staking } from './staking.ts'
import type { ChainState } from './state.ts'

const GROUPS = 4

/** What Alpha has beside its chain. */
export interface AlphaParts {
  readonly bridge: Bridge
  readonly names: Names
  readonly programs: Programs
  readonly provers: Provers
  readonly staking: Staking
  /** Groups of validators that lost their rights. */
  readonly triggered: Set<number>
  /** Blocks that were signed beside those of the chain: by validator and height, their hashes. */
  readonly equivocations: Map<string, string>
}

/** What Alpha does. */
export function alphaHandlers(state: ChainState, parts: AlphaParts): Handlers<typeof ALPHA> {
  const { chain, governance } = state
  const { bridge, names, programs, provers, staking, triggered } = parts
  return {
    ...coreHandlers(state),
    ...governanceHandlers(state),
    solutionLimit: ({ address }) => ({ left: provers.left(address) }),
    broadcastSolution: ({ epoch, counter }, caller) => {
      state.solutions.push(provers.solve(caller.account, epoch, counter))
      return receipt(caller)
    },

    findBlockHash: ({ transaction }) => {
      const { height } = chain.transaction(transaction)
      return chain.block(known('confirmed transaction', height ?? undefined)).hash
    },
    findBlockHeight: ({ root }) => chain.heightOfRoot(root),
    findTransition: ({ io }) => known('input or output', programs.transitionOf(io)),
    findTransaction: ({ transition }) => known('transition', programs.transactionOf(transition)),
    findDeployment: ({ program }) => programs.deployment(program),
    findEdition: ({ program, edition }) => programs.deployment(program, edition),
    findOriginal: ({ program, edition }) => programs.deployment(program, edition),
    findAmendment: ({ program, edition, amendment }) => {
      holds(amendment > 0, 'Amendments are counted from 1')
      return known('amendment', programs.amendment(program, edition, amendment))
    },

    program: ({ program }) => programs.get(program),
    latestEdition: ({ program }) => programs.get(program).edition,
    programEdition: ({ program, edition }) => programs.get(program, edition),
    mappings: ({ program }) => programs.mappings(program),
    mapping: ({ program, mapping }) => programs.mapping(program, mapping),
    mappingValue: ({ program, mapping, key }) => programs.value(program, mapping, key),
    amendmentCount: ({ program }) => programs.amendments(program),
    editionAmendmentCount: ({ program, edition }) => programs.amendments(program, edition),
    view: ({ program, fn, inputs }) => ({ outputs: programs.view(program, fn, inputs) }),
    viewAt: ({ program, fn, height, inputs }) => ({
      outputs: programs.view(program, fn, inputs, chain.block(height).height),
    }),

    mappingHistory: ({ program, mapping, height }) =>
      programs.mapping(program, mapping, chain.block(height).height),
    valueHistory: ({ program, mapping, key, height }) =>
      programs.value(program, mapping, key, chain.block(height).height),
    stakingRewards: ({ address, height }) => staking.earned(address, chain.block(height).height),

    governors: () => governance.weights,
    governor: ({ address }) => ({ address, weight: known('governor', governance.weight(address)) }),
    timelock: (_, { now }) => governance.timelock(now),
    grimTrigger: ({ gid }) => {
      known('group', gid < GROUPS ? gid : undefined)
      return { gid, isTriggered: triggered.has(gid) }
    },
    restore: ({ gid }, caller) => {
      if (governance.weight(caller.account) === undefined)
        throw new Refusal(403, 'The account has no weight')
      known('group', gid < GROUPS ? gid : undefined)
      holds(triggered.delete(gid), 'The group has its rights')
      return receipt(caller)
    },

    name: ({ name }) => ({ name, owner: known('owner', names.owners.get(name)) }),
    auctions: (_, { now }) => names.all(now),
    auction: ({ auction }, { now }) => names.show(auction, now),
    commitBid: ({ name, seal, deposit }, caller) => {
      const { transaction, account, now } = caller
      return {
        ...receipt(caller),
        auction: names.commit(transaction, account, name, seal, deposit, now),
      }
    },
    revealBid: ({ auction, bid, salt }, caller) => {
      names.reveal(auction, caller.account, bid, salt, caller.now)
      return receipt(caller)
    },
    claimName: ({ auction }, caller) => {
      names.claim(auction, caller.account, caller.now)
      return receipt(caller)
    },

    bridge: () => bridge.state,
    lock: ({ lock }) => known('lock', bridge.locks.get(lock)),
    lockAmount: ({ to, amount }, caller) => {
      bridge.lock(caller.transaction, caller.account, to, amount)
      return { ...receipt(caller), lock: caller.transaction }
    },
    unlockAmount: ({ burn }, caller) => {
      bridge.unlock(burn, caller.account)
      return receipt(caller)
    },

    pool: () => provers.status,
    registerProver: (_, caller) => {
      provers.register(caller.account)
      return receipt(caller)
    },
    submitProof: ({ epoch, proof }, caller) => ({
      ...receipt(caller),
      reward: provers.prove(caller.account, epoch, proof),
    }),
    slashEvidence: ({ validator, height, first, second }, caller) => {
      const { gid } = known(
        'validator',
        state.validators.find(({ address }) => address === validator),
      )
      const block = chain.block(height)
      const other = parts.equivocations.get(`${validator} ${height}`)
      const isEvidence = block.proposer === validator && first === block.hash && second === other
      if (!isEvidence) throw new Refusal(400, 'These are not two blocks that the validator signed')
      holds(!triggered.has(gid), 'The validator was slashed')
      triggered.add(gid)
      return receipt(caller)
    },
    rewards: ({ address }) => staking.rewards(address),
    claimRewards: (_, caller) => ({ ...receipt(caller), amount: staking.claim(caller.account) }),
  }
}
