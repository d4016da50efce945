/**
 * A distributed hash table on a simulated network: any number of nodes in one process, every fault that
 * networks have, all of it from one seed and on a clock of its own.
 *
 * ```ts
 * const network = createMockNetwork({ latency: 50, loss: 0.01, seed: 1 })
 * const [writer, reader] = [network.createNode(), network.createNode()]
 * await writer.putValue('/any/key', Uint8Array.of(1, 2, 3))
 * const { value, answered } = await reader.getValue('/any/key')
 * ```
 *
 * @packageDocumentation
 */
import type { MockNetwork, MockNetworkInit } from './mock-network.ts'
import { Simulation } from './simulation.ts'

/** Makes a network without nodes. @throws `ERR_MOCK_OPTION`. */
export function createMockNetwork(init: MockNetworkInit = {}): MockNetwork {
  return new Simulation(init)
}

export { MockError } from './errors.ts'
export type { MockErrorCode } from './errors.ts'
export type { ChurnOptions } from './churn.ts'
export type { Conditions } from './conditions.ts'
export type { NodeState } from './host.ts'
export type { Lie } from './lies.ts'
export type {
  MockNetwork,
  MockNetworkInit,
  NetworkStats,
  NodeOptions,
  PartitionOptions,
} from './mock-network.ts'
export type { Handler, MockNode, RestartOptions } from './mock-node.ts'
export type { Latency, Random } from './random.ts'
export type { FoundKey } from './search.ts'
export type { CallCounts, CallName, CallReport, MessageCounts } from './stats.ts'
export type { SeenMessage } from './wire.ts'
