/**
 * An AlphaOS and a DeltaOS in one process: a ledger, blocks, an order book, perpetual contracts, oracles, a
 * bridge and governance, from one seed and on any clock, with faults on demand.
 *
 * ```ts
 * const devnet = createDevnet({ clock: createVirtualClock(), seed: 1 })
 * devnet.fund(identity.ax, 'AX', 1_000_000n)
 * const alpha = createAlphaClient({ transport: devnet.alpha, identity, clock, random })
 * ```
 *
 * @packageDocumentation
 */
export { createDevnet } from './devnet/create-devnet.ts'
export { sealOf } from './devnet/names.ts'
export { proofOf, puzzleOf } from './devnet/provers.ts'
export { rootOf } from './devnet/merkle.ts'
export type { Audit, Devnet, DevnetInit } from './devnet/create-devnet.ts'
export type { Faults } from './devnet/faults.ts'
export type { Limits } from './devnet/node.ts'
