import { createHash } from 'node:crypto'
import { known } from './refusal.ts'
import { rootAndPaths } from './merkle.ts'

export interface ChainTransaction {
  readonly id: string
  readonly kind: string
  status: 'pending' | 'accepted' | 'rejected'
  readonly from: string
  readonly nonce: number
  height: number | null
  readonly reason: string | null
  readonly fields: Readonly<Record<string, unknown>>
}

export interface ChainBlock {
  readonly height: number
  readonly hash: string
  readonly previousHash: string
  readonly stateRoot: string
  readonly timestamp: number
  readonly proposer: string
  readonly transactions: ChainTransaction[]
}

/** SHA-256 of texts, in hexadecimal. */
export function digest(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(parts.join('\u0000')).digest('hex')
}

/** Blocks, one after the other, and what waits for the next one. */
export class Chain {
  readonly blocks: ChainBlock[] = []
  readonly pool: ChainTransaction[] = []
  readonly transactions = new Map<string, ChainTransaction>()
  readonly #byHash = new Map<string, ChainBlock>()
  readonly #byRoot = new Map<string, number>()
  readonly #paths = new Map<string, readonly string[]>()
  readonly #validators: readonly string[]

  constructor(validators: readonly string[]) {
    this.#validators = validators
  }

  get latest(): ChainBlock {
    return this.blocks.at(-1)!
  }

  /** Adds what happened; it is in the next block. */
  add(transaction: ChainTransaction): void {
    this.transactions.set(transaction.id, transaction)
    this.pool.push(transaction)
  }

  /** Makes a block of all that waits. */
  seal(timestamp: number): ChainBlock {
    const height = this.blocks.length
    const previous = this.blocks.at(-1)
    const transactions = this.pool.splice(0)
    const previousRoot = previous?.stateRoot ?? digest('genesis')
    const { root, paths } = rootAndPaths(
      transactions.map(({ id }) => id),
      previousRoot,
    )
    const previousHash = previous?.hash ?? digest('nothing')
    const proposer = this.#validators[height % this.#validators.length] ?? ''
    const hash = digest(height, previousHash, root, timestamp, proposer)
    const block = { height, hash, previousHash, stateRoot: root, timestamp, proposer, transactions }
    for (const transaction of transactions) {
      transaction.height = height
      if (transaction.status === 'pending') transaction.status = 'accepted'
      this.#paths.set(transaction.id, paths.get(transaction.id)!)
    }
    this.blocks.push(block)
    this.#byHash.set(hash, block)
    this.#byRoot.set(root, height)
    return block
  }

  /** @throws a refusal with 404. */
  block(id: number | string): ChainBlock {
    return known('block', typeof id === 'number' ? this.blocks[id] : this.#byHash.get(id))
  }

  /** @throws a refusal with 404. */
  heightOfRoot(root: string): number {
    return known('state root', this.#byRoot.get(root))
  }

  /** @throws a refusal with 404. */
  transaction(id: string): ChainTransaction {
    return known('transaction', this.transactions.get(id))
  }

  /** The proof that a transaction is in the state of its block. @throws a refusal with 404. */
  statePath(commitment: string): { commitment: string; root: string; path: string[] } {
    const path = known('commitment', this.#paths.get(commitment))
    const { height } = this.transaction(commitment)
    return { commitment, root: this.block(height!).stateRoot, path: [...path] }
  }
}
