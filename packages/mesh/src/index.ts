/**
 * A peer-to-peer network of contexts, on libp2p: find, fetch, verify.
 *
 * ```ts
 * const mesh = await createMesh({ identity, store })
 * await mesh.join('/ip4/127.0.0.1/tcp/4001/p2p/12D3Koo…')
 * const { content } = await mesh.get('ucxl://claude:architect@shop:checkout/2025-08-01/plan.md')
 * ```
 *
 * @packageDocumentation
 */
export { createMesh } from './create-mesh.ts'
export { requestAdmission, type AdmissionQuery } from './admission/request-admission.ts'
export type { Admission } from './admission/admission.ts'
export { MeshError } from './errors.ts'
export { fileKnownPeers } from './join/known-peers.ts'
export { collectionOf } from './manifest.ts'
export type { MeshInit } from './mesh-init.ts'
export type { Copies, Follow, Following, ReplicateOptions } from './follow/follow.ts'
export type {
  CollectionState,
  Mesh,
  MeshCallOptions,
  MeshEvent,
  Origin,
  ResolveOptions,
} from './mesh.ts'
export type { Check, Diagnosis } from './doctor.ts'
export type { Facet } from './facets.ts'
export type { JoinState } from './join/join-target.ts'
export type { KnownPeer, KnownPeers } from './join/known-peers.ts'
export type { ReconcileOptions, ReconcileReport } from './reconcile/report.ts'
export type { HeardMessage, Messaging, Topic } from './messages/messaging.ts'
export type { Head, Manifest } from './manifest.ts'
export type { MeshCluster } from './membership.ts'
export type { About, Presence } from './presence.ts'
export type { QueryHit, QueryOptions, QueryReport, QueryResult } from './query-contract.ts'
export type { MeshErrorCode } from './errors.ts'
