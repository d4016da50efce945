import { createMockNetwork, type MockNetwork } from '@bzzz/dht-mock'
import type { RuleBook } from '@bzzz/dht'
import { peerIdOf, publicKeyOfDid } from '@bzzz/identity'
import type { NetworkInit, NetworkNode, StartNetworkNode } from '../../src/network-node.ts'
import { End } from './connection.ts'
import { SimNode } from './node.ts'
import { quiet } from './quiet.ts'

/** The state of the network: as of the DHT's messages and gossip; streams are late where it loses. */
export interface Weather {
  readonly latency: { readonly min: number; readonly max: number }
  readonly loss: number
  readonly duplication: number
  readonly reordering: number
}

export const CALM: Weather = {
  latency: { min: 1, max: 5 },
  loss: 0,
  duplication: 0,
  reordering: 0,
}

// Times that a message of a stream is lost in a row.
const MAX_TRIES = 5
// How long a dial waits for somebody who does not answer.
const DIAL_MS = 3000

/** A network of whole nodes of the mesh: one clock, one source of chance. */
export class SimNetwork {
  readonly mock: MockNetwork
  readonly #nodes = new Map<string, SimNode>()
  readonly #trace: number[] = []
  #weather = CALM
  /** Changes the rules by which nodes take values of the DHT. */
  rulesOf: (rules: RuleBook) => RuleBook = (rules) => rules

  constructor(seed: number) {
    this.mock = createMockNetwork({ seed, settle: quiet, ...CALM, rpcTimeoutMs: 3000 })
  }

  /** What {@link createMeshOn} starts a node with. */
  starter(onStart: (node: SimNode) => void): StartNetworkNode {
    return async (init: NetworkInit): Promise<NetworkNode> => {
      const id = peerIdOf(publicKeyOfDid(init.identity.did))
      const known = this.mock.nodes.find((node) => node.id === id)
      const rules = this.rulesOf(init.rules)
      const mock = known ?? this.mock.createNode({ id, join: false, rules })
      const node = new SimNode(this, mock, init)
      this.#nodes.set(id, node)
      onStart(node)
      return node
    }
  }

  set weather(weather: Weather) {
    this.#weather = weather
    this.mock.setConditions(weather)
  }

  /** How long a message of a stream is on its way; each time that it is lost costs `againMs`. */
  delayOfStream(againMs: number): number {
    const { latency, loss } = this.#weather
    const delay = latency.min + (latency.max - latency.min) * this.mock.random()
    let tries = 0
    while (tries < MAX_TRIES && this.mock.random() < loss) tries++
    return delay + tries * againMs
  }

  async connect(from: SimNode, peer: string): Promise<End> {
    await this.wait(2 * this.delayOfStream(1000))
    const to = this.#nodes.get(peer)
    const { mock } = this
    const isThere = to?.isAlive && from.isAlive
    if (!isThere || !mock.reaches(from.peerId, peer) || !mock.reaches(peer, from.peerId)) {
      await this.wait(DIAL_MS)
      throw new Error(`Nobody answers for ${peer}`)
    }
    const known = from.endTo(peer)
    if (known) return known
    const [own, theirs] = End.pair(this, from, to)
    to.adopt(theirs)
    from.adopt(own)
    return own
  }

  async wait(ms: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    this.mock.schedule(ms, resolve)
    return promise
  }

  /** Takes note of a message, for the trace. */
  note(from: SimNode, to: SimNode, bytes: number): void {
    this.#trace.push(this.mock.now(), from.peerId.charCodeAt(20), to.peerId.charCodeAt(20), bytes)
  }

  /** All that went over streams, as numbers. */
  get trace(): readonly number[] {
    return this.#trace
  }
}
