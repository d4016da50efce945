import type { FirstUse } from './cluster-first-use.ts'
import type { Charter, Handover, Statement } from './cluster-schema.ts'
import type { Verdict } from './cluster-verdict.ts'
import type { IdentityError } from './errors.ts'

/** A name that a key holds at a moment. */
export interface Membership {
  readonly name: string
  /** The roles under that name; undefined for a name by first use, which comes with any role. */
  readonly roles: readonly string[] | undefined
  readonly trust: 'certificate' | 'first-use'
}

/** What a key holds, and for how long that does not change. Milliseconds since 1970. */
export interface Memberships {
  readonly list: readonly Membership[]
  /** Where the list is empty: why. */
  readonly verdict: Verdict | undefined
  readonly from: number
  readonly until: number
}

/** A question to a view. */
export interface MembershipQuery {
  readonly did: string
  readonly name: string
  /** Milliseconds since 1970: for a record, when it was written. */
  readonly at: number
  readonly role?: string | undefined
}

/** What came of statements that were handed over. */
export interface MergeResult {
  readonly added: number
  readonly known: number
  readonly refused: readonly { readonly place: number; readonly error: IdentityError }[]
}

/** What one node knows of a cluster: certificates, revocations, handovers, first uses of names. */
export interface ClusterView {
  /** The `did:key` of the admin key that founded the cluster. */
  readonly cluster: string
  /** The `did:key` of today's admin key. */
  readonly admin: string
  /** In an open cluster a name without a certificate belongs to the first key that used it. */
  readonly mode: 'closed' | 'open'
  /** What the cluster says of itself; undefined until it was heard. */
  readonly charter: Charter | undefined
  /** Grows with every change: what was decided before it may be decided otherwise now. */
  readonly generation: number
  /** Handovers by one key to two others, neither of which is believed until one is pinned. */
  readonly fork: readonly Handover[]
  /** Takes in a statement; true where it was new. @throws as {@link ClusterView.merge} refuses. */
  add(statement: unknown): boolean
  /**
   * Takes in statements from anybody, in any order, as often as they come. Refused with
   * `ERR_IDENTITY_STATEMENT`, `ERR_IDENTITY_SIGNATURE`, or `ERR_IDENTITY_LIMIT` for one too large or
   * too many.
   */
  merge(statements: Iterable<unknown>): MergeResult
  /** What a key is under a name, in a role if one is given, at a moment. */
  check(query: MembershipQuery): Verdict
  /** All names that a key holds at a moment (ms since 1970). */
  membershipsOf(did: string, at: number): Memberships
  /** The age recipients of everybody who holds a role by certificate at a moment (ms since 1970). */
  recipientsOf(role: string, at: number): string[]
  /** Notes that a key used a name; false where the name is another's. Open clusters only. */
  claim(use: FirstUse): boolean
  /** All statements, to be handed round and kept. Plain JSON. */
  statements(): Statement[]
  /** The first uses of names, to be kept. Not handed round: they are what this node saw. */
  firstUses(): FirstUse[]
}

/** How a view begins, and what it holds at most. */
export interface ClusterViewInit {
  /** The `did:key` of the admin key that founded the cluster. */
  readonly cluster: string
  readonly statements?: Iterable<unknown>
  readonly firstUses?: Iterable<FirstUse>
  /** Statements at most; 20,000 if left out. A tenth of them may be by keys that are no admin yet. */
  readonly maxStatements?: number
  /** Ids ({@link statementId}) of the handovers to believe where there are two by one key. */
  readonly pinned?: readonly string[]
}
