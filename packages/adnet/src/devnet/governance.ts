import { holds, known, Refusal } from './refusal.ts'

const VOTING_MS = 60_000
const TIMELOCK_MS = 30_000
const MOST_OPEN = 100

export interface Proposal {
  readonly id: string
  readonly title: string
  readonly proposer: string
  readonly parameter: string
  readonly value: bigint
  status: 'open' | 'passed' | 'failed' | 'executed'
  yes: bigint
  no: bigint
  readonly endsAt: number
}

export interface Vote {
  readonly proposal: string
  readonly voter: string
  readonly choice: 'yes' | 'no'
  readonly weight: bigint
}

/** Changes of parameters, by vote. Weights are those when it was proposed: money votes once. */
export class Governance {
  readonly proposals = new Map<string, Proposal>()
  readonly parameters = new Map<string, bigint>([
    ['maker_fee', 0n],
    ['taker_fee', 500n],
    ['max_leverage', 20n],
    ['unlock_delay', 0n],
    ['block_reward', 1_000n],
  ])
  readonly #votes = new Map<string, Map<string, Vote>>()
  readonly #weights = new Map<string, ReadonlyMap<string, bigint>>()
  readonly #weigh: () => Iterable<[string, bigint]>

  constructor(weigh: () => Iterable<[string, bigint]>) {
    this.#weigh = weigh
  }

  parameter(name: string): bigint {
    return this.parameters.get(name) ?? 0n
  }

  weight(account: string): bigint | undefined {
    return new Map(this.#weigh()).get(account)
  }

  get weights(): { address: string; weight: bigint }[] {
    return [...this.#weigh()].map(([address, weight]) => ({ address, weight }))
  }

  propose(
    id: string,
    proposer: string,
    what: { title: string; parameter: string; value: bigint },
    now: number,
  ): void {
    const weights = new Map(this.#weigh())
    if (!weights.has(proposer)) throw new Refusal(403, 'The account has no weight')
    const open = this.all(now).filter(({ status }) => status === 'open')
    holds(open.length < MOST_OPEN, `At most ${MOST_OPEN} proposals may be open`)
    this.#weights.set(id, weights)
    this.#votes.set(id, new Map())
    this.proposals.set(id, {
      id,
      proposer,
      ...what,
      status: 'open',
      yes: 0n,
      no: 0n,
      endsAt: now + VOTING_MS,
    })
  }

  vote(id: string, voter: string, choice: 'yes' | 'no', now: number): void {
    const proposal = this.get(id, now)
    const weight = this.#weights.get(id)?.get(voter)
    if (weight === undefined)
      throw new Refusal(403, 'The account had no weight when it was proposed')
    holds(proposal.status === 'open', `The proposal is ${proposal.status}`)
    const votes = this.#votes.get(id)!
    holds(!votes.has(voter), 'The account has voted')
    votes.set(voter, { proposal: id, voter, choice, weight })
    proposal[choice] += weight
  }

  execute(id: string, caller: string, now: number): void {
    const proposal = this.get(id, now)
    if (this.weight(caller) === undefined) throw new Refusal(403, 'The account has no weight')
    holds(proposal.status === 'passed', `The proposal is ${proposal.status}`)
    holds(now >= proposal.endsAt + TIMELOCK_MS, 'Its time has not come')
    proposal.status = 'executed'
    this.parameters.set(proposal.parameter, proposal.value)
  }

  get(id: string, now: number): Proposal {
    const proposal = known('proposal', this.proposals.get(id))
    if (proposal.status === 'open' && now >= proposal.endsAt) {
      proposal.status = proposal.yes > proposal.no ? 'passed' : 'failed'
    }
    return proposal
  }

  all(now: number): Proposal[] {
    return [...this.proposals.keys()].map((id) => this.get(id, now))
  }

  votes(id: string): Vote[] {
    return [...known('proposal', this.#votes.get(id)).values()]
  }

  timelock(now: number): { proposal: string; at: number }[] {
    return this.all(now)
      .filter(({ status }) => status === 'passed')
      .map(({ id, endsAt }) => ({ proposal: id, at: endsAt + TIMELOCK_MS }))
  }
}
