import { identify } from '@libp2p/identify'
import { kadDHT, passthroughMapper, type SingleKadDHT } from '@libp2p/kad-dht'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p, type Libp2p } from 'libp2p'
import { manifestRules } from '../src/manifest.ts'
import { until } from '../test/network.ts'

// Peers in a bucket.
const BUCKET = 8
const { select } = manifestRules()

/** Nodes with kad-dht as libp2p gives it, with our settings and none of our checks. */
export async function bareKad(count: number) {
  const nodes: Libp2p[] = []
  const tables: SingleKadDHT[] = []
  const encoder = new TextEncoder()
  for (let number = 0; number < count; number++) {
    const node = await createLibp2p({
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionManager: { inboundConnectionThreshold: 1000 },
      services: {
        identify: identify(),
        ping: ping(),
        dht: kadDHT({
          protocol: '/bare/kad/1.0.0',
          clientMode: false,
          peerInfoMapper: passthroughMapper,
          kBucketSize: BUCKET,
          alpha: 3,
          disjointPaths: 1,
          initialQuerySelfInterval: 50,
          validators: { ucxl: () => {} },
          selectors: { ucxl: (_key, values) => select('', values) },
        }),
      },
    })
    // Each to a few of those before it, as many as a bucket holds.
    const step = Math.max(1, nodes.length / BUCKET)
    for (let place = 0; place < nodes.length; place += step) {
      const other = nodes[Math.floor(place)]
      if (other) await node.dial(other.getMultiaddrs())
    }
    nodes.push(node)
    tables.push(node.services['dht'] as SingleKadDHT)
  }
  const enough = Math.min(count - 1, BUCKET)
  await until(
    `every node knows ${enough} others`,
    () => tables.every((dht) => dht.routingTable.size >= enough),
    60,
  )
  const all = async (events: AsyncIterable<unknown>): Promise<void> => {
    for await (const _ of events);
  }
  return {
    put: async (key: string, value: Uint8Array) => all(tables[0]!.put(encoder.encode(key), value)),
    get: async (key: string) => all(tables[count - 1]!.get(encoder.encode(key))),
    stop: async () => {
      await Promise.all(nodes.map(async (node) => node.stop()))
    },
  }
}
