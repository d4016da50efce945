/**
 * Clusters: participants under one admin key. Certificates, invitations, revocations, the hand-over
 * of the admin key; and what a node knows of it all.
 *
 * ```ts
 * const cluster = createCluster({ name: 'shop', admin, now })
 * const grant = { name: 'claude', roles: ['architect'], capabilities: [], kind: 'agent' } as const
 * const { token } = cluster.invite(grant)
 * const certificate = cluster.join(requestJoin({ token, identity, nonce: cluster.challenge() }))
 * cluster.view.check({ did: identity.did, name: 'claude', at: now(), role: 'architect' }).status // 'valid'
 * ```
 *
 * @packageDocumentation
 */
export { createCluster, openCluster } from './cluster-admin.ts'
export { createNonces } from './cluster-invitations.ts'
export { createClusterView } from './cluster-view.ts'
export { parseInvitation, requestJoin, requestRotation } from './cluster-requests.ts'
export { statementId } from './statement.ts'
export { createPolicy, OPEN_RULES, OPERATIONS, policySchema } from './policy.ts'
export type {
  ClusterAdmin,
  ClusterComponents,
  ClusterState,
  InviteOptions,
  Keys,
  RevocationTarget,
} from './cluster-admin-contract.ts'
export type {
  ClusterView,
  ClusterViewInit,
  Membership,
  MembershipQuery,
  Memberships,
  MergeResult,
} from './cluster-view-contract.ts'
export type { FirstUse } from './cluster-first-use.ts'
export type { Invitation, Nonces } from './cluster-invitations.ts'
export type { InvitationToken, JoinRequest, RotationRequest } from './cluster-requests.ts'
export type {
  Certificate,
  Charter,
  Grant,
  Handover,
  Revocation,
  Statement,
  UnsignedCertificate,
  UnsignedRevocation,
} from './cluster-schema.ts'
export type { Verdict } from './cluster-verdict.ts'
export type {
  Access,
  Decision,
  Operation,
  Policy,
  PolicyInit,
  PolicyRules,
  Question,
  Rule,
  TokenPrincipal,
} from './policy.ts'
