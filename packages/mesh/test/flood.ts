import { hash } from 'node:crypto'
import { exportSeed, type Identity } from '@bzzz/identity'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { lpStream } from '@libp2p/utils'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'

const KAD = '/ucxl/kad/1.0.0'
const ADD_PROVIDER = 2

/** Says to a node that one provides so many things, one after the other, until it does not listen. */
export async function providerFlood(
  identity: Identity,
  address: string,
  count: number,
): Promise<{ readonly peerId: string; readonly sent: number }> {
  const node = await createLibp2p({
    privateKey: await generateKeyPairFromSeed('Ed25519', exportSeed(identity)),
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify({ protocolPrefix: 'ucxl' }) },
  })
  const provider = Buffer.concat([
    field(1, node.peerId.toMultihash().bytes),
    field(2, node.getMultiaddrs()[0]!.decapsulate('/p2p').bytes),
  ])
  let sent = 0
  try {
    while (sent < count) {
      const stream = lpStream(await node.dialProtocol(multiaddr(address), KAD))
      try {
        // It ends a stream on which it refused something.
        for (; sent < count; sent++) {
          const key = Buffer.from([1, 0x55, 0x12, 32, ...hash('sha256', `${sent}`, 'buffer')])
          const type = Buffer.from([1 << 3, ADD_PROVIDER])
          await stream.write(Buffer.concat([type, field(2, key), field(9, provider)]))
          if (sent % 100 === 0) await new Promise(setImmediate)
        }
      } catch {
        sent++
      }
    }
  } catch {
    // It is cut off.
  }
  await node.stop()
  return { peerId: node.peerId.toString(), sent }
}

/** A field of a protobuf message that holds bytes. */
function field(number: number, bytes: Uint8Array): Buffer {
  const length =
    bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7]
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes])
}
