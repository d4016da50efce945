import { holds } from './refusal.ts'
import type { ChainState } from './state.ts'

const SCALE = 10n ** 18n

/** What staking earns: a reward for each block, shared by stake, out of the treasury. */
export class Staking {
  readonly #state: ChainState
  /** What one unit had earned since the beginning, by height. */
  readonly #perUnit: bigint[] = []
  readonly #claimed = new Map<string, bigint>()

  constructor(state: ChainState) {
    this.#state = state
  }

  /** A block is about to be made. */
  accrue(): void {
    const total = this.#state.ledger.supply('sAX')
    const before = this.#perUnit.at(-1) ?? 0n
    const reward = this.#state.governance.parameter('block_reward')
    this.#perUnit.push(total > 0n ? before + (reward * SCALE) / total : before)
  }

  earned(account: string, height: number): bigint {
    const changes = this.#state.changes(account, 'sAX').filter(([at]) => at <= height)
    let earned = 0n
    for (const [place, [from, stake]] of changes.entries()) {
      const until = (changes[place + 1]?.[0] ?? height + 1) - 1
      earned += stake * ((this.#perUnit[until] ?? 0n) - (this.#perUnit[from - 1] ?? 0n))
    }
    return earned / SCALE
  }

  rewards(address: string) {
    const claimed = this.#claimed.get(address) ?? 0n
    return {
      address,
      claimable: this.earned(address, this.#state.chain.latest.height) - claimed,
      claimed,
    }
  }

  claim(account: string): bigint {
    const { claimable, claimed } = this.rewards(account)
    holds(claimable > 0n, 'There is nothing to claim')
    this.#state.ledger.move('treasury', account, 'AX', claimable)
    this.#claimed.set(account, claimed + claimable)
    return claimable
  }
}
