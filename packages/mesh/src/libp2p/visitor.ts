import { exportSeed, type Identity } from '@bzzz/identity'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import type { Channel } from '../network-node.ts'
import { channelOf } from './channel.ts'
import { secured } from './secured.ts'
import { stopNode } from './stop.ts'

/** A node that only asks: it listens nowhere, and is in no DHT. */
export interface Visitor {
  open(
    address: string,
    protocol: string,
    options: { readonly signal: AbortSignal },
  ): Promise<Channel>
  stop(): Promise<void>
}

export async function startVisitor({
  identity,
  maxMessageBytes,
}: {
  readonly identity: Identity
  readonly maxMessageBytes: number
}): Promise<Visitor> {
  const seed = exportSeed(identity)
  const privateKey = await generateKeyPairFromSeed('Ed25519', seed)
  seed.fill(0)
  const node = await createLibp2p({
    privateKey,
    addresses: { listen: [] },
    transports: [tcp(), webSockets()],
    ...secured(),
  })
  return {
    async open(address, protocol, options) {
      const connection = await node.dial(multiaddr(address), options)
      const stream = await connection.newStream(protocol, options)
      return channelOf(stream, connection, maxMessageBytes)
    },
    stop: async () => stopNode(node),
  }
}
