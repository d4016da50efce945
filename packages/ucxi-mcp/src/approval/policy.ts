/** What a person has to approve before it is kept. */
export interface ApprovalPolicy {
  /** Whom it is for: `ada`, `ada:lead`, `any:lead`. */
  readonly to: readonly string[]
  /** Names of the tools whose calls wait for it. */
  readonly tools: readonly string[]
  /** `did:key` of whose approvals count; those of all for whom it is, if left out. */
  readonly keys?: readonly string[]
}
