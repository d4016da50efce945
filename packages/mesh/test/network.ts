import type { RecordRules, RuleBook } from '@bzzz/dht'
import type { ConformanceSupports, DhtNetwork } from '@bzzz/dht/conformance'
import { identityFromSeed } from '@bzzz/identity'
import { memory } from '@libp2p/memory'
import { expect } from 'vitest'
import { GuardDatastore } from '../src/libp2p/guard-datastore.ts'
import { startNode, type NodeInit } from '../src/libp2p/node.ts'
import type { NetworkNode } from '../src/network-node.ts'
import { until } from './until.ts'

export { until }

/** How a test node differs from one that stands alone on loopback. */
type TestNodeOptions = Partial<Pick<NodeInit, 'listen' | 'transports' | 'values' | 'gossip'>>

/** A bare node on loopback, with an identity of its own. */
export async function startTestNode(
  number: number,
  rules: RuleBook,
  options: TestNodeOptions = {},
): Promise<NetworkNode> {
  const seed = new Uint8Array(32)
  new DataView(seed.buffer).setUint32(0, number)
  return startNode({
    identity: identityFromSeed(seed),
    listen: ['/ip4/127.0.0.1/tcp/0'],
    rules,
    protocol: '/ucxl/test/1',
    maxMessageBytes: 1024,
    serve: async () => {},
    ...options,
  })
}

/** A datastore that can be told to answer nothing more, as the disk of a node that hangs. */
class StallingDatastore extends GuardDatastore {
  #stall: Promise<void> | undefined
  /** Answers again. A node that waits for its disk cannot stop. */
  goOn = (): void => {}

  stall(): void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#stall = promise
    this.goOn = () => {
      this.#stall = undefined
      resolve()
    }
  }

  override async get(...[key, options]: Parameters<GuardDatastore['get']>) {
    await this.#stall
    return super.get(key, options)
  }

  override async put(...[key, value, options]: Parameters<GuardDatastore['put']>) {
    await this.#stall
    return super.put(key, value, options)
  }

  override async *query(...[query, options]: Parameters<GuardDatastore['query']>) {
    await this.#stall
    yield* super.query(query, options)
  }
}

const MANY = 12

/** What the networks of {@link startNetwork} can do. */
export const testSupports: ConformanceSupports = { plants: true, stalls: true }

/** Bare nodes, each connected to each; on loopback, unless the options say otherwise. */
export async function startNetwork(
  count: number,
  rules: RuleBook,
  optionsOf: (number: number) => TestNodeOptions = () => ({}),
): Promise<DhtNetwork> {
  return start(count, rules, optionsOf, (nodes) => nodes)
}

/** Bare nodes, each connected to a few of those before it; they get to know the others by those. */
export async function startMesh(
  count: number,
  rules: RuleBook,
  optionsOf: (number: number) => TestNodeOptions = () => ({}),
): Promise<DhtNetwork> {
  return start(count, rules, optionsOf, (nodes) => {
    const places = [0, nodes.length >> 2, nodes.length >> 1, nodes.length - 1]
    return [...new Set(places)].flatMap((place) => nodes[place] ?? [])
  })
}

async function start(
  count: number,
  rules: RuleBook,
  optionsOf: (number: number) => TestNodeOptions,
  contactsOf: (nodes: readonly NetworkNode[]) => readonly NetworkNode[],
): Promise<DhtNetwork> {
  const nodes: NetworkNode[] = []
  const planted: Set<string>[] = []
  const stores: StallingDatastore[] = []
  for (let number = 0; number < count; number++) {
    const allowed = new Set<string>()
    const own = laxRules(rules, allowed)
    const values = new StallingDatastore(own)
    const node = await startTestNode(number + 1, own, { values, ...optionsOf(number) })
    for (const { addresses } of contactsOf(nodes)) {
      await node.dial(addresses[0] ?? '', { signal: AbortSignal.timeout(5000) })
    }
    nodes.push(node)
    planted.push(allowed)
    stores.push(values)
  }
  // Kademlia needs a bucket's worth of peers; a small network knows all of them.
  const enough = Math.min(count - 1, MANY)
  const known = (): boolean => nodes.every((node) => node.knownPeers() >= enough)
  await until(`every node knows ${enough} others`, known, Math.max(10, count))
  return {
    nodes: nodes.map(({ dht }) => dht),
    ids: nodes.map(({ peerId }) => peerId),
    plant: async (number, key, value) => {
      planted[number]!.add(nameOf(key, value))
      // It keeps what it puts; all others refuse it.
      await expect(nodes[number]!.dht.putValue(key, value)).rejects.toMatchObject({
        code: 'ERR_DHT_REFUSED',
      })
    },
    stall: (number) => {
      stores[number]!.stall()
    },
    close: async () => {
      for (const store of stores) store.goOn()
      await Promise.all(nodes.map(async (node) => node.stop()))
    },
  }
}

/** Options for nodes that reach one another within this process: no ports, and no limits of the system. */
export function inMemory(): (number: number) => TestNodeOptions {
  const network = networks++
  return (number) => ({
    transports: [memory()],
    listen: [`/memory/network-${network}-${number}`],
  })
}

let networks = 0

/** The rules of a node that also takes what was planted in it. */
function laxRules(rules: RuleBook, planted: ReadonlySet<string>): RuleBook {
  return Object.fromEntries(
    Object.entries(rules).map(([namespace, own]) => [
      namespace,
      {
        ...own,
        validate: (key, value) => {
          if (!planted.has(nameOf(key, value))) own.validate(key, value)
        },
        select: (key, values) => {
          const index = values.findIndex((value) => planted.has(nameOf(key, value)))
          return index === -1 ? own.select(key, values) : index
        },
      } satisfies RecordRules,
    ]),
  )
}

function nameOf(key: string, value: Uint8Array): string {
  return `${key} ${Buffer.from(value).toString('hex')}`
}
