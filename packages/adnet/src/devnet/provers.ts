import { digest } from './chain.ts'
import { holds, Refusal } from './refusal.ts'
import type { ChainState } from './state.ts'

const EPOCH_BLOCKS = 10
const SOLUTIONS = 5
const REWARD = 50n

/** What solves the puzzle of an epoch: a counter for which this begins with two zeros. */
export function puzzleOf(account: string, epoch: number, counter: number): string {
  return digest('puzzle', account, epoch, counter)
}

/** What a prover has to prove in an epoch. */
export function proofOf(account: string, epoch: number): string {
  return digest('proof', account, epoch)
}

/** Who proves for a reward, and who solves puzzles. */
export class Provers {
  readonly #state: ChainState
  readonly #provers = new Map<string, number>()
  #solved = new Map<string, Set<string>>()
  #epoch = 0
  #proofs = 0

  constructor(state: ChainState) {
    this.#state = state
  }

  get epoch(): number {
    return Math.floor(this.#state.chain.latest.height / EPOCH_BLOCKS)
  }

  get status() {
    const reward = this.#state.ledger.balance('treasury', 'AX') >= REWARD ? REWARD : 0n
    return { provers: this.#provers.size, proofs: this.#proofs, reward }
  }

  left(account: string): number {
    return SOLUTIONS - this.#of(account).size
  }

  /** @returns the id of the solution. */
  solve(account: string, epoch: number, counter: number): string {
    holds(epoch === this.epoch, `The epoch is ${this.epoch}`)
    const solution = puzzleOf(account, epoch, counter)
    if (!solution.startsWith('00')) throw new Refusal(400, 'That does not solve the puzzle')
    const solved = this.#of(account)
    holds(!solved.has(solution), 'The solution was sent')
    holds(solved.size < SOLUTIONS, 'No more solutions are taken in this epoch')
    this.#solved.set(account, solved.add(solution))
    return solution
  }

  register(account: string): void {
    holds(!this.#provers.has(account), 'The account is a prover')
    this.#provers.set(account, -1)
  }

  prove(account: string, epoch: number, proof: string): bigint {
    const last = this.#provers.get(account)
    if (last === undefined) throw new Refusal(403, 'The account is no prover')
    holds(epoch === this.epoch, `The epoch is ${this.epoch}`)
    if (proof !== proofOf(account, epoch)) throw new Refusal(400, 'The proof is wrong')
    holds(last < epoch, 'That was proven')
    const { reward } = this.status
    this.#state.ledger.moveIfAny('treasury', account, 'AX', reward)
    this.#provers.set(account, epoch)
    this.#proofs++
    return reward
  }

  #of(account: string): Set<string> {
    if (this.#epoch !== this.epoch) {
      this.#epoch = this.epoch
      this.#solved = new Map()
    }
    return this.#solved.get(account) ?? new Set()
  }
}
