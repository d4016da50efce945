/**
 * What a mesh has to withstand: for those who test theirs, and would notice if it did not.
 *
 * ```ts
 * const stranger = await startStranger({ identity: generateIdentity() })
 * const key = dhtKeyOf('claude@shop')
 * await stranger.putValue(mesh.addresses[0], { key, value: forged, signal }) // false: it is refused
 * ```
 *
 * @packageDocumentation
 */
export { createGullibleMesh } from './gullible-mesh.ts'
export { facetKeyOf } from './facets.ts'
export { startStranger, type Stranger } from './libp2p/stranger.ts'
export { dhtKeyOf, encodeManifest, signManifest } from './manifest.ts'
