import type { ProofVerifier, SignatureReport } from './proof-verdict.ts'
import type { LinkVerdict } from './verdict.ts'

/** How an export is checked. */
export interface VerifyExportOptions {
  /** Checks proofs: `verifyProofs` of `@bzzz/identity/proofs` or of `@bzzz/identity/browser`. */
  readonly verify: ProofVerifier
  /** UTF-16 code units of a line, at most; 16 Mi if left out. A longer one is a problem. */
  readonly maxLine?: number
  /**
   * UTF-16 code units of contents and passages that are kept for lines to come; 32 Mi if left out.
   * With decisions before what they cite, passages alone are kept.
   */
  readonly maxKept?: number
  /** Decisions that are looked at, at most; 1,000,000 if left out. */
  readonly maxDecisions?: number
  readonly signal?: AbortSignal
}

/** What a look at one citation of an exported decision came to. */
export interface ExportedLink {
  /** Its place among the decision's citations, from 0. */
  readonly index: number
  /** The address as it is cited. */
  readonly to: string
  readonly verdict: LinkVerdict
}

/** What a look at one exported decision came to. */
export interface ExportedDecisionReport {
  /** Counted from 1. */
  readonly line: number
  readonly address: string
  readonly decisionId: string
  /** Its `decisionHash`. */
  readonly hash: string
  /** Whether the line's content id is that of the decision, and its address that of the decision. */
  readonly verdict: LinkVerdict
  readonly signature: SignatureReport
  readonly links: readonly ExportedLink[]
}

/** A line that could not be made use of. */
export interface ExportProblem {
  /** Counted from 1. */
  readonly line: number
  readonly message: string
}

/** What a look at a whole export came to. */
export interface ExportReport {
  /**
   * `broken` where anything is; else `unverified` where anything is, or a line was not looked at;
   * else `verified`: every decision is what its author signed, and rests on what it says.
   */
  readonly status: 'verified' | 'unverified' | 'broken'
  /** In the order of their lines. */
  readonly decisions: readonly ExportedDecisionReport[]
  /** The first 1,000. */
  readonly problems: readonly ExportProblem[]
  /** Of each part that goes round, one shortest loop of addresses. */
  readonly cycles: readonly (readonly string[])[]
  readonly counts: {
    readonly lines: number
    readonly decisions: number
    /** Those whose bytes are those of their ids. */
    readonly contents: number
    /** Lines of other types. */
    readonly others: number
    readonly problems: number
    readonly links: Readonly<Record<LinkVerdict['status'], number>>
  }
}
