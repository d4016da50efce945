import type { Citation, Decision } from './decision.ts'
import type { LoadOptions } from './loader.ts'
import type { SignatureReport } from './proof-verdict.ts'
import type { LinkVerdict } from './verdict.ts'

/** How far a chain is followed when nothing else is said. */
export const DEFAULT_DEPTH = 8
/** How far a chain can be followed. */
export const MAX_DEPTH = 64
/** How many nodes a chain can have when nothing else is said. */
export const DEFAULT_NODES = 1000
/** How many nodes a chain can have. */
export const MAX_NODES = 100_000

/** How a chain is followed. */
export interface ChainOptions extends LoadOptions {
  /** Links from the start, at most: 8 if left out, 64 at most. */
  readonly depth?: number
  /** Nodes with the start, at most: 1,000 if left out, 100,000 at most. */
  readonly nodes?: number
  /**
   * Which citations are followed; if left out, all but those of the type `contradicts`, on which
   * nothing rests.
   */
  readonly follow?: (citation: Citation) => boolean
  /**
   * For what rests on something: only the newest versions of decisions count, each for its whole
   * context. What an old version cited, and the newest does not, is left out; what cites any version
   * of a decision counts. False if left out: each version is a decision by itself.
   */
  readonly contexts?: boolean
}

/** A version that a chain leads through. */
export interface ChainNode {
  /** The address of this very version, or as it was cited where there is none. */
  readonly address: string
  /** Links from the start, on the shortest way. */
  readonly depth: number
  /** `missing`: there is no such version, or it cannot be asked for here. */
  readonly kind: 'decision' | 'document' | 'missing'
  readonly contentId?: string
  /** Where it is a decision. */
  readonly decision?: Decision
  /** Where it is a decision. */
  readonly signature?: SignatureReport
}

/** A citation that a chain followed. */
export interface ChainLink {
  /** The address of the version that cites. */
  readonly from: string
  /** The address of the version that is cited. */
  readonly to: string
  /** Its place among the citations of `from`, counted from 0. */
  readonly index: number
  readonly citation: Citation
  readonly verdict: LinkVerdict
}

/** Where a chain was not followed any further. */
export interface ChainCut {
  readonly address: string
  readonly reason: 'depth' | 'nodes'
}

/** What rests on what. The same questions to the same versions give the same chain, order and all. */
export interface Chain {
  /** Breadth first from the start, which is the first; each version once. */
  readonly nodes: readonly ChainNode[]
  /** In the order in which they were met. */
  readonly links: readonly ChainLink[]
  /** Of each part that goes round, one shortest loop: the addresses along it, each once. */
  readonly cycles: readonly (readonly string[])[]
  /** Empty where the whole chain is here. */
  readonly cuts: readonly ChainCut[]
}

/** What `findPath` gives. */
export interface ChainPath {
  /** From the first to the last, each link's `to` the next one's `from`; undefined: there is none. */
  readonly links: readonly ChainLink[] | undefined
  /** Where the search was cut; what was not found may lie behind. Empty where it was found. */
  readonly cuts: readonly ChainCut[]
}
