import type { Invitation, Nonces } from './cluster-invitations.ts'
import type {
  Certificate,
  Grant,
  Handover,
  Revocation,
  Statement,
  UnsignedCertificate,
  UnsignedRevocation,
} from './cluster-schema.ts'
import type { ClusterView } from './cluster-view-contract.ts'
import type { Identity } from './identity.ts'

/** What the admin of a cluster does. What it makes stands in `view`, to be handed round. */
export interface ClusterAdmin {
  /** The `did:key` by which everybody knows the cluster: that of the key that founded it. */
  readonly cluster: string
  readonly view: ClusterView
  /** A one-time token; what is kept of it is a hash. @throws `ERR_IDENTITY_NAME` for a name in use. */
  invite(grant: Grant, options?: InviteOptions): { readonly token: string; readonly id: string }
  /** A nonce for whoever wants to join or rotate; good for five minutes, once. */
  challenge(): string
  /**
   * The certificate for a `requestJoin`.
   *
   * @throws `ERR_IDENTITY_STATEMENT`, `ERR_IDENTITY_SIGNATURE` (the key is another's),
   *   `ERR_IDENTITY_UNKNOWN`, `ERR_IDENTITY_EXPIRED`, `ERR_IDENTITY_REPLAYED`, `ERR_IDENTITY_NAME`,
   *   `ERR_IDENTITY_VIEW_ONLY` (use `admit`).
   */
  join(request: unknown): Certificate
  /** As `join`, for an admin key that is not here: what is left is to sign it, and to `view.add` it. */
  admit(request: unknown): UnsignedCertificate
  /** A certificate for somebody whose key is known already, such as the founder. */
  certify(member: Grant & Keys, options?: Pick<InviteOptions, 'lifetime'>): Certificate
  /** As `certify`, not signed. */
  draft(member: Grant & Keys, options?: Pick<InviteOptions, 'lifetime'>): UnsignedCertificate
  /** Ends a certificate or a key, now or from a moment on (ms since 1970), for good. */
  revoke(target: RevocationTarget): Revocation
  /** As `revoke`, not signed. */
  draftRevocation(target: RevocationTarget): UnsignedRevocation
  /** The certificate for a `requestRotation`; the one before it is superseded. Errors as `join`. */
  rotate(request: unknown): Certificate
  /**
   * Hands the cluster to another key, which issues the charter and every certificate that holds anew:
   * those of the old key count for what was signed before.
   */
  handOver(next: Identity): { readonly handover: Handover; readonly certificates: Certificate[] }
  /** What is to be kept, without a secret: `openCluster` goes on from it. */
  toJSON(): ClusterState
}

/** The public keys of a member. */
export interface Keys {
  readonly did: string
  /** Where secrets are encrypted to: `recipientOf(identity)`. */
  readonly recipient: string
}

/** Durations in milliseconds. */
export interface InviteOptions {
  /** How long the invitation can be used; a day if left out. */
  readonly expiresIn?: number
  /** How long the certificate holds; a year if left out. */
  readonly lifetime?: number
}

/** What is revoked: a certificate by its serial, or all certificates of a key. */
export type RevocationTarget = {
  readonly reason: string
  /** From when on, ms since 1970; now if left out. A key that was stolen is revoked from then on. */
  readonly effective?: number
} & ({ readonly serial: number } | { readonly did: string })

/** What a `ClusterAdmin` keeps. Plain JSON. */
export interface ClusterState {
  readonly type: 'bzzz-cluster-state'
  readonly version: 1
  readonly cluster: string
  /** The last serial that was given. */
  readonly serial: number
  readonly statements: readonly Statement[]
  readonly invitations: readonly Invitation[]
}

/** Clock and chance, both injected. */
export interface ClusterComponents {
  /** The admin's identity; a view-only one can draft what others sign. */
  readonly admin: Identity
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** That many random bytes; the system's cryptographic source if left out. */
  readonly random?: (bytes: number) => Uint8Array
  /**
   * The nonces that are out: for a cluster that is opened anew for each request. Its own, which end with it, if left
   * out.
   */
  readonly nonces?: Nonces
}
