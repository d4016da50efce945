import { receipt, type Caller } from './handlers.ts'
import type { ChainState } from './state.ts'

/** What both chains do for governance. */
export function governanceHandlers({ governance }: ChainState) {
  return {
    proposals: (_: object, { now }: Caller) => governance.all(now),
    proposal: ({ proposal }: { proposal: string }, { now }: Caller) =>
      governance.get(proposal, now),
    votes: ({ proposal }: { proposal: string }) => governance.votes(proposal),
    propose: (
      { title, parameter, value }: { title: string; parameter: string; value: bigint },
      caller: Caller,
    ) => {
      const { transaction, account, now } = caller
      governance.propose(transaction, account, { title, parameter, value }, now)
      return { ...receipt(caller), proposal: transaction }
    },
    vote: ({ proposal, choice }: { proposal: string; choice: 'yes' | 'no' }, caller: Caller) => {
      governance.vote(proposal, caller.account, choice, caller.now)
      return receipt(caller)
    },
    execute: ({ proposal }: { proposal: string }, caller: Caller) => {
      governance.execute(proposal, caller.account, caller.now)
      return receipt(caller)
    },
    parameters: () => Object.fromEntries(governance.parameters),
  }
}
