import type { Connection } from '@libp2p/interface'
import { lpStream, streamPair } from '@libp2p/utils'
import { expect, test } from 'vitest'
import { channelOf } from '../src/libp2p/channel.ts'
import { wholeOf } from '../src/parts.ts'
import type { Channel } from '../src/network-node.ts'

const MAX = 1024 * 1024
const peer = { remotePeer: { toString: () => 'somebody' } } as unknown as Connection
const tooLong = expect.objectContaining({ code: 'ERR_MESH_PROTOCOL' }) as Error

/** A channel, and the stream at its other end. */
async function channel(): Promise<{
  ours: Channel
  theirs: Awaited<ReturnType<typeof streamPair>>[1]
}> {
  const [one, theirs] = await streamPair()
  return { ours: channelOf(one, peer, MAX), theirs }
}

test('messages of any length come whole, as libp2p writes and reads them', async () => {
  const { ours, theirs } = await channel()
  const messages = lpStream(theirs)
  for (const size of [0, 1, 127, 128, 16_383, 16_384, MAX - 1, MAX]) {
    const message = new Uint8Array(size).fill(size % 251)
    const [read] = await Promise.all([ours.read(), messages.write(message)])
    expect(Buffer.compare(wholeOf(read), message), String(size)).toBe(0)
    const [back] = await Promise.all([messages.read(), ours.write(message)])
    expect(Buffer.compare(back.subarray(), message), String(size)).toBe(0)
  }
})

test.each([
  ['that is longer than it may be', [0x81, 0x80, 0x40]],
  ['whose length does not end', Array.from({ length: 64 }, () => 0xff)],
  ['whose length is no number any more', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
])('a message %s is refused', async (_, bytes) => {
  const { ours, theirs } = await channel()
  const read = ours.read()
  theirs.send(Uint8Array.from(bytes))
  await expect(read).rejects.toThrow(tooLong)
})
