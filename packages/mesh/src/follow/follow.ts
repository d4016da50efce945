import type { Address } from '@bzzz/ucxl-address'
import type { MeshCallOptions } from '../mesh.ts'

/** What is followed: whatever is announced and matches is fetched and kept. */
export interface Follow {
  /** In its canonical form. */
  readonly pattern: string
  /** Follows it no more. What was kept stays. Stopping twice is fine. */
  stop(): void
  /**
   * Resolves when all that this node heard of so far is fetched, or could not be. What is announced
   * meanwhile is waited for as well.
   */
  settled(): Promise<void>
}

export interface ReplicateOptions extends MeshCallOptions {
  /** Other nodes that are to keep it, 1 to 100; 1 if left out. */
  readonly copies?: number
  /** Reject with `ERR_MESH_COPIES` where there are fewer at the deadline; false if left out. */
  readonly orFail?: boolean
}

/** Who keeps a copy. */
export interface Copies {
  /** Nodes that acknowledged: all of `holders`. */
  readonly copies: number
  /** Peer ids of the nodes that acknowledged that they keep it durably. */
  readonly holders: readonly string[]
  /** How many were asked for. */
  readonly wanted: number
}

/** The followers' part of a mesh. */
export interface Following {
  /**
   * Follows a pattern: catches up with the nodes that hold what matches, now and whenever one joins,
   * and fetches what is announced. Versions are verified and kept with their contents, and the node
   * becomes a provider of their collections. What becomes of it is told by events.
   *
   * @throws `ERR_MESH_LIMIT` where it follows 64 patterns; an AddressError where it is malformed.
   */
  follow(pattern: string | Address): Follow

  /**
   * Announces the newest versions of a context or of a collection that this node wrote, and waits
   * until other nodes acknowledged that they keep them durably. Only nodes that follow them are asked.
   * At the deadline (`timeoutMs`, 10,000 if left out) it resolves with how many did.
   *
   * @param target a concrete address, or `agent@project`.
   * @throws `ERR_MESH_COPIES` with `orFail`; `ERR_MESH_MANIFEST` where the collection is another
   *   writer's; `ERR_MESH_NOT_FOUND` where nothing is here to be copied.
   */
  replicate(target: string | Address, options?: ReplicateOptions): Promise<Copies>
}
