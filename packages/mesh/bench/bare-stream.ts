import type { Stream } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'

const PROTOCOL = '/bare/1.0.0'
const FRAME = 256 * 1024

async function bareNode(): Promise<Libp2p> {
  return createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
  })
}

/** Answers a number of 4 bytes with that many bytes, on a libp2p stream with nothing around it. */
export async function serveBareStream(): Promise<string> {
  const node = await bareNode()
  await node.handle(PROTOCOL, async (stream) => {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk.subarray()).readUInt32BE(0)
      for (let left = bytes; left > 0; left -= FRAME)
        await send(stream, Buffer.alloc(Math.min(left, FRAME), 'x'))
    }
  })
  return node.getMultiaddrs()[0]?.toString() ?? ''
}

export async function bareStream(address: string) {
  const node = await bareNode()
  const stream = await node.dialProtocol(multiaddr(address), PROTOCOL)
  let missing = 0
  let done = Promise.withResolvers<void>()
  stream.addEventListener('message', ({ data }) => {
    missing -= data.byteLength
    if (missing === 0) done.resolve()
  })
  return {
    async request(bytes: number): Promise<void> {
      const size = Buffer.alloc(4)
      size.writeUInt32BE(bytes)
      missing = bytes
      done = Promise.withResolvers()
      await send(stream, size)
      await done.promise
    },
    stop: async () => node.stop(),
  }
}

async function send(stream: Stream, bytes: Uint8Array): Promise<void> {
  if (!stream.send(bytes)) await stream.onDrain()
}
