import { exportSeed, identityFromSeed, type Identity } from '@bzzz/identity'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { gossipsub, StrictNoSign, type GossipSub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { until } from './network.ts'

/** A node that keeps to no rule of ours: it says what it likes, and hears what it is told. */
export interface Stranger {
  readonly identity: Identity
  readonly peerId: string
  /** What it was told. */
  readonly heard: Uint8Array[]
  connect(address: string): Promise<void>
  /** Listens to a topic, and waits until a neighbour does as well. */
  listen(topic: string): Promise<void>
  say(topic: string, bytes: Uint8Array): Promise<void>
  stop(): Promise<void>
}

export async function startStranger(number: number): Promise<Stranger> {
  const identity = identityFromSeed(new Uint8Array(32).fill(number))
  const heard: Uint8Array[] = []
  const node = await createLibp2p({
    privateKey: await generateKeyPairFromSeed('Ed25519', exportSeed(identity)),
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: {
      identify: identify({ protocolPrefix: 'ucxl' }),
      pubsub: gossipsub({
        globalSignaturePolicy: StrictNoSign,
        allowPublishToZeroTopicPeers: true,
        scoreParams: { IPColocationFactorWeight: 0 },
      }),
    },
  })
  const pubsub: GossipSub = node.services.pubsub
  pubsub.addEventListener('message', ({ detail }) => heard.push(detail.data))
  return {
    identity,
    peerId: node.peerId.toString(),
    heard,
    connect: async (address) => void (await node.dial(multiaddr(address))),
    listen: async (topic) => {
      pubsub.subscribe(topic)
      await until('a neighbour listens', () => pubsub.getSubscribers(topic).length > 0)
    },
    say: async (topic, bytes) => void (await pubsub.publish(topic, bytes)),
    stop: async () => node.stop(),
  }
}
